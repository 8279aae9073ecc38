/**
 * Slugs: what a name looks like in an address. Only a-z, 0-9 and hyphens, because a slug stands in feed URLs, store keys
 * and folder names, and of those only ASCII reads the same everywhere (macOS decomposes names, readers differ in escaping).
 */

const LONGEST = 60;

/** Letters that Unicode does not decompose into a Latin letter and a mark. */
const spelledOut: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
};

/** `fallback` is taken when nothing of the name can be written in ASCII. */
export function slugify(name: string, fallback: string): string {
  const plain = name
    .toWellFormed()
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}+/gu, '')
    .replace(/[^\0-\x7f]/gu, (letter) => spelledOut[letter] ?? ' ')
    .replace(/['’`]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return shorten(plain, LONGEST) || fallback;
}

/** The slug itself, or with the first number that is free: `talk`, `talk-2`, `talk-3`. */
export function firstFree(slug: string, taken: ReadonlySet<string>): string {
  if (!taken.has(slug)) return slug;
  let number = 2;
  while (taken.has(`${slug}-${number}`)) number += 1;
  return `${slug}-${number}`;
}

/** What a slug may look like; anything else is no slug of ours. */
export const isSlug = (text: string): boolean => /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text);

/** Cut between words where there is a word boundary in the second half. */
function shorten(slug: string, longest: number): string {
  if (slug.length <= longest) return slug;
  const cut = slug.lastIndexOf('-', longest);
  return slug.slice(0, cut > longest / 2 ? cut : longest);
}
