/** What a speaker's microphone sends, window by window: voice, drift, hum, hiss, and the others from the loudspeaker. */
import { SAMPLE_RATE_HZ } from '../../src/mastering/session-clock.ts';
import { seededRandom } from '../../tests/recorder/support/network.ts';
import { type CastMember, DRIFT_PERIOD_SECONDS } from './cast.ts';
import type { Interval, Utterance } from './schedule.ts';
import { sorted, widened } from './schedule.ts';

/** A remote voice comes out of the loudspeaker after the way to the server and back: an echo, not an early copy. */
const BLEED_DELAY_SAMPLES = 0.18 * SAMPLE_RATE_HZ;
/** A client opens its line a little before the voice and holds it after. */
const LEAD_SAMPLES = 0.1 * SAMPLE_RATE_HZ;
const HOLD_SAMPLES = 0.3 * SAMPLE_RATE_HZ;
const PACKET_SAMPLES = 960;
/** Every microphone hisses a little while its line is open. */
const QUIET_HISS_DB = -50;

export interface Part {
  member: CastMember;
  clips: readonly Float32Array[];
  utterances: readonly Utterance[];
  /** Of the clips. */
  lufs: number;
}

/** When a speaker's line is open, in whole packets. */
export function openIntervals({ member, utterances }: Part, totalSamples: number): Interval[] {
  const packets = (samples: number) => Math.floor(samples / PACKET_SAMPLES) * PACKET_SAMPLES;
  if (member.open !== undefined) return [[0, packets(totalSamples)]];
  const speech = sorted(utterances.map(({ from, to }): Interval => [from, to]));
  return widened(speech, LEAD_SAMPLES, HOLD_SAMPLES + PACKET_SAMPLES).map(([from, to]) => [
    packets(from),
    packets(to),
  ]);
}

/** Answers windows of a line in order, each beginning where the one before ended or later. */
export function createLine(
  parts: readonly Part[],
  index: number,
): (from: number, to: number) => Float32Array {
  const part = parts[index]!;
  const { member } = part;
  const random = seededRandom(7919 * (index + 1));
  const voices = parts.map((each) => createVoice(each));
  const others = parts.flatMap(({ lufs }, other) => (other === index ? [] : [{ lufs, add: voices[other]! }]));
  const hiss = amplitude(part.lufs + (member.open?.hissDb ?? QUIET_HISS_DB));
  const bleedLufs = part.lufs + (member.open?.bleedDb ?? 0);
  let [pink, dull] = [0, 0];
  return (from, to) => {
    const line = new Float32Array(to - from);
    voices[index]!(line, from, 1);
    if (member.open !== undefined) {
      const room = new Float32Array(to - from);
      for (const { lufs, add } of others) add(room, from - BLEED_DELAY_SAMPLES, amplitude(bleedLufs - lufs));
      for (let at = 0; at < room.length; at += 1) {
        dull += 0.35 * (room[at]! - dull); // A small loudspeaker, the room, the back of a microphone.
        line[at]! += dull;
      }
    }
    for (let at = 0; at < line.length; at += 1) {
      pink += 0.2 * (random() * 2 - 1 - pink);
      line[at]! += pink * hiss * 5;
      if (member.humAmplitude !== undefined) line[at]! += hum(from + at) * member.humAmplitude;
    }
    return line.map((sample) => Math.min(1, Math.max(-1, sample)));
  };
}

/** Adds a speaker's utterances that lie in a window, with the drift of their level. */
function createVoice({ member, clips, utterances }: Part) {
  return (target: Float32Array, start: number, gain: number): void => {
    const end = start + target.length;
    for (const { clip, from, to } of utterances) {
      if (to <= start || from >= end) continue;
      const drifted = gain * amplitude(driftAt(member, from));
      const samples = clips[clip]!;
      for (let at = Math.max(start, from); at < Math.min(end, to); at += 1)
        target[at - start]! += samples[at - from]! * drifted;
    }
  };
}

const driftAt = ({ driftDb = 0 }: CastMember, at: number): number =>
  driftDb * Math.cos((2 * Math.PI * at) / SAMPLE_RATE_HZ / DRIFT_PERIOD_SECONDS);

const hum = (at: number): number => {
  const turn = (2 * Math.PI * 50 * at) / SAMPLE_RATE_HZ;
  return Math.sin(turn) + 0.5 * Math.sin(2 * turn) + 0.25 * Math.sin(3 * turn);
};

const amplitude = (db: number): number => 10 ** (db / 20);
