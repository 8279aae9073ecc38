/**
 * What else shows that a channel is being recorded, where the settings ask for it: the bot's nickname, the channel's
 * status or topic, a spoken notice. What is lacking for them is told; it never stands in the way of a recording.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ChannelType, Events, type Guild, type StageInstance, type VoiceBasedChannel } from 'discord.js';
import type { SealedSession, SessionStatus } from '../../../recorder/protocol.ts';
import { textsFor } from '../../../templates/messages/index.ts';
import type { BotContext } from '../context.ts';
import {
  findings,
  LABELS,
  STAGE_MODERATOR,
  standingIn,
  TO_RENAME,
  toShowStatus,
  toSpeak,
  type PermissionName,
} from '../permissions.ts';
import * as channelSign from './channel-sign.ts';
import { withoutPrefix, withPrefix } from './nickname.ts';
import { sayNotice } from './spoken-notice.ts';

export interface SignSettings {
  nicknamePrefix: string | undefined;
  channelStatus: boolean;
  /** The Ogg Opus file for a Discord locale; undefined says nothing. */
  spokenNotice: ((locale: string) => string) | undefined;
}

export interface Signs {
  /** Sessions of an application before this one, whose people heard the notice and whose host knows what lacks; then names that a crash left behind. */
  takeUp(live: readonly SessionStatus[]): void;
  /** The nickname of before, in a server where nothing is recorded. */
  restore(guild: Guild): void;
  /** A voice channel's status can be taken back only from within, by a bot that may not manage channels. */
  beforeStop(sessionId: string): Promise<void>;
  close(): void;
}

/** How long a stop waits for a sign to be taken down. */
const BEFORE_STOP_MS = 1_000;

/** A nickname is the server's: what a channel takes away does not count. */
function lackingFor(channel: VoiceBasedChannel, needs: readonly PermissionName[]): PermissionName[] {
  const standing = standingIn(channel);
  const isOfServer = needs.includes('ChangeNickname');
  const held = isOfServer ? { ...standing, inChannel: standing.inServer } : standing;
  return findings(held, needs).flatMap((each) => ('missing' in each ? each.missing : []));
}

export function createSigns(context: BotContext, settings: SignSettings): Signs {
  const { client, catalog, recorder, background, logger } = context;
  const { nicknamePrefix: prefix, spokenNotice } = settings;
  /** By session: the channel that carries the signs, and the one in which it was said aloud. */
  const shownIn = new Map<string, string>();
  const saidIn = new Map<string, string>();
  /** What its host was told that it lacks, by session. */
  const toldLacking = new Map<string, Set<PermissionName>>();

  const channelOf = (guildId: string, channelId: string | undefined): VoiceBasedChannel | undefined => {
    const channel = client.guilds.cache.get(guildId)?.channels.cache.get(channelId ?? '');
    return channel?.isVoiceBased() ? channel : undefined;
  };
  const attempt = async (sign: string, work: () => Promise<unknown>): Promise<void> => {
    await work().catch((error: unknown) =>
      logger.warn({ err: error, sign }, 'a sign of a recording was not changed'),
    );
  };

  /** Whoever is not in a voice channel must manage it to change its status (discord-api-docs, Set Voice Channel Status). */
  async function takeDownIn(channel: VoiceBasedChannel): Promise<void> {
    const isStage = channel.type === ChannelType.GuildStageVoice;
    const needs: readonly PermissionName[] = standingIn(channel).inside
      ? ['SetVoiceChannelStatus']
      : ['SetVoiceChannelStatus', 'ManageChannels'];
    if (!settings.channelStatus || lackingFor(channel, isStage ? STAGE_MODERATOR : needs).length > 0) return;
    await attempt('channel status', () => channelSign.takeDown(channel));
  }

  async function putOnName(guild: Guild): Promise<void> {
    const name = guild.members.me?.nickname ?? client.user.displayName;
    const nick = prefix === undefined ? undefined : withPrefix(prefix, name);
    if (nick !== undefined) await guild.members.editMe({ nick });
  }

  async function takeOffName(guild: Guild): Promise<void> {
    const nickname = guild.members.me?.nickname ?? null;
    const nick = prefix === undefined ? undefined : withoutPrefix(prefix, nickname, client.user.displayName);
    if (nick !== undefined) await guild.members.editMe({ nick });
  }

  /** The signs that the settings ask for, each with what it needs. */
  const signsFor = (channel: VoiceBasedChannel, { sessionId, title }: SessionStatus) => {
    const isStage = channel.type === ChannelType.GuildStageVoice;
    const hasTopic = !isStage || channel.stageInstance !== null;
    const all: {
      sign: string;
      wanted: boolean;
      needs: readonly PermissionName[];
      show: () => Promise<void>;
    }[] = [
      {
        sign: 'nickname',
        wanted: prefix !== undefined,
        needs: TO_RENAME,
        show: () => putOnName(channel.guild),
      },
      {
        sign: 'channel status',
        wanted: settings.channelStatus && hasTopic,
        needs: toShowStatus(isStage),
        show: () => channelSign.putUp(channel, title),
      },
      {
        sign: 'spoken notice',
        wanted: spokenNotice !== undefined && saidIn.get(sessionId) !== channel.id,
        needs: toSpeak(isStage),
        async show() {
          saidIn.set(sessionId, channel.id);
          const opusPath = spokenNotice?.(channel.guild.preferredLocale);
          if (opusPath !== undefined) await sayNotice(recorder, channel, sessionId, opusPath);
        },
      },
    ];
    return all.filter(({ wanted }) => wanted);
  };

  /** Once for a session, wherever it is moved and however often. */
  async function tellMissing(channel: VoiceBasedChannel, sessionId: string, lacking: PermissionName[]) {
    const { signs: say } = textsFor(channel.guild.preferredLocale);
    const told = toldLacking.get(sessionId) ?? new Set();
    const missing = new Set(lacking).difference(told);
    if (missing.size === 0) return;
    toldLacking.set(sessionId, told.union(missing));
    const host = (await catalog.sessions.byId(sessionId))?.started_by;
    if (host === undefined) return;
    const labels = [...missing].map((name) => LABELS[name]);
    const content = say.missing(`<@${host}>`, labels, `<#${channel.id}>`);
    await channel.send({ content, allowedMentions: { users: [host] } });
  }

  const lackingSigns = (channel: VoiceBasedChannel, live: SessionStatus): PermissionName[] =>
    signsFor(channel, live).flatMap(({ needs }) => lackingFor(channel, needs));

  async function show(live: SessionStatus, former: VoiceBasedChannel | undefined): Promise<void> {
    if (former) await takeDownIn(former);
    const channel = channelOf(live.guildId, live.channelId);
    if (channel === undefined) return;
    const missing = lackingSigns(channel, live);
    for (const { sign, needs, show: put } of signsFor(channel, live))
      if (lackingFor(channel, needs).length === 0) await attempt(sign, put);
    await tellMissing(channel, live.sessionId, missing);
  }

  const onStatus = (live: SessionStatus): void => {
    const { sessionId, guildId, channelId, state, untold } = live;
    const before = shownIn.get(sessionId);
    if (state !== 'recording' || untold === true || before === channelId) return;
    shownIn.set(sessionId, channelId);
    background.run('the signs of a recording were not put up', () => show(live, channelOf(guildId, before)), {
      sessionId,
    });
  };

  const restore = (guild: Guild): void => {
    if (recorder.liveIn(guild.id)) return;
    background.run('a nickname was not restored', () => takeOffName(guild), { guildId: guild.id });
  };

  const onSealed = ({ sessionId, guildId, channelId }: SealedSession): void => {
    const channel = channelOf(guildId, shownIn.get(sessionId) ?? channelId);
    shownIn.delete(sessionId);
    saidIn.delete(sessionId);
    toldLacking.delete(sessionId);
    const guild = client.guilds.cache.get(guildId);
    if (guild) restore(guild);
    const isFree = recorder.liveIn(guildId)?.channelId !== channel?.id;
    if (channel && isFree)
      background.run('a channel still says that it is recorded', () => takeDownIn(channel));
  };

  /** A host opened the stage, or gave it another topic: the sign stands before that one too. */
  const onStage = (stage: StageInstance): void => {
    const live = recorder.liveIn(stage.guildId);
    const channel = channelOf(stage.guildId, stage.channelId);
    const isShown = live?.state === 'recording' && shownIn.get(live.sessionId) === stage.channelId;
    const isOurs = settings.channelStatus && isShown && channel !== undefined;
    if (!isOurs || lackingFor(channel, STAGE_MODERATOR).length > 0) return;
    background.run('a topic was not marked', () =>
      attempt('channel status', () => channelSign.putUp(channel, live.title)),
    );
  };
  const onTopic = (_before: StageInstance | null, stage: StageInstance): void => onStage(stage);

  client.on(Events.StageInstanceCreate, onStage);
  client.on(Events.StageInstanceUpdate, onTopic);
  recorder.events.on('status', onStatus);
  recorder.events.on('sealed', onSealed);
  return {
    takeUp(live) {
      for (const session of live) {
        const { sessionId, guildId, channelId } = session;
        const channel = channelOf(guildId, channelId);
        if (channel) toldLacking.set(sessionId, new Set(lackingSigns(channel, session)));
        saidIn.set(sessionId, channelId);
      }
      client.guilds.cache.forEach(restore);
    },
    restore,
    async beforeStop(sessionId) {
      const live = recorder.live().find((session) => session.sessionId === sessionId);
      const channel = live && channelOf(live.guildId, shownIn.get(sessionId));
      if (channel?.type !== ChannelType.GuildVoice) return;
      // A slow Discord does not record people on: what stays is taken down, or told, once the recording has ended.
      await Promise.race([takeDownIn(channel), sleep(BEFORE_STOP_MS, undefined, { ref: false })]);
    },
    close() {
      client.off(Events.StageInstanceCreate, onStage);
      client.off(Events.StageInstanceUpdate, onTopic);
      recorder.events.off('status', onStatus);
      recorder.events.off('sealed', onSealed);
    },
  };
}
