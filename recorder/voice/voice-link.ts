/**
 * One guild's voice connection for as long as a session lives: it joins, follows new voice servers without a break,
 * rejoins when the connection is lost, and hands every packet on.
 */
import { joinVoiceChannel } from '@discordjs/voice';
import type { DiscordGatewayAdapterLibraryMethods, VoiceConnection } from '@discordjs/voice';
import type { GatewayVoiceStateUpdateDispatchData } from 'discord-api-types/v10';
import type { Logger } from '../log.ts';
import type { GatewayLine } from './gateway-line.ts';
import type { LegFacts } from './leg.ts';
import { createLegs } from './legs.ts';
import type { ConnectionCondition } from './reconnect.ts';
import { playOpusFile } from './playback.ts';
import { rejoinDelayMs } from './reconnect.ts';
import * as signalling from './signalling.ts';
import type { TapCounts, TappedPacket } from './tap.ts';
import type { RecoveryStep } from './watchdog.ts';

export type LinkEvent =
  /** Packets can be received: the first time, or anew after `lost` or after a change of server. */
  | { type: 'ready'; change: 'joined' | 'rejoined' | 'handed-over' }
  /** No packets come; the link tries to come back. */
  | { type: 'lost'; closeCode: number | undefined }
  /** The time for coming back is over. */
  | { type: 'gave-up' }
  /** Somebody removed us from the channel, or the channel is gone. */
  | { type: 'removed' }
  | { type: 'moved'; channelId: string }
  | { type: 'server-deaf'; deaf: boolean };

export interface VoiceLinkOptions {
  guildId: string;
  channelId: string;
  selfUserId: string;
  /** Keeps the connections of several recorders in one process apart. */
  group: string;
  line: GatewayLine;
  nowUs: () => number;
  logger: Logger;
  reconnectLimitMs: number;
  emit: (packet: TappedPacket) => void;
  /** See LegOptions. */
  refuses: (userId: string | undefined) => boolean;
  facts: LegFacts;
  onEvent: (event: LinkEvent) => void;
}

export interface VoiceLink {
  /** The channel we are in, by Discord's account. */
  channelId(): string;
  receiving(): boolean;
  takeState(payload: unknown): void;
  takeServer(payload: unknown): void;
  /** The guild's shard is ready again, perhaps with a fresh gateway session: asks for fresh voice credentials. */
  gatewayBack(): void;
  counts(): TapCounts;
  /** Whether the guild's shard can carry an op 4 now. */
  canRejoin(): boolean;
  /**
   * Takes a step against deafness: joins the DAVE group anew (op 31); resumes the voice WebSocket (op 7); or leaves the
   * channel and joins it, since op 4 for the channel one is in brings no new voice server.
   */
  recover(step: RecoveryStep): void;
  /** Says an Ogg Opus file into the channel; resolves when it was said. */
  play(opusPath: string): Promise<void>;
  /** Call every 20 ms or so. */
  tick(): void;
  /** Leaves the channel and closes every socket. */
  close(): void;
}

const ASK_AGAIN_MS = 5_000;
/** Between leaving and joining, for Discord to take note. */
const OUTSIDE_MS = 500;

/** Joins the channel; `onEvent` says when packets can come. */
export function openVoiceLink(options: VoiceLinkOptions): VoiceLink {
  const { guildId, line, logger, nowUs, onEvent } = options;
  let channelId = options.channelId;
  let signals = signalling.noSignalling;
  let library: DiscordGatewayAdapterLibraryMethods | undefined;
  let holdTimer: NodeJS.Timeout | undefined;
  let rejoinTimer: NodeJS.Timeout | undefined;
  let askTimer: NodeJS.Timeout | undefined;
  let attempt = 0;
  let lostSinceUs: number | undefined = nowUs();
  let closed = false;
  let deaf = false;

  const { emit, refuses, facts } = options;
  const legs = createLegs({ nowUs, logger, emit, refuses, facts, onEvent: onLegEvent });

  function send(payload: unknown): boolean {
    signals = signalling.expectAnswer(signals);
    return line.send(guildId, payload);
  }

  function onLegEvent(event: Extract<LinkEvent, { type: 'ready' | 'lost' }>): void {
    if (closed) return;
    if (event.type === 'ready') {
      attempt = 0;
      lostSinceUs = undefined;
    } else lostSinceUs ??= nowUs();
    onEvent(event);
  }

  /** Waits for the connection to come back by itself, then asks again, with growing pauses, until the limit. */
  function supervise(condition: ConnectionCondition): void {
    clearTimeout(rejoinTimer);
    const delayMs = closed ? undefined : rejoinDelayMs(condition, attempt);
    if (delayMs !== undefined) rejoinTimer = setTimeout(rejoin, delayMs);
  }

  function rejoin(): void {
    const lostMs = (nowUs() - (lostSinceUs ?? nowUs())) / 1000;
    if (lostMs >= options.reconnectLimitMs) {
      onEvent({ type: 'gave-up' });
      return;
    }
    attempt += 1;
    askToJoin();
    supervise(condition());
  }

  /** Not `connection.rejoin()`: when it cannot send, that tears a connection down that may still receive. */
  function askToJoin(): boolean {
    signals = signalling.expectAnswer(signals);
    const sent = line.join(guildId, channelId);
    logger.info({ guildId, channelId, attempt, sent }, 'asking to join the voice channel');
    return sent;
  }

  function gatewayBack(): void {
    if (closed) return;
    signals = signalling.expectNewSession(signals);
    clearTimeout(askTimer);
    // Too many sends just now. Until it is asked, Discord counts the old voice session as abandoned.
    if (!askToJoin() && line.ready(guildId)) askTimer = setTimeout(gatewayBack, ASK_AGAIN_MS);
  }

  function leaveAndJoin(): void {
    if (!line.ready(guildId)) return;
    // What Discord says of the voice session that ends here is no removal.
    signals = signalling.expectNewSession(signals);
    line.leave(guildId);
    clearTimeout(askTimer);
    askTimer = setTimeout(gatewayBack, OUTSIDE_MS);
  }

  function condition(): ConnectionCondition {
    const { state } = connection;
    return 'closeCode' in state
      ? { status: state.status, closeCode: state.closeCode }
      : { status: state.status };
  }

  function letThrough(waitedMs: number): void {
    const released = signalling.release(signals, waitedMs);
    if (released === undefined || library === undefined || closed) return;
    clearTimeout(holdTimer);
    signals = released.after;
    try {
      library.onVoiceStateUpdate(released.state as unknown as GatewayVoiceStateUpdateDispatchData);
      library.onVoiceServerUpdate(released.server);
    } catch (error) {
      // An endpoint that is no host name makes the WebSocket's constructor throw.
      logger.warn({ err: error }, 'the voice server could not be used');
    }
  }

  const connection: VoiceConnection = joinVoiceChannel({
    guildId,
    channelId,
    group: options.group,
    selfDeaf: false,
    selfMute: false,
    // Our own count decides when to recover (dave.ts); the library's throws.
    decryptionFailureTolerance: Infinity,
    adapterCreator: (methods) => {
      library = methods;
      // The library's `destroy` comes from our own close only: a dead gateway client never ends a recording.
      return { sendPayload: send, destroy: () => undefined };
    },
  });
  // The stock receiver would decrypt every packet a second time for streams that nobody reads.
  connection.receiver.onUdpMessage = () => undefined;
  // And its own list of who speaks, which it never shortens.
  connection.receiver.onWsPacket = () => undefined;
  connection.on('error', (error) => logger.warn({ err: error }, 'voice connection error'));
  connection.on('stateChange', (_before, state) => {
    if ('networking' in state) legs.follow(state.networking);
    logger.debug({ guildId, status: state.status }, 'voice connection state');
    supervise(condition());
  });
  supervise(condition());

  return {
    channelId: () => channelId,
    receiving: () => legs.receiving(),
    takeState(payload) {
      const state = signalling.voiceState.safeParse(payload).data;
      if (state?.user_id !== options.selfUserId || closed) return;
      const { after, meaning } = signalling.takeState(signals, state);
      signals = after;
      if (meaning === 'removed') onEvent({ type: 'removed' });
      if (meaning !== 'joined' || state.channel_id === null) return;
      if (state.channel_id !== channelId) {
        channelId = state.channel_id;
        connection.joinConfig.channelId = channelId;
        onEvent({ type: 'moved', channelId });
      }
      if ((state.deaf ?? deaf) !== deaf) {
        deaf = !deaf;
        onEvent({ type: 'server-deaf', deaf });
      }
      letThrough(0);
    },
    takeServer(payload) {
      const server = signalling.voiceServer.safeParse(payload).data;
      if (server === undefined || closed) return;
      signals = signalling.takeServer(signals, server);
      clearTimeout(holdTimer);
      if (signals.heldServer !== undefined) {
        holdTimer = setTimeout(() => letThrough(signalling.HOLD_MS), signalling.HOLD_MS);
      }
      letThrough(0);
    },
    gatewayBack,
    counts: () => legs.counts(),
    canRejoin: () => line.ready(guildId),
    recover(step) {
      if (closed) return;
      if (step === 'rejoin') leaveAndJoin();
      else legs.recover(step);
    },
    play: (opusPath) => playOpusFile(connection, opusPath),
    tick: () => legs.tick(),
    close() {
      if (closed) return;
      closed = true;
      clearTimeout(holdTimer);
      clearTimeout(rejoinTimer);
      clearTimeout(askTimer);
      connection.destroy(false);
      legs.close();
      line.leave(guildId);
    },
  };
}
