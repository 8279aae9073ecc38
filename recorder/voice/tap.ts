/**
 * From a datagram to an Opus packet with its sender: the path of every packet of a recording. It replaces the receiving
 * half of @discordjs/voice, which gives neither sequence nor timestamp and loses or corrupts audio in several ways.
 */
import { createNonceOrder, nonceOf } from './dave-frame.ts';
import type { DaveKeys } from './dave.ts';
import { createHeldPackets, HELD_US } from './held-packets.ts';
import { parseRtp, stripPayload } from './rtp.ts';
import type { NotVoice, RtpHeader } from './rtp.ts';
import type { TransportCipher } from './transport-cipher.ts';

export interface TappedPacket {
  userId: string;
  ssrc: number;
  sequence: number;
  timestamp: number;
  marker: boolean;
  arrivalUs: number;
  /** Null: it came, but cannot be kept, for `reason`. */
  opus: Buffer | null;
  reason?: 'undecryptable';
}

/** Every datagram is `received` and ends in exactly one of the others; `held` ones, on the way there, are counted twice. */
export type TapCount =
  | 'received'
  | NotVoice
  | 'forged'
  | 'malformed'
  | 'empty'
  | 'refused'
  | 'held'
  | 'unmapped'
  | 'overflow'
  | 'undecryptable'
  | 'kept';
export type TapCounts = Record<TapCount, number>;

export function noCounts(): TapCounts {
  return {
    received: 0,
    short: 0,
    version: 0,
    'payload-type': 0,
    forged: 0,
    malformed: 0,
    empty: 0,
    refused: 0,
    held: 0,
    unmapped: 0,
    overflow: 0,
    undecryptable: 0,
    kept: 0,
  };
}

/** What the tap asks of the voice connection at each packet, because all of it changes under way. */
export interface TapSource {
  nowUs(): number;
  cipher(): TransportCipher | null;
  userOf(ssrc: number): string | undefined;
  /** Whether this sender does not want to be recorded; without a sender, whether anybody does not. */
  refuses(userId: string | undefined): boolean;
  /** False while nothing that comes may be kept, because the people in the channel have not been told. */
  mayKeep(): boolean;
  dave(): DaveKeys | undefined;
  /** The keys of the connection this one replaces, while they still open frames. */
  formerDave(): DaveKeys | undefined;
  /** Called for each encrypted frame that was tried: whether it could be opened, the first time. */
  daveOpened(userId: string, opened: boolean): void;
  /** An encrypted frame that came at `arrivalUs` cannot be opened, or not yet. */
  unopened(arrivalUs: number): void;
  /** A packet that came at `arrivalUs` was given up, because nobody said whose it is. */
  unmapped(ssrc: number, arrivalUs: number): void;
  /** A packet that came at `arrivalUs` had to wait, and there was no room for more that wait. */
  overflow(ssrc: number, arrivalUs: number): void;
}

export interface Tap {
  readonly counts: TapCounts;
  receive(datagram: Buffer): void;
  /** Tries what was held again; call when a key, a mapping or an MLS message has come. */
  retry(): void;
  /** Tries what waited for others, and gives up what was held longer than 5 s; call every 20 ms or so. */
  expire(): void;
  /** Gives up all that is held: nothing more will come. */
  close(): void;
}

/** A packet on its way: still a datagram until the transport key is known. */
interface Travelling {
  header: RtpHeader;
  arrivalUs: number;
  datagram: Buffer;
  frame: Buffer | undefined;
  /** The turn of `retry` in which no key opened it. */
  failedIn: number | undefined;
}

/** How far a packet came: to its end, to its content (`sealed` before), nowhere, or not past the keys there are. */
type Step = 'gone' | { userId: string; opus: Buffer; sealed: boolean } | 'wait' | 'failed';

export function createTap(source: TapSource, emit: (packet: TappedPacket) => void): Tap {
  const counts = noCounts();
  const held = createHeldPackets<Travelling>();
  const order = createNonceOrder();
  let turn = 0;
  let closing = false;

  function send({ header, arrivalUs }: Travelling, userId: string, opus: Buffer | null): void {
    const { ssrc, sequence, timestamp, marker } = header;
    counts[opus === null ? 'undecryptable' : 'kept'] += 1;
    const packet = { userId, ssrc, sequence, timestamp, marker, arrivalUs, opus };
    emit(opus === null ? { ...packet, reason: 'undecryptable' } : packet);
  }

  function openSealed(travelling: Travelling, dave: DaveKeys, frame: Buffer, userId: string): Step {
    if (travelling.failedIn === turn) return 'failed';
    const nonce = nonceOf(frame);
    if (!closing && order.mustWait(userId, nonce, source.nowUs() - travelling.arrivalUs)) return 'wait';
    let outcome = dave.open(frame, userId);
    if (typeof outcome === 'string') {
      // Until its next epoch a sender encrypts for the group we were in before this connection replaced the former one.
      const former = source.formerDave();
      const formerly = former?.ready() === true ? former.open(frame, userId) : 'failed';
      if (typeof formerly !== 'string') outcome = formerly;
    }
    if (typeof outcome === 'string') source.unopened(travelling.arrivalUs);
    if (outcome === 'wait') return 'wait';
    const isOpen = typeof outcome !== 'string';
    if (!isOpen && order.isPast(userId, nonce)) {
      send(travelling, userId, null);
      return 'gone';
    }
    if (isOpen || travelling.failedIn === undefined) source.daveOpened(userId, isOpen);
    travelling.failedIn = turn;
    if (typeof outcome === 'string') return 'failed';
    order.opened(userId, nonce);
    return { userId, opus: outcome, sealed: true };
  }

  /** Takes a packet as far as it goes. */
  function advance(travelling: Travelling): Step {
    const userId = source.userOf(travelling.header.ssrc);
    // Before anything of it is decrypted; of a sender not yet known, nothing is until it is clear who they are.
    if (source.refuses(userId)) {
      if (userId === undefined) return 'wait';
      counts.refused += 1;
      return 'gone';
    }
    if (travelling.frame === undefined) {
      const cipher = source.cipher();
      if (cipher === null) return 'wait';
      const plain = cipher.open(travelling.datagram, travelling.header.clearBytes);
      const frame = plain === null ? null : stripPayload(travelling.header, plain);
      if (frame === null || frame.length === 0) {
        counts[plain === null ? 'forged' : frame === null ? 'malformed' : 'empty'] += 1;
        return 'gone';
      }
      travelling.frame = frame;
    }
    const { frame } = travelling;
    if (userId === undefined) return 'wait';
    const dave = source.dave();
    if (dave === undefined) return { userId, opus: frame, sealed: false };
    if (dave.seals(frame)) return openSealed(travelling, dave, frame, userId);
    const opus = dave.open(frame, userId);
    if (typeof opus !== 'string') return { userId, opus, sealed: false };
    send(travelling, userId, null);
    return 'gone';
  }

  /** The end of a packet that waited: with what it holds, if that is in the clear. */
  function end(travelling: Travelling): void {
    const step = travelling.failedIn === undefined ? advance(travelling) : 'failed';
    if (step === 'gone') return;
    const userId = travelling.frame === undefined ? undefined : source.userOf(travelling.header.ssrc);
    if (userId !== undefined && source.refuses(userId)) counts.refused += 1;
    else if (userId !== undefined) send(travelling, userId, typeof step === 'string' ? null : step.opus);
    else {
      counts.unmapped += 1;
      source.unmapped(travelling.header.ssrc, travelling.arrivalUs);
    }
  }

  /**
   * Takes a sender's packets on, in order. A frame that no key opens waits, since its key may still be on its way; once a
   * later one is opened it never comes. What is not encrypted waits behind it, so that nothing is overtaken.
   */
  function work(queue: Travelling[]): Travelling[] {
    let rest: Travelling[] = [];
    for (const [at, travelling] of queue.entries()) {
      const step = advance(travelling);
      if (step === 'wait') return at === 0 ? queue : [...rest, ...queue.slice(at)];
      if (step === 'gone') continue;
      if (step === 'failed' || (rest.length > 0 && !step.sealed)) {
        rest.push(travelling);
        continue;
      }
      for (const before of rest) end(before);
      rest = [];
      send(travelling, step.userId, step.opus);
    }
    return rest;
  }

  return {
    counts,
    receive(datagram) {
      counts.received += 1;
      const header = parseRtp(datagram);
      if (typeof header === 'string') {
        counts[header] += 1;
        return;
      }
      if (!source.mayKeep()) {
        counts.refused += 1;
        return;
      }
      const arrivalUs = source.nowUs();
      const travelling: Travelling = { header, arrivalUs, datagram, frame: undefined, failedIn: undefined };
      // Once one packet of a sender waits, the later ones go by its queue.
      const queued = held.has(header.ssrc);
      const step = queued ? 'wait' : advance(travelling);
      if (step === 'gone') return;
      if (typeof step !== 'string') {
        send(travelling, step.userId, step.opus);
        return;
      }
      if (held.push(header.ssrc, travelling)) counts.held += 1;
      else {
        counts.overflow += 1;
        source.overflow(header.ssrc, arrivalUs);
      }
      if (queued) held.work(header.ssrc, work);
    },
    retry() {
      turn += 1;
      held.workAll(work);
    },
    expire() {
      const oldestUs = source.nowUs() - HELD_US;
      held.workAll((queue) => {
        const rest = work(queue);
        const young = rest.findIndex(({ arrivalUs }) => arrivalUs >= oldestUs);
        const old = rest.splice(0, young === -1 ? rest.length : young);
        for (const travelling of old) end(travelling);
        return old.length === 0 ? rest : work(rest);
      });
    },
    close() {
      closing = true;
      held.workAll((queue) => {
        for (const travelling of work(queue)) end(travelling);
        return [];
      });
    },
  };
}
