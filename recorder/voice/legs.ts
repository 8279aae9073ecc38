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
  | { type: 'lost'; closeCode: number | undefined };

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
  /** Whether packets can come: on the current leg, or on a parked one whose voice server did not hang up. */
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
  const receiving = (): boolean =>
    all().some((leg) => leg.live() || (leg.parked() && leg.closeCode() === undefined));

  function onChange(): void {
    const before = wasReceiving;
    wasReceiving = receiving();
    if (current?.live() === true && announced !== current) {
      const change = announced === undefined ? 'joined' : before ? 'handed-over' : 'rejoined';
      announced = current;
      onEvent({ type: 'ready', change });
    } else if (before && !wasReceiving) onEvent({ type: 'lost', closeCode: current?.closeCode() });
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
    closeCode: () => current?.closeCode(),
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
