/** Which encoding of a body a request is answered with: RFC 9110, section 12.5.3. */

/**
 * The first of `available` (in our order of preference) among those that the client likes best; undefined for the bytes as
 * they are. A client that rules out even those still gets them, as section 15.5.7 lets a server do.
 */
export function preferredEncoding<Name extends string>(
  header: string | undefined,
  available: readonly Name[],
): Name | undefined {
  if (header === undefined) return undefined;
  const weights = new Map<string, number>();
  for (const part of header.split(',')) {
    const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    const q = weight === undefined ? 1 : /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight) ? Number(weight) : 0;
    if (name !== '') weights.set(name, q);
  }
  const weightOf = (name: string) => weights.get(name) ?? weights.get('*') ?? 0;
  const best = available.toSorted((a, b) => weightOf(b) - weightOf(a))[0];
  if (best === undefined || weightOf(best) === 0) return undefined;
  // Whoever says how much the bytes as they are please says so on purpose.
  const asTheyAre = weights.get('identity');
  return asTheyAre !== undefined && asTheyAre > weightOf(best) ? undefined : best;
}
