/** Keys and addresses of what is published. An address is the base URL and the key; `index.html` is left out. */
import path from 'node:path';

const showFolder = (showSlug: string) => `shows/${showSlug}/`;
export const episodeFolder = (showSlug: string, episodeSlug: string) =>
  `${showFolder(showSlug)}episodes/${episodeSlug}/`;

export const showPageKey = (showSlug: string) => `${showFolder(showSlug)}index.html`;
export const feedKey = (showSlug: string) => `${showFolder(showSlug)}feed.xml`;
/** What is older than the main feed holds (RFC 5005); counted from the oldest, so that a page stays what it is. */
export const feedArchiveKey = (showSlug: string, page: number) =>
  `${showFolder(showSlug)}feed-archive-${page}.xml`;
export const sitemapKey = (showSlug: string) => `${showFolder(showSlug)}sitemap.xml`;
export const archiveFolder = (showSlug: string) => `${showFolder(showSlug)}archive/`;
/** Pages of older episodes count from the oldest, so that what stands on one stays there. */
export const archiveKey = (showSlug: string, page: number) => `${archiveFolder(showSlug)}${page}/index.html`;
/** Made when it is asked for, and in no store. */
export const upcomingKey = (showSlug: string) => `${showFolder(showSlug)}upcoming/index.html`;
export const calendarKey = (showSlug: string) => `${showFolder(showSlug)}upcoming.ics`;

export const episodePageKey = (showSlug: string, episodeSlug: string) =>
  `${episodeFolder(showSlug, episodeSlug)}index.html`;
export const chaptersKey = (showSlug: string, episodeSlug: string) =>
  `${episodeFolder(showSlug, episodeSlug)}chapters.json`;
export const embedKey = (showSlug: string, episodeSlug: string) =>
  `${episodeFolder(showSlug, episodeSlug)}embed/index.html`;
export const oembedKey = (showSlug: string, episodeSlug: string) =>
  `${episodeFolder(showSlug, episodeSlug)}oembed.json`;
export const transcriptFolder = (showSlug: string, episodeSlug: string) =>
  `${episodeFolder(showSlug, episodeSlug)}transcript/`;
/** The episode's page holds the first part. */
export const transcriptPartKey = (showSlug: string, episodeSlug: string, part: number) =>
  part === 1
    ? episodePageKey(showSlug, episodeSlug)
    : `${transcriptFolder(showSlug, episodeSlug)}${part}/index.html`;

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
