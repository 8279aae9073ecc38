/**
 * One voice server connection of a recording (a `Networking` of @discordjs/voice) with its tap. A recording has one leg
 * at a time, and two while it changes over: the former is parked, its socket still read, until the next one is ready.
 */
import { NetworkingStatusCode } from '@discordjs/voice';
import type { Networking, NetworkingState } from '@discordjs/voice';
import type { WebSocket } from 'ws';
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

/** What is told of single packets and members; times are arrivals. */
export interface LegFacts {
  /** A packet was given up, because nobody said whose it is. */
  unmapped: (ssrc: number, arrivalUs: number) => void;
  /** A packet was given up, because too many others waited. */
  overflow: (ssrc: number, arrivalUs: number) => void;
  /** An encrypted frame cannot be opened, or not yet. */
  unopened: (arrivalUs: number) => void;
  /** By the voice gateway's account a member began to speak, or stopped, or left. */
  speaking: (userId: string, speaking: boolean) => void;
  /** The DAVE group is being joined anew, because this member's frames could not be opened. */
  rekeyed: (userId: string) => void;
}

export interface LegOptions {
  nowUs: () => number;
  logger: Logger;
  emit: (packet: TappedPacket) => void;
  /** Whether this sender does not want to be recorded; without a sender, whether anybody does not. */
  refuses: (userId: string | undefined) => boolean;
  /** False while nothing that comes may be kept, because the people in the channel have not been told. */
  mayKeep: () => boolean;
  /** The keys of the leg before this one, while it is parked. */
  formerDave: () => DaveKeys | undefined;
  facts: LegFacts;
  /** Any change of `live` or `parked`. */
  onChange: () => void;
}

export interface LegClosed {
  code: number;
  atUs: number;
  /** Its successor was on the way. */
  wasParked: boolean;
}

export interface Leg {
  readonly networking: Networking;
  readonly counts: TapCounts;
  /** Packets can arrive and be decrypted: the key is known, whether or not the WebSocket stands. */
  live(): boolean;
  /** Not the current one any more, but still read. */
  parked(): boolean;
  /** How its WebSocket closed for good: it is not resumed. */
  closed(): LegClosed | undefined;
  dave(): DaveKeys | undefined;
  expire(): void;
  /** Asks to be added to the DAVE group anew (op 31), or cuts the WebSocket, so that the library resumes it (op 7). */
  recover(step: 'rekey' | 'resume'): void;
  /** Ends the connection for good. */
  close(): void;
}

/** Op 5 (speaking) and op 13 (client disconnect) of the voice gateway are all that names a sender. */
const SPEAKING = 5;
const CLIENT_DISCONNECT = 13;

interface MemberPacket {
  op?: unknown;
  d?: { user_id?: unknown; ssrc?: unknown; speaking?: unknown };
}

/** Watches a networking from its first moment; call in the tick that made it. */
export function openLeg(networking: Networking, options: LegOptions): Leg {
  const { nowUs, logger, facts } = options;
  const nowMs = (): number => nowUs() / 1000;
  const ssrcs = createSsrcTable();
  const failures = createFailureWatch();
  /** Whom op 5 has named since they came, or since it said that they stopped. */
  const speakers = new Set<string>();
  const guarded = new WeakSet<object>();
  const destroyNetworking = networking.destroy.bind(networking);
  let parked = false;
  let closed: LegClosed | undefined;
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
      facts.rekeyed(userId);
    }
  }

  const tap = createTap(
    {
      nowUs,
      cipher: () => cipher,
      userOf: (ssrc) => ssrcs.userOf(ssrc, nowUs()),
      refuses: options.refuses,
      mayKeep: options.mayKeep,
      dave: () => dave,
      formerDave: options.formerDave,
      daveOpened,
      unopened: facts.unopened,
      unmapped: facts.unmapped,
      overflow: facts.overflow,
    },
    options.emit,
  );

  function onPacket(packet: MemberPacket | null): void {
    const { user_id: userId, ssrc, speaking } = packet?.d ?? {};
    if (typeof userId !== 'string') return;
    if (packet?.op === SPEAKING) {
      if (typeof ssrc === 'number') ssrcs.map(ssrc, userId);
      const speaks = speaking !== 0;
      // Repeated for somebody who is known to speak, or silent since, it is no beginning.
      if (speaks !== speakers.has(userId)) facts.speaking(userId, speaks);
      if (speaks) speakers.add(userId);
      else speakers.delete(userId);
    }
    if (packet?.op === CLIENT_DISCONNECT) {
      ssrcs.left(userId, nowUs());
      speakers.delete(userId);
      facts.speaking(userId, false);
    }
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

  function onClosed(code: number, wasParked: boolean): void {
    closed = { code, atUs: nowUs(), wasParked };
    options.onChange();
  }

  /**
   * Instead of being destroyed when the next one takes its place, a connection is parked: the socket stays open with its
   * keys, and nobody resumes its WebSocket. MLS messages no longer reach it, because being removed from the
   * group would take the keys that open what is still on its way; names of senders (op 5) do.
   */
  function park(): void {
    if (parked) return;
    parked = true;
    const now = state();
    if ('ws' in now) {
      now.ws.removeAllListeners('close');
      now.ws.on('close', ({ code }) => onClosed(code, true));
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
  // Before the library's own listener, which acts on it. By then the connection is destroyed, or parked.
  networking.prependListener('close', (code: number) => onClosed(code, false));
  networking.on('error', (error) => logger.warn({ err: error }, 'voice connection error'));
  watch(state());

  return {
    networking,
    counts: tap.counts,
    live: () => live() && !parked,
    parked: () => parked,
    closed: () => closed,
    dave: () => dave,
    expire: () => tap.expire(),
    recover(step) {
      const now = state();
      if (now.code !== NetworkingStatusCode.Ready) return;
      if (step === 'rekey') dave?.recover();
      // Private in the library's types; tests/recorder/contract.test.ts holds it.
      else (Reflect.get(now.ws, 'ws') as WebSocket).terminate();
    },
    close() {
      tap.close();
      destroyNetworking();
    },
  };
}
