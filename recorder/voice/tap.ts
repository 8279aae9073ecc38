/**
 * From a datagram to an Opus packet with its sender: the path of every packet of a recording. It replaces the receiving
 * half of @discordjs/voice, which gives neither sequence nor timestamp and loses or corrupts audio in several ways.
 */
import type { DAVESession } from '@discordjs/voice';
import { isProtocolFrame, openDaveFrame } from './dave.ts';
import { createHeldPackets } from './held-packets.ts';
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
  dave(): DAVESession | undefined;
  /** The DAVE session of the connection this one replaces, while that one's keys still open frames. */
  formerDave(): DAVESession | undefined;
  /** Called for each frame of a ready DAVE session: whether it could be opened. */
  daveOpened(userId: string, opened: boolean): void;
}

export interface Tap {
  readonly counts: TapCounts;
  receive(datagram: Buffer): void;
  /** Tries what was held again; call when a key, a mapping or an MLS message has come. */
  retry(): void;
  /** Gives up what was held longer than 5 s; call now and then. */
  expire(): void;
}

/** A packet on its way: still a datagram until the transport key is known. */
interface Travelling {
  header: RtpHeader;
  arrivalUs: number;
  datagram: Buffer;
  frame: Buffer | undefined;
}

export function createTap(source: TapSource, emit: (packet: TappedPacket) => void): Tap {
  const counts = noCounts();
  const held = createHeldPackets<Travelling>();

  function packet({ header, arrivalUs }: Travelling, userId: string, opus: Buffer | null): TappedPacket {
    const { ssrc, sequence, timestamp, marker } = header;
    const tapped = { userId, ssrc, sequence, timestamp, marker, arrivalUs, opus };
    return opus === null ? { ...tapped, reason: 'undecryptable' } : tapped;
  }

  function openFrame(frame: Buffer, userId: string): Buffer | 'wait' | null {
    const dave = source.dave();
    const outcome = openDaveFrame(dave, frame, userId);
    let opened = outcome;
    if (typeof outcome === 'string') {
      // Until its next epoch a sender encrypts for the group we were in before this connection replaced the former one.
      const former = source.formerDave();
      if (former?.session?.ready === true) opened = openDaveFrame(former, frame, userId);
      if (opened === 'undecryptable') opened = outcome;
    }
    if (outcome !== 'wait' && dave !== undefined && isProtocolFrame(frame)) {
      source.daveOpened(userId, typeof opened !== 'string');
    }
    return opened === 'undecryptable' ? null : opened;
  }

  /** Takes a packet as far as it goes; false when it must wait. */
  function advance(travelling: Travelling): boolean {
    if (travelling.frame === undefined) {
      const cipher = source.cipher();
      if (cipher === null) return false;
      const plain = cipher.open(travelling.datagram, travelling.header.clearBytes);
      const frame = plain === null ? null : stripPayload(travelling.header, plain);
      if (frame === null || frame.length === 0) {
        counts[plain === null ? 'forged' : frame === null ? 'malformed' : 'empty'] += 1;
        return true;
      }
      travelling.frame = frame;
    }
    const userId = source.userOf(travelling.header.ssrc);
    if (userId === undefined) return false;
    const opus = openFrame(travelling.frame, userId);
    if (opus === 'wait') return false;
    counts[opus === null ? 'undecryptable' : 'kept'] += 1;
    emit(packet(travelling, userId, opus));
    return true;
  }

  function giveUp(travelling: Travelling): void {
    const userId = travelling.frame === undefined ? undefined : source.userOf(travelling.header.ssrc);
    counts[userId === undefined ? 'unmapped' : 'undecryptable'] += 1;
    if (userId !== undefined) emit(packet(travelling, userId, null));
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
      const travelling: Travelling = { header, arrivalUs: source.nowUs(), datagram, frame: undefined };
      // Once one packet of a sender waits, the later ones wait behind it: their order is kept.
      if (!held.has(header.ssrc) && advance(travelling)) return;
      counts[held.push(header.ssrc, travelling) ? 'held' : 'overflow'] += 1;
    },
    retry: () => held.retry(advance),
    expire: () => held.expire(source.nowUs(), giveUp),
  };
}
