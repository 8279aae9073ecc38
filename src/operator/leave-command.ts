/**
 * `stagecast leave`: a show moves to another host. Its feed leads there (301, itunes:new-feed-url) once the feed there is seen to
 * be the same show; `--unlock` lets the other host import it before, `--stay` takes it all back.
 */
import { z } from 'zod';
import { addressOf, feedKey } from '../../publisher/site/addresses.ts';
import { type Show, type ShowFeedInput, showFeedSettings } from '../catalog/index.ts';
import { FeedError, fetchFeed, type WholeFeed } from '../import/index.ts';
import { publishAndTell } from '../jobs/publish-and-tell.ts';
import { createOutside, OutsideError } from '../outside/index.ts';
import { differencesOf, stillFetchedHere } from './moved-feed.ts';
import { type Operator, type OperatorCommand, OperatorError, showNamed } from './operator.ts';

export const leaveArgs = z.object({
  show: z.string().max(100),
  url: z.string().max(2000).optional(),
  stay: z.boolean().default(false),
  unlock: z.boolean().default(false),
  /** What another host wants to read in the feed before it takes the show over. */
  verify: z.string().trim().min(1).max(4000).optional(),
  /** Although not all of it is there. */
  anyway: z.boolean().default(false),
  allow: z.array(z.string().max(300)).max(20).default([]),
});
type LeaveArgs = z.infer<typeof leaveArgs>;

export const leaveCommand: OperatorCommand<LeaveArgs> = async (operator, args) => {
  const show = await showNamed(operator, args.show);
  const { url, stay, unlock, verify } = args;
  const isLettingIn = unlock || verify !== undefined;
  if ([stay, isLettingIn, url !== undefined].filter(Boolean).length !== 1)
    throw new OperatorError(
      'One step at a time: --unlock lets your new host import the show (with --verify, if it wants to read a word in the feed); then the address of the new feed leads listeners there; --stay takes everything back.',
    );
  if (stay) return takeBack(operator, show);
  return url === undefined ? letImport(operator, show, verify) : moveTo(operator, show, { ...args, url });
};

/** In place of what was said before; written at once. */
async function change(
  { catalog, publishing }: Operator,
  show: Show,
  changes: (feed: ShowFeedInput) => ShowFeedInput,
): Promise<void> {
  await catalog.shows.update(show.guild_id, show.id, { feed: changes(show.feed) });
  if (show.published_at !== null) await publishAndTell(publishing, show.id);
}

/** The word that another host asks for stands once, whatever it was before. */
const withoutVerify = (feed: ShowFeedInput) =>
  (feed.txts ?? []).filter(({ purpose }) => purpose !== 'verify');

async function letImport(operator: Operator, show: Show, verify: string | undefined): Promise<number> {
  const txts =
    verify === undefined
      ? show.feed.txts
      : [...withoutVerify(show.feed), { purpose: 'verify', text: verify }];
  const feed = { ...show.feed, locked: false, ...(txts && { txts }) };
  const [fault] = showFeedSettings.safeParse(feed).error?.issues ?? [];
  if (fault !== undefined)
    throw new OperatorError(`The word for --verify cannot stand in the feed (${fault.message}).`);
  await change(operator, show, () => feed);
  operator.say(`The feed of “${show.title}” says podcast:locked no: other hosts may import it now.`);
  if (verify !== undefined) operator.say(`It has <podcast:txt purpose="verify">${verify}</podcast:txt>.`);
  operator.say(`When your new host has all of it: npm start -- leave ${show.slug} <new feed address>`);
  return 0;
}

async function takeBack(operator: Operator, show: Show): Promise<number> {
  await change(operator, show, (feed) => ({
    ...feed,
    ...{ newFeedUrl: undefined, locked: true },
    txts: withoutVerify(feed),
  }));
  operator.say(`“${show.title}” stays: its feed is served here again, and locked.`);
  if (show.feed.newFeedUrl !== undefined)
    operator.say(
      'Apps that have followed it meanwhile ask at the other host now: let that lead back here (301) as well.',
    );
  return 0;
}

async function moveTo(
  operator: Operator,
  show: Show,
  { url, anyway, allow }: LeaveArgs & { url: string },
): Promise<number> {
  const { catalog, config, media, say, signal } = operator;
  const { baseUrl } = config.http;
  if (show.published_at === null)
    throw new OperatorError(`“${show.title}” has published nothing yet: nobody follows its feed.`);
  const theirs = await theirFeed(url, { baseUrl, allow, signal });
  if (await isOurs(operator, theirs.url))
    throw new OperatorError(`${url} leads back to this installation: listeners would go round in circles.`);
  const episodes = (await catalog.episodes.publishable(show.id)).filter(
    ({ visibility }) => visibility === 'public',
  );
  const faults = differencesOf(show, episodes, theirs);
  for (const fault of faults) say(fault);
  if (faults.length > 0 && !anyway) {
    say(`Nothing was changed. Mend it at the new host and give the same command again, or add --anyway.`);
    return 1;
  }
  await change(operator, show, (settings) => ({ ...settings, newFeedUrl: theirs.url }));
  const stored = await media.head(feedKey(show.slug));
  if (stored?.metadata['moved-to'] !== URL.parse(theirs.url)?.href) {
    say(
      `The feed says itunes:new-feed-url, but cannot lead there by 301: ${theirs.url} is too long an address. Ask the new host for a shorter one.`,
    );
    return 1;
  }
  say(`The feed of “${show.title}” leads to ${theirs.url} now: 301 for apps, itunes:new-feed-url for Apple.`);
  say(
    'Keep this installation up for at least 4 weeks (Apple asks for that; some apps come by once a month), and its media too:',
  );
  say('apps that have the old addresses of episodes go on fetching them here.');
  const here = stillFetchedHere(theirs, [baseUrl, media.publicUrl(feedKey(show.slug))]);
  if (here > 0)
    say(
      `The new feed still names ${here} files of this installation: have your new host copy them before you switch this one off.`,
    );
  say(
    'If the new host lets you, have the new feed name its own address as itunes:new-feed-url too: who follows the 301 does not read ours.',
  );
  say(`Pages stay as they are. npm start -- leave ${show.slug} --stay takes it back.`);
  const all = await catalog.episodes.listFor(show.guild_id, { showId: show.id, limit: 1000 });
  if (all.some(({ visibility }) => visibility === 'members'))
    say("Members' feeds do not move: what is for members is not in the public feed, and goes on here.");
  return 0;
}

/** By whichever scheme or host name of ours. */
async function isOurs({ catalog, config }: Operator, address: string): Promise<boolean> {
  const { host, hostname } = new URL(address);
  const plain = (url: string) => url.replace(/^https?:/, '');
  return (
    plain(address).startsWith(plain(addressOf(config.http.baseUrl, ''))) ||
    (await catalog.shows.byDomain(hostname)) !== undefined ||
    (await catalog.shows.byDomain(host)) !== undefined
  );
}

async function theirFeed(
  url: string,
  { baseUrl, allow, signal }: { baseUrl: string; allow: readonly string[]; signal: AbortSignal },
): Promise<WholeFeed> {
  try {
    return await fetchFeed(createOutside({ baseUrl, allowHosts: allow }), url, signal);
  } catch (error) {
    if (!(error instanceof OutsideError || error instanceof FeedError)) throw error;
    throw new OperatorError(`The new feed cannot be used: ${error.message} Nothing was changed.`);
  }
}
