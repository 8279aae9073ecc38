/** Keys and addresses of what is published. An address is the base URL and the key; `index.html` is left out. */
import path from 'node:path';

export const showPageKey = (showSlug: string) => `shows/${showSlug}/index.html`;
export const feedKey = (showSlug: string) => `shows/${showSlug}/feed.xml`;
export const episodePageKey = (showSlug: string, episodeSlug: string) =>
  `shows/${showSlug}/episodes/${episodeSlug}/index.html`;
export const chaptersKey = (showSlug: string, episodeSlug: string) =>
  `shows/${showSlug}/episodes/${episodeSlug}/chapters.json`;

const withoutIndex = (key: string) => key.replace(/(^|\/)index\.html$/, '$1');
const encode = (text: string) => text.split('/').map(encodeURIComponent).join('/');

/** The public address of a key. */
export function addressOf(baseUrl: string, key: string): string {
  return `${baseUrl}/${encode(withoutIndex(key))}`;
}

/** From one page to another key, relatively: the same files work under any host name and in any folder. */
export function hrefBetween(fromPageKey: string, key: string): string {
  const relative = path.posix.relative(path.posix.dirname(fromPageKey), path.posix.dirname(key));
  const file = withoutIndex(path.posix.basename(key));
  const folder = relative === '' ? './' : `${relative}/`;
  return file !== '' && relative === '' ? encode(file) : `${encode(folder)}${encode(file)}`;
}
