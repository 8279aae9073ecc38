/**
 * What the voice connection of one session goes through, in the words of the session: its state, the journal, the holes,
 * what its host is warned of, and whether it ends.
 */
import { createHoles } from './holes.ts';
import { createLeftBehind } from './left-behind.ts';
import type { SessionHealth, SessionState } from './protocol.ts';
import type { GapReason, SealReason } from './session/model.ts';
import type { SessionWriter } from './session/writer.ts';
import { isUnwelcome } from './voice/reconnect.ts';
import type { LinkEvent } from './voice/voice-link.ts';

export interface ConnectionOptions {
  writer: Pick<SessionWriter, 'note' | 'gap' | 'elapsedUs' | 'status' | 'breakOff'>;
  /** Where people were told before it began. */
  channelId: string;
  /** It goes on after a crash: it has begun, and the hole since then is open. */
  resumed: boolean;
  hearing: { connected(): void; serverDeaf(deaf: boolean): void; health(): SessionHealth };
  onWarning: (code: string, detail: string) => void;
  /** The first connection stands, or never will. */
  onJoined: (joined: boolean) => void;
  onEnd: (reason: SealReason) => void;
}

export interface Interruptions {
  take(event: LinkEvent): void;
  state(): SessionState;
  /** False from a move until the people in the new channel were told: what they say before is not kept. */
  mayKeep(): boolean;
  /** The notice stands in this channel. */
  told(channelId: string): void;
  tick(): void;
  /** A channel was deleted, or the bot is not in the server any more. @returns why it ends, if that concerns it */
  gone(channelId: string | undefined): SealReason | undefined;
  /** Discord tells of a channel's end, and of ours in it, apart and within moments; the former is why. */
  reasonFor(reason: SealReason): SealReason;
  /** It cannot go on. */
  end(reason: SealReason): void;
  /** Closes the holes that are still open. */
  close(): void;
}

/** Kicked, or the main gateway session was dropped: which of them, only the main gateway could say. */
const DISCONNECTED_CLOSE = 4014;

/** A call that ends to go on with another voice server does so within moments; after this long it is worth a word. */
const UNWELCOME_US = 5_000_000;

export function followConnection(options: ConnectionOptions): Interruptions {
  const { writer, hearing, onWarning } = options;
  const holes = createHoles();
  // What goes on again has begun: it is not given up when the channel does not let us in at once.
  let state: SessionState = options.resumed ? 'reconnecting' : 'joining';
  let { channelId } = options;
  let untold = false;
  let goneAs: SealReason | undefined;
  let lostBy: { closeCode: number | undefined; channelId: string } | undefined;
  const leftBehind = createLeftBehind();
  /** Between two channels: Discord closes the connection to the former one, which is no loss of the next. */
  let moving = false;
  let unwelcome: { closeCode: number | undefined; sinceUs: number } | undefined;
  if (options.resumed) holes.begin('crash', writer.elapsedUs());
  leftBehind.arrived(channelId, writer.elapsedUs());

  function end(reason: SealReason): void {
    writer.note({ type: 'warning', code: reason });
    onWarning(reason, 'the recording ends here');
    if (state === 'joining') options.onJoined(false);
    else options.onEnd(reason);
  }

  /** What was lost while nothing could be heard is one hole, by its first cause. */
  function closeHole(reason: GapReason): void {
    const hole = holes.end(reason, writer.elapsedUs());
    if (hole !== undefined && hearing.health() === 'good') writer.gap(hole);
  }

  function ready(change: Extract<LinkEvent, { type: 'ready' }>['change']): void {
    const before = state;
    state = 'recording';
    hearing.connected();
    if (change !== 'joined' || before === 'reconnecting') writer.note({ type: 'reconnect', change });
    closeHole('crash');
    closeHole('reconnect');
    // Whoever saw the bot leave the channel may think that it is over.
    const wasOut = lostBy?.closeCode === DISCONNECTED_CLOSE && lostBy.channelId === channelId;
    if (wasOut && change === 'rejoined') onWarning('returned', channelId);
    lostBy = unwelcome = undefined;
    moving = false;
    options.onJoined(true);
  }

  function lost({ closeCode, agoUs }: Extract<LinkEvent, { type: 'lost' }>): void {
    // Before the first connection stands there is nothing to lose.
    if (state !== 'recording') return;
    state = 'reconnecting';
    const sinceUs = writer.elapsedUs() - agoUs;
    // Who was deaf left by itself, to come back with better ears, and tells of that.
    lostBy = hearing.health() === 'good' && !moving ? { closeCode, channelId } : undefined;
    holes.begin('reconnect', sinceUs);
    writer.note({ type: 'warning', code: 'connection-lost', closeCode: closeCode ?? null });
    onWarning('connection-lost', `the voice connection closed (${closeCode ?? 'no code'})`);
    unwelcome = isUnwelcome(closeCode) ? { closeCode, sinceUs } : undefined;
  }

  function moved(toChannelId: string): void {
    const nowUs = writer.elapsedUs();
    const { speakers } = writer.status();
    for (const hole of leftBehind.moved(toChannelId, nowUs, speakers)) writer.gap(hole);
    for (const { userId } of speakers) writer.breakOff(userId);
    channelId = toChannelId;
    untold = moving = true;
    holes.begin('consent', nowUs);
    writer.note({ type: 'moved', channelId });
    onWarning('moved', channelId);
  }

  return {
    take(event) {
      switch (event.type) {
        case 'ready':
          ready(event.change);
          return;
        case 'lost':
          lost(event);
          return;
        case 'asked':
          writer.note({ type: 'rejoining', attempt: event.attempt, channelId });
          return;
        case 'moved':
          moved(event.channelId);
          return;
        case 'server-deaf':
          hearing.serverDeaf(event.deaf);
          return;
        case 'removed':
          end('removed');
          return;
        case 'gave-up':
          end('disconnected');
      }
    },
    state: () => state,
    mayKeep: () => !untold,
    told(inChannelId) {
      if (!untold || inChannelId !== channelId) return;
      untold = false;
      closeHole('consent');
      leftBehind.arrived(channelId, writer.elapsedUs());
    },
    tick() {
      if (unwelcome === undefined || writer.elapsedUs() - unwelcome.sinceUs < UNWELCOME_US) return;
      onWarning('unwelcome', String(unwelcome.closeCode));
      unwelcome = undefined;
    },
    gone(goneChannelId) {
      if (goneChannelId === undefined) goneAs = 'server-gone';
      else if (goneChannelId === channelId) goneAs = 'channel-gone';
      else return undefined;
      return goneAs;
    },
    reasonFor: (reason) => (reason === 'removed' ? (goneAs ?? reason) : reason),
    end,
    close() {
      const open = holes.endAll(writer.elapsedUs());
      if (hearing.health() === 'good') for (const hole of open) writer.gap(hole);
    },
  };
}
