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
import { playOpusFile } from './playback.ts';
import { createReconnect } from './reconnect.ts';
import * as signalling from './signalling.ts';
import type { TapCounts, TappedPacket } from './tap.ts';
import type { RecoveryStep } from './watchdog.ts';

export type LinkEvent =
  /** Packets can be received: the first time, or anew after `lost` or after a change of server. */
  | { type: 'ready'; change: 'joined' | 'rejoined' | 'handed-over' }
  /** No packets come; the link tries to come back. */
  | { type: 'lost'; closeCode: number | undefined; agoUs: number }
  /** It asked the gateway for the channel; how often since it was lost, 0 while the connection stands. */
  | { type: 'asked'; attempt: number }
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
  mayKeep: () => boolean;
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

/** Between leaving and joining, for Discord to take note. */
const OUTSIDE_MS = 500;

/** Joins the channel; `onEvent` says when packets can come. */
export function openVoiceLink(options: VoiceLinkOptions): VoiceLink {
  const { guildId, line, logger, nowUs, onEvent } = options;
  let channelId = options.channelId;
  let signals = signalling.noSignalling;
  let library: DiscordGatewayAdapterLibraryMethods | undefined;
  let heldUntilUs = Infinity;
  let closed = false;
  let deaf = false;

  const { emit, refuses, mayKeep, facts } = options;
  const legs = createLegs({ nowUs, logger, emit, refuses, mayKeep, facts, onEvent: onLegEvent });
  const reconnect = createReconnect(options.reconnectLimitMs, () => nowUs() / 1000);

  function onLegEvent(event: Extract<LinkEvent, { type: 'ready' | 'lost' }>): void {
    if (closed) return;
    reconnect.receiving(event.type === 'ready');
    onEvent(event);
  }

  /** Waits for the connection to come back by itself, then asks again, with growing pauses, until the limit. */
  function supervise(): void {
    const due = closed ? undefined : reconnect.due();
    if (due === 'give-up') onEvent({ type: 'gave-up' });
    // Not `connection.rejoin()`: when it cannot send, that tears a connection down that may still receive.
    if (due !== 'ask' || !line.rejoin(guildId, channelId)) return;
    signals = signalling.expectAnswer(signals);
    const attempt = reconnect.asked();
    logger.info({ guildId, channelId, attempt }, 'asking for the voice channel anew');
    onEvent({ type: 'asked', attempt });
  }

  function gatewayBack(): void {
    if (closed) return;
    signals = signalling.expectNewSession(signals);
    // Until it is asked, Discord counts the old voice session as abandoned.
    reconnect.askIn(0);
    supervise();
  }

  function leaveAndJoin(): void {
    if (!line.ready(guildId)) return;
    // What Discord says of the voice session that ends here is no removal.
    signals = signalling.expectNewSession(signals);
    line.leave(guildId);
    reconnect.askIn(OUTSIDE_MS);
  }

  function letThrough(waitedMs: number): void {
    const released = signalling.release(signals, waitedMs);
    if (released === undefined || library === undefined || closed) return;
    heldUntilUs = Infinity;
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
      // The library asks once, here, and then each time a voice server hangs up, without a pause: when that is answered is
      // decided by `supervise`. Its `destroy` comes from our own close only: a dead gateway client never ends a recording.
      let first = true;
      return {
        sendPayload() {
          if (!first) return false;
          first = false;
          signals = signalling.expectAnswer(signals);
          return line.join(guildId, channelId);
        },
        destroy: () => undefined,
      };
    },
  });
  // The stock receiver would decrypt every packet a second time for streams that nobody reads.
  connection.receiver.onUdpMessage = () => undefined;
  // And its own list of who speaks, which it never shortens.
  connection.receiver.onWsPacket = () => undefined;
  connection.on('error', (error) => logger.warn({ err: error }, 'voice connection error'));
  connection.on('stateChange', (_before, state) => {
    if ('networking' in state) legs.follow(state.networking);
    const { status } = state;
    logger.debug({ guildId, status, closeCode: legs.closeCode() }, 'voice connection state');
    reconnect.changed({ status, closeCode: legs.closeCode() });
    supervise();
  });
  reconnect.changed({ status: connection.state.status });

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
      heldUntilUs = signals.heldServer === undefined ? Infinity : nowUs() + signalling.HOLD_MS * 1000;
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
    tick() {
      legs.tick();
      if (nowUs() >= heldUntilUs) {
        heldUntilUs = Infinity;
        letThrough(signalling.HOLD_MS);
      }
      supervise();
    },
    close() {
      if (closed) return;
      closed = true;
      connection.destroy(false);
      legs.close();
      line.leave(guildId);
    },
  };
}
