/** Sealed sessions reach the catalog once, whether a command waits for them, the recorder tells them, or a restart finds them. */
import type { SealedSession } from '../../../recorder/protocol.ts';
import {
  NotInCatalogError,
  type CatalogTransaction,
  type Episode,
  type Session,
} from '../../catalog/index.ts';
import type { BotContext } from '../context.ts';
import type { EpisodePanels } from '../panels/episode-panels.ts';
import { plain } from '../plain-text.ts';
import { closeNotice, closePassing } from './notice.ts';
import { endingLines } from './ending.ts';
import { reachHost } from './reach-host.ts';
import { panelButtons } from '../panels/episode-panel.ts';

export interface TakenIn {
  session: Session;
  /** Undefined when nobody spoke. */
  episode: Episode | undefined;
}

export interface Sealing {
  /**
   * The session, sealed in the catalog, and its episode, made in the same transaction as the job that masters it. The same
   * promise for the same session. Undefined for a session of a server that this installation does not know.
   */
  settle(sealed: SealedSession): Promise<TakenIn | undefined>;
}

/** A session that ended longer ago is not announced any more: nobody waits for it. */
const NEWS_FOR_MS = 24 * 60 * 60 * 1000;

const STILL_RUNS = 'a notice still says that a recording runs';

export function createSealing(context: BotContext, panels: EpisodePanels): Sealing {
  const { catalog, client, recorder, logger, background, notices } = context;
  const settling = new Map<string, Promise<TakenIn | undefined>>();

  /** A folder that the catalog never heard of (a catalog restored from an older copy): its recording counts all the same. */
  async function adopt(trx: CatalogTransaction, sealed: SealedSession): Promise<boolean> {
    const guild = client.guilds.cache.get(sealed.guildId);
    if (guild === undefined) return false;
    const show = await trx.shows.createDefaultFor({ id: guild.id, name: guild.name });
    await trx.sessions.create({
      id: sealed.sessionId,
      guildId: guild.id,
      showId: show.id,
      channelId: sealed.channelId,
      title: sealed.title,
      startedBy: client.user.id,
      startedAt: new Date(sealed.startedAtMs),
    });
    return true;
  }

  async function seal(trx: CatalogTransaction, sealed: SealedSession): Promise<Session | undefined> {
    const { sessionId, durationUs, speakers } = sealed;
    const result = { endedAt: endOf(sealed), durationUs, speakers };
    if ((await trx.sessions.byId(sessionId)) === undefined && !(await adopt(trx, sealed)))
      throw new NotInCatalogError('session');
    return trx.sessions.seal(sessionId, result);
  }

  /** A speaker of a session long sealed was erased: what was made of it is made again, without them. */
  async function redo(trx: CatalogTransaction, { sessionId, guildId }: SealedSession): Promise<void> {
    for (const { id: episodeId } of await trx.episodes.listFor(guildId, { sessionId, limit: null })) {
      const mediaKeys = await trx.episodes.redo(episodeId);
      await trx.queue.enqueue('take-down', { episodeId, mediaKeys });
      await trx.queue.enqueue('master', { sessionId, episodeId });
    }
  }

  async function takeIn(sealed: SealedSession): Promise<(TakenIn & { isNews: boolean }) | undefined> {
    const { sessionId, guildId } = sealed;
    const taken = await catalog.transaction(async (trx) => {
      const session = await seal(trx, sealed);
      const hasErased = (sealed.erasedTracks ?? 0) > 0;
      // Those made while it ran as well: they may hold who was erased at its end.
      if (hasErased) await trx.exports.endAllOf(sessionId);
      if (hasErased && session === undefined) await redo(trx, sealed);
      if (session === undefined || sealed.speakers === 0) return { session, episode: undefined };
      const episode = await trx.episodes.createForSession(session);
      await trx.queue.enqueue('master', { sessionId, episodeId: episode.id });
      return { session, episode };
    });
    recorder.acknowledge(sessionId);
    if (taken.session) return { ...taken, session: taken.session, isNews: true };
    const session = await catalog.sessions.byId(sessionId);
    const [episode] = await catalog.episodes.listFor(guildId, { sessionId, limit: 1 });
    return session && { session, episode, isNews: false };
  }

  async function announce(
    sealed: SealedSession,
    { session, episode }: TakenIn,
    channelIds: readonly (string | undefined)[],
  ): Promise<void> {
    const { guild_id: guildId, started_by: userId, webinar_id: webinarId } = session;
    const webinar = webinarId ? await catalog.webinars.ofGuild(guildId, webinarId) : undefined;
    const thanks = webinar?.state === 'ended';
    const end = { sealed, title: plain(session.title), thanks, host: `<@${userId}>` };
    const message = await reachHost(context, {
      ...{ guildId, channelIds, userId },
      message: (texts, direct) => ({
        content: endingLines({ ...end, direct }, texts).join('\n'),
        components: episode ? panelButtons(episode, texts) : [],
      }),
    });
    if (episode && message.inGuild()) await panels.followMessage(message, episode.id);
  }

  /** Where people were told, and where it ends: a moderator may have moved the bot meanwhile. */
  function tell(sealed: SealedSession, taken: TakenIn): void {
    const { sessionId, guildId, title, startedAtMs } = sealed;
    const notice = notices.get(sessionId);
    notices.delete(sessionId);
    const fields = { sessionId };
    // Where it was last comes first.
    const channelIds = (sealed.channelIds ?? [sealed.channelId]).toReversed();
    background.run(
      'the end of a recording was not announced',
      () => announce(sealed, taken, [notice?.channelId, ...channelIds]),
      fields,
    );
    const guild = client.guilds.cache.get(guildId);
    for (const { channelId, messageId } of sealed.passingNotices ?? []) {
      const passed = guild?.channels.cache.get(channelId);
      if (passed?.isVoiceBased()) background.run(STILL_RUNS, () => closePassing(passed, messageId), fields);
    }
    // Who could tell nobody in the next channel had freed the one before.
    if (notice?.over === true) return;
    const startedByUserId = taken.session.started_by;
    const end = { sessionId, title, startedByUserId, startedAtMs, endedAtMs: endOf(sealed).getTime() };
    for (const channelId of notice ? [notice.channelId] : channelIds) {
      const channel = guild?.channels.cache.get(channelId);
      if (channel?.isVoiceBased())
        background.run(STILL_RUNS, () => closeNotice(channel, end, notice), fields);
    }
  }

  async function settle(sealed: SealedSession): Promise<TakenIn | undefined> {
    const { sessionId, guildId } = sealed;
    try {
      const taken = await takeIn(sealed);
      if (taken?.isNews && Date.now() - endOf(sealed).getTime() < NEWS_FOR_MS) tell(sealed, taken);
      return taken;
    } catch (error) {
      if (!(error instanceof NotInCatalogError)) throw error;
      // Not acknowledged: the recorder mentions it again at each start, until the bot is back in that server.
      logger.warn({ sessionId, guildId }, 'a sealed session is of a server that the bot is not in');
      return undefined;
    }
  }

  return {
    settle(sealed) {
      // Told anew when a speaker was erased.
      const key = `${sealed.sessionId} ${sealed.erasedTracks ?? 0}`;
      const known = settling.get(key);
      if (known) return known;
      const work = settle(sealed).catch((error: unknown) => {
        settling.delete(key);
        throw error;
      });
      settling.set(key, work);
      return work;
    },
  };
}

const endOf = ({ startedAtMs, durationUs }: SealedSession): Date => new Date(startedAtMs + durationUs / 1000);
