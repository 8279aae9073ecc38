/**
 * A show under a host name of its own: `https://stage.example/` is its page, `/episodes/7/` an episode. Links on pages are
 * relative and climb no higher than the root (RFC 3986 section 5.2.4), so the same stored files serve both places. Feed and
 * media keep their first address: apps know it.
 */
import { addressOf } from './addresses.ts';

/** Where a show's pages live. */
export interface Site {
  /** Without a trailing slash. */
  baseUrl: string;
  slug: string;
  /** The show's own host name, if it has one. */
  domain?: string | undefined;
}

/** The address under which a page of the show is to be known. */
export function pageAddress({ baseUrl, slug, domain }: Site, key: string): string {
  const folder = `shows/${slug}/`;
  return domain !== undefined && key.startsWith(folder)
    ? addressOf(`https://${domain}`, key.slice(folder.length))
    : addressOf(baseUrl, key);
}

/** The host that a Host header names: lower case, without port and closing dot; undefined for what is none. */
export function hostOf(header: string | undefined): string | undefined {
  if (header === undefined || !/^[a-z0-9.-]+(:\d{1,5})?$/i.test(header)) return undefined;
  const host = header.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
  return host === '' || host.length > 253 ? undefined : host;
}

/** What every host of an installation answers alike. */
const SHARED = /^\/(?:media|art|assets|raw|exports)\/|^\/(?:healthz|oembed|robots\.txt)$/;

export const isShared = (pathname: string): boolean => SHARED.test(pathname);

/** What a path on a show's own host stands for on the main site, or where it has its place. */
export function onOwnDomain(
  showSlug: string,
  pathname: string,
): { path: string } | { movedTo: string } | { elsewhere: true } {
  if (isShared(pathname)) return { path: pathname };
  const folder = `/shows/${encodeURIComponent(showSlug)}`;
  if (pathname === folder) return { movedTo: '/' };
  // A second slash would make another host's address of it.
  if (pathname.startsWith(`${folder}/`))
    return { movedTo: `/${pathname.slice(folder.length).replace(/^\/+/, '')}` };
  if (pathname.startsWith('/shows/')) return { elsewhere: true };
  return { path: folder + pathname };
}
