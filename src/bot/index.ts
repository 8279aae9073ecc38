/** The Discord bot: logs in, registers its commands, answers, and keeps recorder and catalog in step. */
import { Events, type Guild, type Interaction, type VoiceChannelEffect, type VoiceState } from 'discord.js';
import type { Logger } from 'pino';
import type { InterruptedSession, SealedSession, SessionStatus } from '../../recorder/protocol.ts';
import type { Catalog } from '../catalog/index.ts';
import { createBackground } from './background.ts';
import { type AlertSettings, tellAlerts } from './alerts.ts';
import { leave, logIn } from './client.ts';
import type { BotContext, Links, MemberLinks, ShowArt, ShowSounds } from './context.ts';
import { followRoles } from './members/follow-roles.ts';
import { tellSharing } from './members/tell-sharing.ts';
import { inPlainLines } from './ordinary.ts';
import { createEpisodePanels } from './panels/episode-panels.ts';
import { createStatusLines } from './panels/status-lines.ts';
import { createAfterCrash } from './recording/after-crash.ts';
import { closeUnborn, leaveIfRemoved, resume } from './recording/catch-up.ts';
import type { Limits } from './recording/forgotten.ts';
import { watchForgotten } from './recording/forgotten-watch.ts';
import { personOf } from './recording/people.ts';
import { createNewcomers } from './recording/newcomers.ts';
import { createMoves, type MoveLimits } from './recording/moves.ts';
import { createRecordings, type Recordings } from './recording/recordings.ts';
import { createSealing } from './recording/sealing.ts';
import { closeCheckNotice, createSoundCheck, type MeasureLoudness } from './recording/sound-check.ts';
import { createWarnings } from './recording/warnings.ts';
import type { RecorderLink } from './recorder-link.ts';
import { registerCommands } from './register-commands.ts';
import { createRouter } from './router.ts';
import { createSigns, type SignSettings } from './signs/signs.ts';
import { createVoiceBridge } from './voice-bridge.ts';
import { syncWebinars } from './webinars/sync.ts';

export { LoginRefusedError } from './client.ts';
export type { Links, MemberLinks, ShowArt, ShowSounds } from './context.ts';
export { registerCommands } from './register-commands.ts';

export interface BotOptions {
  token: string;
  /** Discord's API, or an embedded Discord's. */
  apiUrl?: string | undefined;
  catalog: Catalog;
  recorder: RecorderLink;
  links: Links;
  sounds: ShowSounds;
  art: ShowArt;
  /** Apple's, each with what is under it. */
  categories: BotContext['categories'];
  members: MemberLinks;
  /** Asks for the privileged intent that tells at once what roles members have. */
  membersIntent?: boolean;
  /** A recording that a crash interrupted longer ago is sealed, not continued; 10 min by default. */
  resumeWithinMs?: number;
  /** How long people may be untold after a move until the recording ends; 10 min by default. */
  moves?: MoveLimits;
  /** When a recording counts as forgotten. */
  forgotten: Limits;
  measureLoudness: MeasureLoudness;
  signs: SignSettings;
  /** Where the operator is told what is wrong; nowhere when left out. */
  alerts?: AlertSettings | undefined;
  /** Discord ended the session for good: end this process, so that a new one logs in, or says why it cannot. */
  onLost?: ((error: Error) => void) | undefined;
  logger: Logger;
}

export interface Bot {
  /** Takes no more interactions, lets what is under way end for a bounded time, and leaves Discord. */
  close(): Promise<void>;
}

const RESUME_WITHIN_MS = 10 * 60_000;
/** What runs may take this long when the bot closes; the recorder ends an application that takes 10 s. */
const SETTLE_WITHIN_MS = 3_000;

/** Starts the bot. Throws LoginRefusedError, and whatever keeps Discord or the recorder from answering. */
export async function startBot(options: BotOptions): Promise<Bot> {
  const { token, apiUrl, catalog, recorder, links, sounds, art, categories, forgotten } = options;
  const { members, membersIntent = false } = options;
  const logger = inPlainLines(options.logger);
  const client = await logIn({ token, apiUrl, membersIntent, logger, onLost: options.onLost });
  const background = createBackground(logger);
  const bridge = createVoiceBridge(client, recorder);
  const notices: BotContext['notices'] = new Map();
  const context: BotContext = {
    ...{ client, catalog, recorder, bridge, links, sounds, art, categories, background, notices, logger },
    members,
  };
  const panels = createEpisodePanels(context);
  const sealing = createSealing(context, panels);
  const signs = createSigns(context, options.signs);
  const recordings = createRecordings(context, {
    soundCheck: createSoundCheck(context, options.measureLoudness),
    beforeStop: (sessionId) => signs.beforeStop(sessionId),
  });
  const stop: Recordings['stop'] = (sessionId, reason) => recordings.stop(sessionId, reason);
  const moves = createMoves(context, stop, options.moves);
  const newcomers = createNewcomers(context);
  const warn = createWarnings(context);
  const afterCrash = createAfterCrash(context, options.resumeWithinMs ?? RESUME_WITHIN_MS);
  const watch = watchForgotten(context, forgotten, stop);
  const statusLines = createStatusLines(context);
  const sync = syncWebinars(context);
  const roles = followRoles(context);
  const sharing = tellSharing(context);
  const alerts = options.alerts && tellAlerts(context, options.alerts);
  const route = createRouter({
    ...{ ...context, recordings, sealing, panels, roles, followsAtOnce: membersIntent },
  });

  const onSealed = (session: SealedSession): void =>
    background.run('a session was not taken into the catalog', () => sealing.settle(session), {
      sessionId: session.sessionId,
    });
  const onInterrupted = (session: InterruptedSession): void =>
    background.run('an interrupted session was not settled', () => afterCrash.settle(session), {
      sessionId: session.sessionId,
    });
  const onWarning = (sessionId: string, code: string, detail: string): void => {
    logger.warn({ sessionId, code, detail }, 'the recorder warns');
    if (code === 'moved') moves.follow(sessionId, detail);
    else background.run('a warning did not reach its host', () => warn(sessionId, code), { sessionId });
  };
  const onUnreadable = (error: Error): void =>
    logger.error(
      { err: error },
      'a message of the recorder could not be understood: it is of another version',
    );
  const onInteraction = (interaction: Interaction): void =>
    background.run('an interaction failed', () => route(interaction));
  /** Names are known only here: the recorder is told who comes into a channel that it records. */
  const onVoiceState = (before: VoiceState, state: VoiceState): void => {
    const live = recorder.liveIn(state.guild.id);
    if (live?.channelId === state.channelId && state.member)
      recorder.person(live.sessionId, personOf(state.member));
    newcomers.onVoiceState(before, state);
  };
  /** Sounds that clients play by themselves are nobody's track; the journal says when there was one. */
  const onEffect = ({ guild, channelId, userId, soundId, emoji }: VoiceChannelEffect): void => {
    const live = recorder.liveIn(guild.id);
    const name = soundId === null ? `reaction ${emoji?.name ?? ''}`.trim() : `soundboard ${soundId}`;
    if (live?.channelId === channelId) recorder.soundEffect(live.sessionId, userId, name);
  };
  const takeUp = (live: SessionStatus): void => {
    const { sessionId } = live;
    moves.takeUp(live);
    background.run('a recording was not brought in step with Discord', () => resume(context, live), {
      sessionId,
    });
    // What stands in the channel then is no notice, or one that is over.
    if (live.untold !== true) background.run('a notice was not found again', () => statusLines.takeUp(live));
    background.run('who refuses to be recorded was not told to the recorder', async () => {
      for (const userId of await catalog.members.refusing(live.guildId))
        recorder.consent(live.guildId, userId, true);
    });
  };
  /** What listened there ended with the application before this one, which had to carry the word to leave. */
  const leaveIfIdle = (guild: Guild): void => {
    if (recorder.liveIn(guild.id) === undefined && guild.members.me?.voice.channelId) bridge.leave(guild);
  };
  const onGuild = (guild: Guild): void => {
    // What happened while it was away came as no event.
    roles.catchUp(guild);
    const live = recorder.liveIn(guild.id);
    if (live) takeUp(live);
    else signs.restore(guild);
    for (const session of afterCrash.waitingFor(guild.id)) onInterrupted(session);
  };

  /** After a session of the gateway that could not be resumed, events are missing. */
  const onShardReady = (shardId: number): void => {
    for (const guild of client.guilds.cache.filter((each) => each.shardId === shardId).values())
      roles.catchUp(guild);
    for (const { guildId } of recorder.live().filter((live) => shardOf(live.guildId) === shardId))
      background.run('whether the bot is still in a server was not found out', () =>
        leaveIfRemoved(context, guildId),
      );
  };
  const shardOf = (guildId: string) => client.guilds.cache.get(guildId)?.shardId;

  async function close(): Promise<void> {
    client.off(Events.InteractionCreate, onInteraction);
    client.off(Events.VoiceStateUpdate, onVoiceState);
    client.off(Events.VoiceChannelEffectSend, onEffect);
    newcomers.close();
    moves.close();
    client.off(Events.GuildAvailable, onGuild);
    client.off(Events.ShardReady, onShardReady);
    roles.close();
    sharing.close();
    alerts?.close();
    sync.close();
    watch.close();
    signs.close();
    await background.settled(SETTLE_WITHIN_MS);
    await Promise.all([panels.close(), statusLines.close()]);
    recorder.events.off('sealed', onSealed);
    recorder.events.off('warning', onWarning);
    recorder.events.off('unreadable', onUnreadable);
    bridge.close();
    const keepVoice = recorder.live().length > 0;
    recorder.close();
    await leave(client, { keepVoice });
  }

  try {
    recorder.events.on('sealed', onSealed);
    recorder.events.on('warning', onWarning);
    recorder.events.on('unreadable', onUnreadable);
    client.on(Events.VoiceStateUpdate, onVoiceState);
    client.on(Events.VoiceChannelEffectSend, onEffect);
    client.on(Events.GuildAvailable, onGuild);
    client.on(Events.ShardReady, onShardReady);
    const { live, sealed, interrupted, overdueChecks } = await recorder.hello();
    signs.takeUp(live);
    for (const session of live) takeUp(session);
    for (const session of sealed) onSealed(session);
    for (const session of interrupted) onInterrupted(session);
    for (const notice of overdueChecks)
      background.run('a notice still says that a sound check listens', () =>
        closeCheckNotice(client, notice),
      );
    for (const guild of client.guilds.cache.values()) {
      leaveIfIdle(guild);
      roles.catchUp(guild);
      background.run('webinars were not brought in step', () => sync.catchUp(guild));
      background.run('sessions were not brought in step', () =>
        closeUnborn(context, guild, [...live, ...sealed, ...interrupted]),
      );
    }
    client.on(Events.InteractionCreate, onInteraction);
    await registerCommands({ token, apiUrl }).catch((error: unknown) => {
      // A running recording must not hang on this; Discord still has the commands of before.
      if (live.length === 0) throw error;
      logger.error({ err: error }, 'the commands were not registered: run `stagecast register-commands`');
    });
    const told = { live: live.length, sealed: sealed.length, interrupted: interrupted.length };
    const counts = { guilds: client.guilds.cache.size, ...told };
    logger.info({ user: client.user.id, ...counts }, 'bot is up');
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}
