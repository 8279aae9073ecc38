/**
 * `GET /api/shows/<show>/audience`: a show's figures as JSON, for whoever has a token of the show. A token is
 * `<end in Unix seconds>.<signature>`, made from the installation's secret and stored nowhere; it comes as
 * `Authorization: Bearer <token>` (RFC 6750), or in two parts in the link that `/episode stats` hands out.
 */
import type { Context } from 'hono';
import type { Audience, Episodes, Share, Shows } from '../../src/catalog/index.ts';
import { checkLink } from '../media/signed-link.ts';
import { dayOf } from './counting.ts';
import type { MediaDelivery } from './delivery.ts';
import type { PinnedLists } from './pinned-lists.ts';

export interface AudienceApiOptions {
  catalog: {
    shows: Pick<Shows, 'bySlug'>;
    episodes: Pick<Episodes, 'listFor'>;
    audience: Pick<Audience, 'ofShow'>;
  };
  signingKey: Uint8Array;
  delivery: MediaDelivery;
  lists: Pick<PinnedLists, 'source'> | undefined;
  nowMs: () => number;
}

const DAY_MS = 24 * 60 * 60_000;
const DEFAULT_DAYS = 30;
const MOST_DAYS = 3_700;
const MOST_EPISODES = 10_000;

export async function answerAudience(c: Context, options: AudienceApiOptions): Promise<Response> {
  const { catalog, signingKey, delivery, lists, nowMs } = options;
  c.header('Cache-Control', 'private, no-store');
  const show = await catalog.shows.bySlug(c.req.param('show') ?? '');
  const verdict =
    show === undefined ? 'tampered' : checkLink(signingKey, 'audience', show.id, tokenOf(c), nowMs());
  // Whether there is such a show is only told to whoever may see it.
  if (show === undefined || verdict !== 'valid') {
    c.header('WWW-Authenticate', 'Bearer realm="audience"');
    return c.json(
      { error: verdict === 'expired' ? 'This token has expired.' : 'A token of this show is needed.' },
      401,
    );
  }
  const days = daysOf(c.req.query('from'), c.req.query('to'), nowMs());
  if (days === undefined)
    return c.json({ error: `from and to are days such as 2026-11-22, at most ${MOST_DAYS} apart.` }, 400);
  const episodes = await catalog.episodes.listFor(show.guild_id, { showId: show.id, limit: MOST_EPISODES });
  const slug = c.req.query('episode');
  const episode = episodes.find((each) => each.slug === slug);
  if (slug !== undefined && episode === undefined)
    return c.json({ error: 'The show has no such episode.' }, 404);

  const found = await catalog.audience.ofShow(show.id, { ...days, episodeId: episode?.id });
  const { downloads, downloadsEver } = found;
  return c.json({
    show: { slug: show.slug, title: show.title, podcastGuid: show.podcast_guid },
    ...days,
    timeZone: 'UTC',
    counting: {
      guidelines: 'IAB Tech Lab Podcast Technical Measurement Guidelines 2.3',
      window: 'calendar day, UTC',
      delivery,
      userAgents: lists?.source ?? 'built-in',
    },
    ...{ downloads, downloadsEver },
    requests: downloads + found.filtered.reduce((sum, { amount }) => sum + amount, 0),
    filtered: amountsOf(found.filtered),
    days: found.days,
    apps: amountsOf(found.apps),
    devices: amountsOf(found.devices),
    countries: amountsOf(found.countries),
    deliveries: amountsOf(found.deliveries),
    episodes: found.episodes.flatMap(({ episodeId, downloads: amount }) => {
      const of = episodes.find(({ id }) => id === episodeId);
      if (of === undefined) return [];
      return [
        { guid: of.guid, slug: of.slug, title: of.title, publishedAt: of.published_at, downloads: amount },
      ];
    }),
  });
}

const amountsOf = (shares: readonly Share[]) =>
  Object.fromEntries(shares.map(({ value, amount }) => [value, amount]));

function tokenOf(c: Context): { expires: string | undefined; signature: string | undefined } {
  const [, expires, signature] =
    /^Bearer +(\d{1,12})\.([\w-]{1,100})$/i.exec(c.req.header('Authorization') ?? '') ?? [];
  return expires === undefined
    ? { expires: c.req.query('expires'), signature: c.req.query('signature') }
    : { expires, signature };
}

/** Both included; the last 30 days unless the question says otherwise. Undefined for what is no day. */
export function daysOf(
  from: string | undefined,
  to: string | undefined,
  nowMs: number,
): { from: string; to: string } | undefined {
  const last = to ?? dayOf(nowMs);
  const lastMs = Date.parse(last);
  if (!isDay(last, lastMs)) return undefined;
  const first = from ?? dayOf(lastMs - (DEFAULT_DAYS - 1) * DAY_MS);
  const firstMs = Date.parse(first);
  if (!isDay(first, firstMs) || firstMs > lastMs || lastMs - firstMs > MOST_DAYS * DAY_MS) return undefined;
  return { from: first, to: last };
}

const isDay = (text: string, ms: number) =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(ms) && dayOf(ms) === text;
