/**
 * Private addresses of members: a feed, its files, and a page that opens it in an app. Everything here is for one person:
 * nobody keeps a copy of it, lists it, or learns of it from a link.
 */
import type { Context, Hono } from 'hono';
import { Readable } from 'node:stream';
import { membersPage } from '../../templates/pages/members-page.ts';
import { textsFor } from '../../templates/messages/index.ts';
import { askedOf } from '../audience/asked.ts';
import { askedRange, isAudio } from '../audience/delivery.ts';
import { trustedProxies } from '../audience/client-address.ts';
import { membersFolder } from '../media/episode-folder.ts';
import { answerPreflight, CROSS_ORIGIN_HEADERS, serveBody, serveObject } from '../media/serve.ts';
import { MEMBERS, NOT_FOUND } from '../messages.ts';
import type { Kit } from '../routes/kit.ts';
import { assetHrefs } from '../site/assets.ts';
import { FEED_TYPE } from '../site/feed-objects.ts';
import { membersPath } from '../site/members-feed.ts';
import { cleanLine } from '../feed/xml.ts';
import { createFeedParts } from './feed-parts.ts';
import { createGate, type Entry } from './gate.ts';
import { privateFollowLinks } from './links.ts';
import { loadLapsedSound } from './lapsed-sound.ts';
import { etagOf, lapsedEtagOf, lapsedFeed, ownPage } from './own-feed.ts';
import { TOKEN_PATTERN } from './token.ts';

/** A player that is paused goes on by our own address. */
const LINK_SECONDS = 60 * 60;
const FILE = '[A-Za-z0-9-]{1,100}\\.(?:mp3|m4a|opus|vtt|srt|json)';
const EPISODE = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

type Member = Extract<Entry, { kind: 'member' }>;

export function membersRoutes(app: Hono, { options, assets, texts, say }: Kit): void {
  const { members, audience, media, baseUrl, logger, nowMs } = options;
  if (members === undefined) return;
  const isTrusted = audience?.isTrusted ?? trustedProxies([]);
  const gate = createGate({ members, isTrusted, logger, nowMs });
  const parts = createFeedParts(media);
  options.watch?.((event) => {
    if (event.type === 'feed') parts.changed(event.feedKey);
  });
  let loading: ReturnType<typeof loadLapsedSound> | undefined;
  const lapsedSound = () => (loading ??= loadLapsedSound());

  app.use('/members/*', async (c, next) => {
    await next();
    c.res.headers.set('Cache-Control', 'private, no-store');
    c.res.headers.set('X-Robots-Tag', 'noindex, nofollow, noarchive');
    c.res.headers.set('Referrer-Policy', 'no-referrer');
  });

  /** Lets in who may come in, or says why not. */
  const enter =
    (answer: (c: Context, member: Member) => Promise<Response>) =>
    async (c: Context): Promise<Response> => {
      const entry = await gate(c, c.req.param('token') ?? '');
      if (entry.kind === 'nobody') return say(c, NOT_FOUND);
      if (entry.kind === 'guessing') {
        c.header('Retry-After', String(entry.waitSeconds));
        return say(c, MEMBERS.guessing);
      }
      if (entry.standing === 'gone') return say(c, MEMBERS.gone);
      if (entry.standing === 'unknown') return later(c, 'unknown');
      return answer(c, entry);
    };
  const later = (c: Context, why: 'unknown' | 'unwritten') => {
    c.header('Retry-After', '900');
    return say(c, MEMBERS[why]);
  };

  const own = `/members/:token{${TOKEN_PATTERN}}/`;

  /** A document of this member's own, compressed as everybody's is. */
  const answerOwn = async (
    c: Context,
    { feed }: Member,
    etag: string,
    make: () => string | Promise<string>,
  ) =>
    (await texts.answer(c, {
      ...{ etag, owner: feed.token_hash, contentType: FEED_TYPE },
      read: async () => new Uint8Array(Buffer.from(await make())),
    })) ?? say(c, NOT_FOUND);

  app.get(
    `${own}feed.xml`,
    enter(async (c, member) => {
      const { standing, feed, show, token } = member;
      const common = await parts.of(show.id);
      if (common === undefined) return later(c, 'unwritten');
      if (standing === 'open')
        return answerOwn(c, member, etagOf(common, feed), () => ownPage(common, token));
      return answerOwn(c, member, lapsedEtagOf(common, feed), async () =>
        lapsedFeed(common, token, { show, feed, baseUrl, sound: await lapsedSound() }),
      );
    }),
  );
  app.get(
    `${own}:archive{feed-archive-[1-9][0-9]{0,3}\\.xml}`,
    enter(async (c, member) => {
      const { standing, feed, show, token } = member;
      if (standing !== 'open') return say(c, MEMBERS.lapsed);
      const [page] = /\d+/.exec(c.req.param('archive') ?? '') ?? [];
      const common = await parts.archive(show.id, Number(page));
      if (common === undefined) return say(c, NOT_FOUND);
      return answerOwn(c, member, etagOf(common, feed), () => ownPage(common, token));
    }),
  );

  const file = `${own}media/:episode{${EPISODE}}/:file{${FILE}}`;
  app.options(file, answerPreflight);
  app.get(
    file,
    enter(async (c, { standing, show }) => {
      if (standing !== 'open') return say(c, MEMBERS.lapsed);
      const { episode = '', file: name = '' } = c.req.param() as { episode?: string; file?: string };
      const key = `${membersFolder({ show_id: show.id, id: episode })}${name}`;
      const counter = isAudio(key) ? audience?.counter : undefined;
      const request = askedOf(c, key, isTrusted);
      // What a store signs is for GET alone.
      if (members.delivery === 'redirect' && isAudio(key) && media.signedUrl && c.req.method === 'GET') {
        if ((await media.head(key)) === undefined) return say(c, NOT_FOUND);
        counter?.observe(request, askedRange(request.range));
        const location = await media.signedUrl(key, LINK_SECONDS);
        return c.body(null, 302, { ...CROSS_ORIGIN_HEADERS, Location: location });
      }
      const observe =
        counter && ((answered: { status: number; first: number }) => counter.observe(request, answered));
      return (await serveObject(c, key, { media, nowMs, crossOrigin: true, observe })) ?? say(c, NOT_FOUND);
    }),
  );

  app.get(
    own,
    enter(async (c, { standing, show, token }) => {
      if (standing !== 'open') return say(c, MEMBERS.lapsed);
      const feedUrl = `${baseUrl}${membersPath(token)}feed.xml`;
      const title = cleanLine(show.title);
      return c.html(
        membersPage({
          ...{ title, feedUrl, texts: textsFor(show.language).members },
          links: privateFollowLinks(feedUrl, title),
          assets: assetHrefs(await assets(), (key) => `/${key}`),
        }),
      );
    }),
  );
  app.get(own.slice(0, -1), (c) => c.redirect(`${new URL(c.req.url).pathname}/`, 301));

  app.get('/members/:sound{come-back\\.[0-9a-f]{12}\\.mp3}', async (c) => {
    const { path, body, etag } = await lapsedSound();
    if (c.req.path !== path) return say(c, NOT_FOUND);
    const servable = {
      ...{ bytes: body.length, contentType: 'audio/mpeg', cacheControl: undefined, etag },
      lastModified: new Date(0),
    };
    return serveBody(c, servable, ({ first, last }) => Readable.from([body.subarray(first, last + 1)]));
  });
}
