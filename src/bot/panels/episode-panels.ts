/** Every message that shows an episode, kept in step with the catalog's news until its mastering and publishing are done. */
import { RESTJSONErrorCodes, type Message, type RepliableInteraction } from 'discord.js';
import { textsFor, type Texts } from '../../../templates/messages/index.ts';
import type { EpisodeEvent } from '../../catalog/index.ts';
import type { BotContext } from '../context.ts';
import { isMessageGone } from '../ordinary.ts';
import { isDiscordCode } from '../user-error.ts';
import { findMessage } from './find-message.ts';
import {
  RAW_TRACKS_BUTTON,
  privatePanel,
  publicPanel,
  withoutLinkButtons,
  type Panel,
  type PanelInput,
} from './episode-panel.ts';
import { pacedEdits, type PacedEdits } from './paced-edits.ts';

/** Discord allows about 5 edits in 5 s in a channel and 5 in 2 s on a webhook; the rest is for other messages. */
const PUBLIC_EVERY_MS = 2_000;
const PRIVATE_EVERY_MS = 1_000;
/** Interaction tokens live 15 minutes (docs, Receiving and Responding); a little less, so that the last edit fits. */
const TOKEN_LIFE_MS = 14.5 * 60_000;
/** Episodes whose messages are kept in memory; an older one's is found again in the channel. */
const REMEMBERED = 200;

interface Shown {
  /** Undefined for a private reply, which nobody else follows. */
  messageId: string | undefined;
  render: (input: PanelInput) => Panel;
  edits: PacedEdits<Panel>;
  untilMs: number;
}

interface Followed {
  input: PanelInput | undefined;
  percent: number;
  leftMs: number | undefined;
  shown: Shown[];
  /** Questions to the catalog, one after the other, so that an old answer never follows a new one. */
  reading: Promise<void>;
  /** The channel was looked through for a message of an earlier process. */
  searched: boolean;
}

export interface EpisodePanels {
  /** Keeps the message that ended a recording in step. Its first line stays. */
  followMessage(message: Message, episodeId: string): Promise<void>;
  /** Keeps a private reply in step for as long as it can be edited. */
  followReply(interaction: RepliableInteraction, episodeId: string, texts: Texts): Promise<void>;
  close(): Promise<void>;
}

export function createEpisodePanels(context: Omit<BotContext, 'bridge'>): EpisodePanels {
  const { catalog, client, links, logger, background } = context;
  const episodes = new Map<string, Followed>();

  function followedOf(episodeId: string): Followed {
    const known = episodes.get(episodeId);
    if (known) return known;
    const followed: Followed = {
      input: undefined,
      percent: 0,
      leftMs: undefined,
      shown: [],
      reading: Promise.resolve(),
      searched: false,
    };
    episodes.set(episodeId, followed);
    const oldest = episodes.keys().next().value;
    if (episodes.size > REMEMBERED && oldest !== undefined) episodes.delete(oldest);
    return followed;
  }

  async function ask(episodeId: string, followed: Followed): Promise<void> {
    const episode = await catalog.episodes.byId(episodeId);
    const show = episode && (await catalog.shows.byId(episode.show_id));
    if (episode === undefined || show === undefined) return;
    const page = links.episodePage(show.slug, episode.slug);
    followed.input = { episode, percent: followed.percent, page, feed: links.feed(show.slug) };
  }

  function read(episodeId: string, followed: Followed): Promise<void> {
    const answer = followed.reading.then(() => ask(episodeId, followed));
    followed.reading = answer.catch(() => undefined);
    return answer;
  }

  function showEverywhere(followed: Followed): void {
    const { input, percent, leftMs } = followed;
    if (input === undefined) return;
    followed.shown = followed.shown.filter(({ untilMs }) => Date.now() < untilMs);
    for (const { render, edits } of followed.shown) edits.show(render({ ...input, percent, leftMs }));
  }

  /** Links in buttons are a comfort that Discord may refuse for addresses it does not like; the words have them too. */
  const edit = (send: (panel: Panel) => Promise<unknown>) => (panel: Panel) =>
    send(panel).catch((error: unknown) => {
      if (!isDiscordCode(error, RESTJSONErrorCodes.InvalidFormBodyOrContentType)) throw error;
      return send(withoutLinkButtons(panel));
    });
  const onFault = (episodeId: string) => (error: unknown) => {
    const isGone = isMessageGone(error);
    logger[isGone ? 'info' : 'warn']({ err: error, episodeId }, 'a message could not be kept in step');
    return isGone;
  };

  async function follow(episodeId: string, shown: (followed: Followed) => Shown): Promise<void> {
    const followed = followedOf(episodeId);
    followed.shown.push(shown(followed));
    await read(episodeId, followed);
    showEverywhere(followed);
  }

  const followMessage: EpisodePanels['followMessage'] = (message, episodeId) => {
    const texts = textsFor(message.guild?.preferredLocale ?? 'en');
    const headline = message.content.split('\n')[0] ?? '';
    // News that comes before the message is sent looks for it, and may find it just then.
    if (followedOf(episodeId).shown.some(({ messageId }) => messageId === message.id))
      return Promise.resolve();
    return follow(episodeId, (followed) => {
      followed.searched = true;
      return {
        messageId: message.id,
        render: (input) => publicPanel(input, headline, texts),
        edits: pacedEdits(
          edit((panel) => message.edit(panel)),
          { everyMs: PUBLIC_EVERY_MS, onFault: onFault(episodeId) },
        ),
        untilMs: Infinity,
      };
    });
  };

  /** After a restart, or for a session that another process sealed: the message stands in the channel's chat. */
  async function findAgain({ guildId, sessionId, episodeId }: EpisodeEvent): Promise<void> {
    // Nobody ended a recording of what was imported.
    if (sessionId === null) return;
    const session = await catalog.sessions.byId(sessionId);
    const channel = client.guilds.cache.get(guildId)?.channels.cache.get(session?.channel_id ?? '');
    if (!channel?.isVoiceBased()) return;
    const sinceMs = (session?.ended_at ?? session?.started_at)?.getTime() ?? 0;
    const message = await findMessage(channel, `${RAW_TRACKS_BUTTON}${sessionId}`, sinceMs - 60_000);
    if (message) await followMessage(message, episodeId);
  }

  async function onNews(event: EpisodeEvent): Promise<void> {
    const { episodeId, guildId, percent, leftMs, state } = event;
    if (!client.guilds.cache.has(guildId)) return;
    const followed = followedOf(episodeId);
    // Mastering that starts again starts at nothing.
    followed.percent = percent ?? (state === 'mastering' ? 0 : followed.percent);
    followed.leftMs = leftMs;
    if (!followed.searched) {
      followed.searched = true;
      await findAgain(event);
    }
    // Progress alone needs no question to the catalog, and a late one must not undo a state that was read since.
    if (percent === undefined || followed.input?.episode.state !== state) await read(episodeId, followed);
    showEverywhere(followed);
  }

  const unwatch = catalog.watch((event) => {
    if (event.type !== 'episode') return;
    background.run('an episode’s news did not reach its messages', () => onNews(event), {
      episodeId: event.episodeId,
    });
  });

  return {
    followMessage,
    followReply: (interaction, episodeId, texts) =>
      follow(episodeId, () => ({
        messageId: undefined,
        render: (input) => {
          const { session_id: sessionId } = input.episode;
          const rawTracks = sessionId === null ? undefined : links.rawTracks(sessionId);
          return privatePanel({ ...input, rawTracks }, texts);
        },
        edits: pacedEdits(
          edit((panel) => interaction.editReply({ ...panel, embeds: [] })),
          { everyMs: PRIVATE_EVERY_MS, onFault: onFault(episodeId) },
        ),
        untilMs: interaction.createdTimestamp + TOKEN_LIFE_MS,
      })),
    async close() {
      unwatch();
      const shown = [...episodes.values()].flatMap((followed) => followed.shown);
      await Promise.all(shown.map(({ edits }) => edits.close()));
    },
  };
}
