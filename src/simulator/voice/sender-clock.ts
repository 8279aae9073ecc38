/** RTP timestamps of one sender: what its own 48 kHz clock says when a spurt starts, and how packets follow. */
import type { SenderKind } from './contract.ts';

const WRAP = 2 ** 32;

export interface SenderClockOptions {
  readonly kind: SenderKind;
  readonly firstTimestamp: number;
  /** Simulation time at which the clock shows `firstTimestamp`. */
  readonly epochUs: number;
  readonly clockPpm: number;
}

export interface SenderClock {
  /** Begins a spurt whose first packet is due at `startUs`. */
  beginSpurt(startUs: number): void;
  /** Due time and timestamp of the next packet, which lasts `samples`. */
  next(samples: number): { dueUs: number; timestamp: number };
  /** Simulation time at which the last packet ends. */
  endUs(): number;
}

/**
 * A `client` derives a spurt's first timestamp from its clock, so silence is in the timestamps; a `bot` goes on where
 * it stopped (discord.js adds 960 per packet played). A clock that is fast by `clockPpm` shortens its packets.
 */
export function createSenderClock(options: SenderClockOptions): SenderClock {
  const samplesPerUs = 0.048 * (1 + options.clockPpm / 1e6);
  let startUs = options.epochUs;
  let spurtSamples = 0;
  let firstOfSpurt = options.firstTimestamp;
  const endUs = (): number => startUs + spurtSamples / samplesPerUs;
  return {
    beginSpurt(us) {
      firstOfSpurt =
        options.kind === 'bot'
          ? firstOfSpurt + spurtSamples
          : options.firstTimestamp + Math.round((us - options.epochUs) * samplesPerUs);
      startUs = us;
      spurtSamples = 0;
    },
    next(samples) {
      const packet = { dueUs: endUs(), timestamp: (firstOfSpurt + spurtSamples) % WRAP };
      spurtSamples += samples;
      return packet;
    },
    endUs,
  };
}
