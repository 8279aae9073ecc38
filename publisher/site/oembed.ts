/** oEmbed (oembed.com): other sites learn how to show an episode's player from the address of its page. */
import { cleanLine, escapeXml } from '../feed/xml.ts';
import { hostOf, onOwnDomain } from './own-domain.ts';

/** The player's size where nobody asks for less: it fills the width, and its parts stand on three lines. */
export const EMBED = { width: 600, height: 240 } as const;
/** Below this its buttons no longer fit. */
const LEAST = { width: 260, height: 160 } as const;

export interface OembedFacts {
  title: string;
  author: string;
  showUrl: string;
  siteName: string;
  siteUrl: string;
  embedUrl: string;
  thumbnail: { url: string; width: number; height: number } | undefined;
}

/** oEmbed 1.0, section 2.3.4.4: the player as it goes into somebody's page. */
export function renderOembed(
  facts: OembedFacts,
  { maxWidth = EMBED.width, maxHeight = EMBED.height }: { maxWidth?: number; maxHeight?: number } = {},
) {
  const width = Math.max(LEAST.width, Math.min(EMBED.width, maxWidth));
  const height = Math.max(LEAST.height, Math.min(EMBED.height, maxHeight));
  const title = cleanLine(facts.title);
  return {
    ...{ version: '1.0', type: 'rich', title, width, height, cache_age: 3600 },
    ...{ author_name: cleanLine(facts.author), author_url: facts.showUrl },
    ...{ provider_name: cleanLine(facts.siteName), provider_url: facts.siteUrl },
    // All three or none.
    ...(facts.thumbnail === undefined
      ? {}
      : {
          thumbnail_url: facts.thumbnail.url,
          thumbnail_width: facts.thumbnail.width,
          thumbnail_height: facts.thumbnail.height,
        }),
    html:
      `<iframe src="${escapeXml(facts.embedUrl)}" width="${width}" height="${height}" title="${escapeXml(title)}"` +
      ` loading="lazy" allow="autoplay; clipboard-write" style="border:0;width:100%;max-width:${width}px"></iframe>`,
  };
}

/**
 * The show and episode whose page has this address, here or on a show's own host; undefined for any other. `slugOf` knows the
 * shows with hosts of their own.
 */
export async function episodeOfAddress(
  address: string,
  baseUrl: string,
  slugOf: (host: string) => Promise<string | undefined>,
): Promise<{ show: string; episode: string } | undefined> {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  const base = new URL(baseUrl);
  let { pathname } = url;
  if (url.host === base.host) {
    const folder = base.pathname.replace(/\/$/, '');
    if (!pathname.startsWith(`${folder}/`)) return undefined;
    pathname = pathname.slice(folder.length);
  } else {
    const host = hostOf(url.host);
    const slug = host === undefined ? undefined : await slugOf(host);
    const place = slug === undefined ? undefined : onOwnDomain(slug, pathname);
    if (place === undefined || !('path' in place)) return undefined;
    pathname = place.path;
  }
  const [, show, episode] = /^\/shows\/([^/]+)\/episodes\/([^/]+)\/?$/.exec(pathname) ?? [];
  try {
    return show === undefined || episode === undefined
      ? undefined
      : { show: decodeURIComponent(show), episode: decodeURIComponent(episode) };
  } catch {
    return undefined;
  }
}
