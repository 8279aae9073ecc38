/** What every group of routes needs: the options, the assets, and a way to say what is not there. */
import type { Context } from 'hono';
import type { Message } from '../messages.ts';
import { UNKNOWN_SHOW, unpublishedShow } from '../messages.ts';
import { messagePage } from '../../templates/pages/message-page.ts';
import { type CompressedTexts, createCompressedTexts } from '../compressed.ts';
import type { PublisherOptions } from '../options.ts';
import { serveText } from '../serve-text.ts';
import { type Assets, assetHrefs, loadAssets } from '../site/assets.ts';

export interface Kit {
  options: PublisherOptions & { nowMs: () => number };
  assets: () => Promise<Assets>;
  texts: CompressedTexts;
  say: (c: Context, message: Message) => Promise<Response>;
  /** What is wrong with an address below a show that has nothing in the store. */
  explainShow: (slug: string, otherwise: Message) => Promise<Message>;
  /** What stands in the store under the key, or why nothing does. */
  serveOr: (
    c: Context,
    key: string,
    missing: () => Promise<Message> | Message,
    sharing?: { crossOrigin: boolean },
  ) => Promise<Response>;
}

export function createKit(given: PublisherOptions): Kit {
  const options = { nowMs: Date.now, ...given };
  const { catalog, media, nowMs } = options;
  let loading: Promise<Assets> | undefined;
  const assets = () => (loading ??= loadAssets());
  const say: Kit['say'] = async (c, message) => {
    const hrefs = assetHrefs(await assets(), (key) => `/${key}`);
    c.header('Cache-Control', 'no-store');
    return c.html(messagePage({ ...message, link: message.link, assets: hrefs }), message.status);
  };
  const texts = createCompressedTexts();
  return {
    options,
    assets,
    texts,
    say,
    explainShow: async (slug, otherwise) => {
      const show = await catalog.shows.bySlug(slug);
      if (show === undefined) return UNKNOWN_SHOW;
      return show.published_at === null ? unpublishedShow(show.title) : otherwise;
    },
    serveOr: async (c, key, missing, sharing) =>
      (await serveText(c, key, { texts, media, nowMs, ...sharing })) ?? say(c, await missing()),
  };
}

/** The key that a path names; undefined where it is not even valid as an address. */
export function keyOf(c: Context): string | undefined {
  try {
    return decodeURIComponent(new URL(c.req.url).pathname.slice(1));
  } catch {
    return undefined;
  }
}
