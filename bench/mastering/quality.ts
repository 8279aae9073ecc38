/** What a rendition sounds like, by the corpus's truth and ffmpeg's ebur128. */
import { createFfmpegRunner } from '../../src/mastering/ffmpeg.ts';
import { measureFile } from '../../src/mastering/measure.ts';
import { SAMPLE_RATE_HZ } from '../../src/mastering/session-clock.ts';
import type { Corpus, SpeakerTruth } from './corpus.ts';
import { loudnessOf, momentaryOf } from './meter.ts';
import { type Interval, sorted, widened, without } from './schedule.ts';

/** A speaker counts for the spread from so much exclusive speech on. */
const LEAST_EXCLUSIVE_SECONDS = 20;
/** Around others' speech, which rings on in the room of an open microphone. */
const EXCLUSIVE_MARGIN = 0.25 * SAMPLE_RATE_HZ;
/** Around all speech, where a pause begins. */
const PAUSE_MARGIN = 0.5 * SAMPLE_RATE_HZ;
/** A stretch of a drifting speaker that is measured by itself, in seconds of speech of their own. */
const DRIFT_STRETCH_SECONDS = 15;

export interface SpeakerFigure {
  name: string;
  exclusiveSeconds: number;
  /** In the rendition, where nobody else speaks. */
  lufs: number;
}
export interface Quality {
  speakers: SpeakerFigure[];
  spreadLu: number;
  /** Largest minus smallest of the stretches of those whose level drifts; NaN when nobody's does. */
  driftLu: number;
  integratedLufs: number;
  truePeakDbtp: number;
  /** The tenth percentile of 400 ms loudness where nobody speaks. */
  pauseFloorLufs: number;
}

export async function qualityOf(corpus: Corpus, file: string, samples: Float32Array): Promise<Quality> {
  const ffmpeg = createFfmpegRunner({ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe' });
  const { integratedLufs, truePeakDbtp } = await measureFile(ffmpeg, file).finally(() => ffmpeg.close());
  const speakers: SpeakerFigure[] = [];
  let driftLu = NaN;
  for (const speaker of corpus.speakers) {
    const alone = exclusiveOf(corpus.speakers, speaker);
    const exclusiveSeconds = lengthOf(alone) / SAMPLE_RATE_HZ;
    if (exclusiveSeconds < LEAST_EXCLUSIVE_SECONDS) continue;
    speakers.push({ name: speaker.name, exclusiveSeconds, lufs: await loudnessOf(cut(samples, alone)) });
    if (!speaker.drifts) continue;
    const levels: number[] = [];
    for (const stretch of stretches(alone)) levels.push(await loudnessOf(cut(samples, stretch)));
    driftLu = Math.max(...levels) - Math.min(...levels);
  }
  const loudness = speakers.map(({ lufs }) => lufs);
  const spreadLu = loudness.length < 2 ? NaN : Math.max(...loudness) - Math.min(...loudness);
  const pauses = (await momentaryOf(cut(samples, pausesOf(corpus)))).toSorted((a, b) => a - b);
  const pauseFloorLufs = pauses[Math.floor(pauses.length / 10)] ?? NaN;
  return { speakers, spreadLu, driftLu, integratedLufs, truePeakDbtp, pauseFloorLufs };
}

export function exclusiveOf(all: readonly SpeakerTruth[], speaker: SpeakerTruth): Interval[] {
  const others = sorted(all.flatMap((other) => (other === speaker ? [] : other.speech)));
  return without(speaker.speech, widened(others, EXCLUSIVE_MARGIN, EXCLUSIVE_MARGIN));
}

const pausesOf = ({ speakers, seconds }: Corpus): Interval[] => {
  const spoken = widened(sorted(speakers.flatMap(({ speech }) => speech)), PAUSE_MARGIN, PAUSE_MARGIN);
  return without([[0, seconds * SAMPLE_RATE_HZ]], spoken);
};

/** Consecutive parts of about the same length of speech; the rest belongs to the last. */
function stretches(intervals: readonly Interval[]): Interval[][] {
  const parts: Interval[][] = [[]];
  for (const interval of intervals) {
    if (lengthOf(parts.at(-1)!) >= DRIFT_STRETCH_SECONDS * SAMPLE_RATE_HZ) parts.push([]);
    parts.at(-1)!.push(interval);
  }
  const rest = parts.length > 1 && lengthOf(parts.at(-1)!) < (DRIFT_STRETCH_SECONDS * SAMPLE_RATE_HZ) / 2;
  if (rest) parts.splice(-2, 2, [...parts.at(-2)!, ...parts.at(-1)!]);
  return parts;
}

const lengthOf = (intervals: readonly Interval[]): number =>
  intervals.reduce((sum, [from, to]) => sum + to - from, 0);

function cut(samples: Float32Array, intervals: readonly Interval[]): Float32Array {
  const parts = intervals.map(([from, to]) => samples.subarray(Math.max(0, from), Math.max(0, to)));
  const joined = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
