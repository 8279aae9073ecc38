/**
 * One voice server connection of a recording (a `Networking` of @discordjs/voice) with its tap. A recording has one leg
 * at a time, and two while it changes over: the former is parked, its socket still read, until the next one is ready.
 */
import { NetworkingStatusCode } from '@discordjs/voice';
import type { Networking, NetworkingState } from '@discordjs/voice';
import type { Logger } from '../log.ts';
import { takeDave } from './dave.ts';
import type { DaveKeys } from './dave.ts';
import { createFailureWatch } from './failure-watch.ts';
import { guardUdp, guardWebSocket } from './socket-guards.ts';
import { createSsrcTable } from './ssrc-table.ts';
import { createTap } from './tap.ts';
import type { TapCounts, TappedPacket } from './tap.ts';
import { createTransportCipher } from './transport-cipher.ts';
import type { TransportCipher } from './transport-cipher.ts';

export interface LegOptions {
  nowUs: () => number;
  logger: Logger;
  emit: (packet: TappedPacket) => void;
  /** Whether this sender does not want to be recorded; without a sender, whether anybody does not. */
  refuses: (userId: string | undefined) => boolean;
  /** The keys of the leg before this one, while it is parked. */
  formerDave: () => DaveKeys | undefined;
  /** A packet that came at `arrivalUs` was given up, because nobody said whose it is. */
  unmapped: (ssrc: number, arrivalUs: number) => void;
  /** Any change of `live` or `parked`. */
  onChange: () => void;
}

export interface Leg {
  readonly networking: Networking;
  readonly counts: TapCounts;
  /** Packets can arrive and be decrypted: the key is known, whether or not the WebSocket stands. */
  live(): boolean;
  /** Not the current one any more, but still read. */
  parked(): boolean;
  /** The code with which its WebSocket closed for good while this was the current leg. */
  closeCode(): number | undefined;
  dave(): DaveKeys | undefined;
  expire(): void;
  /** Ends the connection for good. */
  close(): void;
}

/** Op 5 (speaking) and op 13 (client disconnect) of the voice gateway are all that names a sender. */
const SPEAKING = 5;
const CLIENT_DISCONNECT = 13;

/** Watches a networking from its first moment; call in the tick that made it. */
export function openLeg(networking: Networking, options: LegOptions): Leg {
  const { nowUs, logger } = options;
  const nowMs = (): number => nowUs() / 1000;
  const ssrcs = createSsrcTable();
  const failures = createFailureWatch();
  const guarded = new WeakSet<object>();
  const destroyNetworking = networking.destroy.bind(networking);
  let parked = false;
  let closeCode: number | undefined;
  let cipher: TransportCipher | null = null;
  let keyOf: Uint8Array | undefined;
  let dave: DaveKeys | undefined;

  const state = (): NetworkingState => networking.state;
  const live = (): boolean =>
    state().code === NetworkingStatusCode.Ready || state().code === NetworkingStatusCode.Resuming;
  function daveOpened(userId: string, opened: boolean): void {
    if (opened) failures.succeeded(userId);
    // While the WebSocket resumes, keys may wait on the other side, and a request for new ones would be lost.
    else if (state().code === NetworkingStatusCode.Ready && !parked && failures.failed(userId, nowMs())) {
      logger.warn({ userId }, 'frames of a speaker cannot be decrypted, joining anew');
      dave?.recover();
    }
  }

  const tap = createTap(
    {
      nowUs,
      cipher: () => cipher,
      userOf: (ssrc) => ssrcs.userOf(ssrc, nowUs()),
      refuses: options.refuses,
      dave: () => dave,
      formerDave: options.formerDave,
      daveOpened,
      unmapped: options.unmapped,
    },
    options.emit,
  );

  function onPacket(packet: { op?: unknown; d?: { user_id?: unknown; ssrc?: unknown } } | null): void {
    const userId = packet?.d?.user_id;
    const ssrc = packet?.d?.ssrc;
    if (typeof userId !== 'string') return;
    if (packet?.op === SPEAKING && typeof ssrc === 'number') ssrcs.map(ssrc, userId);
    if (packet?.op === CLIENT_DISCONNECT) ssrcs.left(userId, nowUs());
  }

  /** The library's own listener runs first: if it did not resume, the connection is parked by now. */
  function onSocketClose(code: number): void {
    if (!parked) return;
    closeCode = code;
    options.onChange();
  }

  function once<T extends object>(part: T | undefined, guard: (part: T) => void): void {
    if (part === undefined || guarded.has(part)) return;
    guarded.add(part);
    guard(part);
  }

  function watch(now: NetworkingState): void {
    if ('ws' in now) {
      once(now.ws, (ws) => {
        guardWebSocket(ws, logger, {
          resuming: () => state().code === NetworkingStatusCode.Resuming,
          handled: () => tap.retry(),
        });
        ws.on('packet', onPacket);
        ws.on('close', ({ code }) => onSocketClose(code));
      });
    }
    if ('udp' in now) once(now.udp, (udp) => guardUdp(udp, logger, (datagram) => tap.receive(datagram)));
    if ('dave' in now) {
      once(now.dave, (session) => {
        dave = takeDave(session, nowMs, (error) =>
          logger.warn({ err: error }, 'a bad MLS message, joining the group anew'),
        );
      });
    }
    if (
      'connectionData' in now &&
      'secretKey' in now.connectionData &&
      now.connectionData.secretKey !== keyOf
    ) {
      keyOf = now.connectionData.secretKey;
      cipher = createTransportCipher(now.connectionData.encryptionMode, keyOf);
      if (cipher === null)
        logger.error({ mode: now.connectionData.encryptionMode }, 'unusable transport key');
      tap.retry();
    }
  }

  /**
   * Instead of being destroyed when the next one takes its place, a connection is parked: the socket stays open with its
   * keys, and nobody reacts to its WebSocket closing. MLS messages no longer reach it, because being removed from the
   * group would take the keys that open what is still on its way; names of senders (op 5) do.
   */
  function park(): void {
    if (parked) return;
    parked = true;
    const now = state();
    if ('ws' in now) {
      now.ws.removeAllListeners('close');
      now.ws.removeAllListeners('binary');
    }
    options.onChange();
  }

  networking.destroy = () => {
    if (live()) park();
    else destroyNetworking();
  };
  networking.on('stateChange', (_former, now) => {
    watch(now);
    options.onChange();
  });
  networking.on('error', (error) => logger.warn({ err: error }, 'voice connection error'));
  watch(state());

  return {
    networking,
    counts: tap.counts,
    live: () => live() && !parked,
    parked: () => parked,
    closeCode: () => closeCode,
    dave: () => dave,
    expire: () => tap.expire(),
    close() {
      tap.close();
      destroyNetworking();
    },
  };
}
