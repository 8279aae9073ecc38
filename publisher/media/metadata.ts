/** Metadata of stored objects: what every store can keep, so that none of them cuts it, folds it or refuses it. */

/** S3 allows 2 KB of names and values (User Guide, "Working with object metadata"); the rest is left to the store's own. */
const MOST_BYTES = 1024;
const NAME = /^[a-z][a-z0-9-]{0,63}$/;
// Headers lose white space at their ends (RFC 9110, 5.5), and S3 encodes what is not ASCII in ways of its own.
const VALUE = /^[!-~](?:[ -~]*[!-~])?$/;
/** What stores keep beside it under names of their own. */
const RESERVED: ReadonlySet<string> = new Set(['sha256', 'put']);

/** Throws RangeError for what no store may be given; that comes from our own code. */
export function checkMetadata(metadata: Readonly<Record<string, string>>): void {
  let bytes = 0;
  for (const [name, value] of Object.entries(metadata)) {
    if (!NAME.test(name) || RESERVED.has(name)) throw new RangeError(`"${name}" cannot name metadata`);
    if (!VALUE.test(value))
      throw new RangeError(`metadata "${name}" must be printable ASCII without white space around it`);
    bytes += name.length + value.length;
  }
  if (bytes > MOST_BYTES) throw new RangeError(`metadata has ${bytes} bytes, more than ${MOST_BYTES}`);
}
