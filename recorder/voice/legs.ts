/**
 * The legs of one recording, make before break: the next voice server is connected while the former is still read. The
 * timeline drops what came twice, by sequence number.
 */
import type { Networking } from '@discordjs/voice';
import type { Logger } from '../log.ts';
import { openLeg } from './leg.ts';
import type { Leg, LegFacts } from './leg.ts';
import { noCounts } from './tap.ts';
import type { TapCount, TapCounts, TappedPacket } from './tap.ts';

export type LegEvent =
  | { type: 'ready'; change: 'joined' | 'rejoined' | 'handed-over' }
  /** `agoUs`: since then its voice server has sent nothing. */
  | { type: 'lost'; closeCode: number | undefined; agoUs: number };

export interface LegsOptions {
  nowUs: () => number;
  logger: Logger;
  emit: (packet: TappedPacket) => void;
  /** See LegOptions. */
  refuses: (userId: string | undefined) => boolean;
  mayKeep: () => boolean;
  facts: LegFacts;
  onEvent: (event: LegEvent) => void;
}

export interface Legs {
  /** Opens a leg for a networking not seen yet; call in the tick that made it. */
  follow(networking: Networking): void;
  /** Whether packets can come: on the current leg, or on a parked one whose voice server did not just hang up. */
  receiving(): boolean;
  /** The code with which the current leg's voice server hung up. */
  closeCode(): number | undefined;
  counts(): TapCounts;
  /** On the current leg. */
  recover(step: 'rekey' | 'resume'): void;
  /** Gives up what waited too long, and closes parked legs when their time is over. */
  tick(): void;
  close(): void;
}

/** Packets sent to the former connection may be on their way when the next one is ready. */
const GRACE_US = 2_000_000;
/** Discord ends the former connection when the next one is ready, and either may be noticed first. */
const HANDOVER_US = 40_000;
/** A parked leg without a ready successor is of no more use: its voice server gave it up long ago. */
const PARKED_LIMIT_US = 10_000_000;

interface Parked {
  leg: Leg;
  sinceUs: number;
  /** When its successor could receive and decrypt. */
  succeededUs: number | undefined;
}

export function createLegs(options: LegsOptions): Legs {
  const { nowUs, logger, emit, refuses, mayKeep, facts, onEvent } = options;
  const closedCounts = noCounts();
  let current: Leg | undefined;
  let parked: Parked[] = [];
  let announced: Leg | undefined;
  let wasReceiving = false;

  const all = (): Leg[] => [...parked.map(({ leg }) => leg), ...(current === undefined ? [] : [current])];
  function hears(leg: Leg): boolean {
    if (leg.live()) return true;
    const closed = leg.closed();
    const isHandedOver = closed?.wasParked === true && nowUs() - closed.atUs <= HANDOVER_US;
    return leg.parked() && (closed === undefined || isHandedOver);
  }
  const receiving = (): boolean => all().some(hears);

  function onChange(): void {
    const isNew = current?.live() === true && announced !== current;
    const before = wasReceiving;
    wasReceiving = isNew ? parked.some(({ leg }) => hears(leg)) : receiving();
    if (before && !wasReceiving) {
      const closed = all()
        .findLast((leg) => leg.closed() !== undefined)
        ?.closed();
      onEvent({
        type: 'lost',
        closeCode: closed?.code,
        agoUs: closed === undefined ? 0 : nowUs() - closed.atUs,
      });
    }
    if (!isNew) return;
    const change = announced === undefined ? 'joined' : wasReceiving ? 'handed-over' : 'rejoined';
    [announced, wasReceiving] = [current, true];
    onEvent({ type: 'ready', change });
  }

  function close(leg: Leg): void {
    leg.close();
    for (const name of Object.keys(closedCounts) as TapCount[]) closedCounts[name] += leg.counts[name];
  }

  /** Whether the current leg does all that a parked one could do. */
  function succeeds(leg: Leg): boolean {
    if (!leg.live()) return false;
    return leg.dave()?.ready() ?? true;
  }

  function tick(): void {
    for (const leg of all()) leg.expire();
    if (parked.length === 0) return;
    onChange();
    const atUs = nowUs();
    const over = parked.filter((former) => {
      if (current !== undefined && succeeds(current)) former.succeededUs ??= atUs;
      return atUs - (former.succeededUs ?? atUs) > GRACE_US || atUs - former.sinceUs > PARKED_LIMIT_US;
    });
    parked = parked.filter((former) => !over.includes(former));
    for (const { leg } of over) close(leg);
    if (over.length > 0) onChange();
  }

  return {
    receiving,
    follow(networking) {
      if (current?.networking === networking) return;
      const former = current;
      if (former !== undefined) {
        if (former.parked()) parked.push({ leg: former, sinceUs: nowUs(), succeededUs: undefined });
        else close(former);
      }
      current = openLeg(networking, {
        nowUs,
        logger,
        emit,
        refuses,
        mayKeep,
        facts,
        formerDave: () => parked.findLast(({ leg }) => leg === former)?.leg.dave(),
        onChange,
      });
    },
    closeCode: () => current?.closed()?.code,
    counts() {
      const sum = { ...closedCounts };
      for (const leg of all())
        for (const name of Object.keys(sum) as TapCount[]) sum[name] += leg.counts[name];
      return sum;
    },
    recover: (step) => current?.recover(step),
    tick,
    close() {
      const open = all();
      current = undefined;
      parked = [];
      for (const leg of open) close(leg);
    },
  };
}
