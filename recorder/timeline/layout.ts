/**
 * One track: placements of a speaker's streams become a file on the 2.5 ms grid and an index to the microsecond. Pure:
 * says what to fill, where runs begin and end, and which holes there are; the session room writes it down.
 */
import type { Gap, GapReason } from '../session/model.ts';
import type { ClockLine } from './clock-line.ts';
import { type Placement, SAMPLE_US } from './stream.ts';

/** Every Opus packet is a multiple of 2.5 ms long, so the file's grid is that. */
const GRID_SAMPLES = 120;
const GRID_US = GRID_SAMPLES * SAMPLE_US;
/**
 * How far the index, refined after the file was written, may leave the file. Readers count on 2.5 ms; the rest is for
 * drift within a run (60 ppm over 10 s are 0.6 ms), which is never held back.
 */
const FILE_TOLERANCE_US = 1900;
/** A file that lags is set right in silence at this, in speech only just before the tolerance ends. */
const LAG_IN_SILENCE_US = GRID_US / 2;
const LAG_IN_SPEECH_US = 2300;
/** A run that goes on without a pause returns to its line this fast: 100 ppm of drift, the rest to come back. */
const MAX_SKEW = 500e-6;
/** A long run gets a new record now and then, so that two points describe its drift well. */
const LONGEST_RUN_SAMPLES = 60 * 48_000;
/** Holes that touch are one, unless the reason changes; a hole that goes on is journalled in parts of this length. */
const LONGEST_HOLE_US = 10_000_000;

/** A run of packets as it grows; its two points are refined until the next run begins. */
export interface Run {
  startUs: number;
  endUs: number;
  packets: number;
}

/** What one placement does to the file. */
export interface Step {
  /** Silence up to here first (samples since the session's start); equal to the file's end when there is none. */
  fillTo: number;
  /** The run this packet belongs to; another object than before means that a new run begins. */
  run: Run;
  opus: Uint8Array;
  samples: number;
  /** When the packet was handed in. */
  sinceUs: number;
}

export type Hole = Omit<Gap, 'track'> & { packets: number };

interface OpenRun extends Run {
  line: ClockLine;
  startRtpUs: number;
  endRtpUs: number;
  samples: number;
  /** Place of its first packet in the file. */
  fileUs: number;
  /** Its points follow the line as it is learned: not in a run that touches the one before, nor where the file is far off. */
  refines: boolean;
  /** End of what lies before it. */
  earliestUs: number;
}

export class TrackLayout {
  private fileSamples = 0;
  private run: OpenRun | undefined;
  /** End of what was placed, packets and holes alike. */
  private endUs = 0;
  private hole: Hole | undefined;
  private readonly onHole: (hole: Hole) => void;

  /** `resumeAt` says where an earlier layout of the same track had come to. */
  constructor(onHole: (hole: Hole) => void, resumeAt = { samples: 0, placedUntilUs: 0 }) {
    this.onHole = onHole;
    this.fileSamples = resumeAt.samples;
    this.endUs = resumeAt.placedUntilUs;
  }

  /** End of the file in samples, once all steps are written. */
  get samples(): number {
    return this.fileSamples;
  }

  /** End of the last packet or hole. */
  get placedUntilUs(): number {
    return this.endUs;
  }

  /** Puts a packet after all others, where its line has it or, if that is taken, at the first free moment. */
  place(placement: Placement, isSilence: boolean): Step | null {
    const { line, rtpUs, samples, opus } = placement;
    const joined = placement.joined && this.run?.line === line;
    const startUs = joined ? this.endUs : Math.max(line.at(rtpUs), this.endUs);
    if (placement.lostPackets > 0)
      this.addHole(Math.max(startUs - placement.lostUs, this.endUs), startUs, 'loss', placement.lostPackets);
    if (opus === null) {
      this.closeRun();
      this.endUs = startUs + samples * SAMPLE_US;
      this.addHole(startUs, this.endUs, placement.reason, 0);
      return null;
    }
    const run = this.runFor(joined, startUs, placement, isSilence);
    const fillTo = this.fileSamples;
    this.fileSamples += samples;
    run.packets += 1;
    run.samples += samples;
    run.endRtpUs = rtpUs + samples * SAMPLE_US;
    refine(run);
    this.endUs = run.endUs;
    return { fillTo, run, opus, samples, sinceUs: placement.sinceUs };
  }

  /** Closes the run and moves the file's end on, for silence that nobody will speak in any more. */
  skipTo(samples: number): void {
    this.closeRun();
    this.fileSamples = samples;
  }

  /** Gives out the hole that is still growing, when it ended before `beforeUs`. */
  closeHole(beforeUs = Infinity): void {
    if (this.hole === undefined || this.hole.endUs >= beforeUs) return;
    this.onHole({ ...this.hole, startUs: Math.round(this.hole.startUs), endUs: Math.round(this.hole.endUs) });
    this.hole = undefined;
  }

  /** The open run when the packet goes on in it, else a new one, with the file's end moved to where it begins. */
  private runFor(joined: boolean, startUs: number, { line, rtpUs }: Placement, isSilence: boolean): OpenRun {
    const open = this.run;
    const lagUs = startUs - this.fileSamples * SAMPLE_US;
    if (joined && open !== undefined) {
      const lags = lagUs > LAG_IN_SPEECH_US || (isSilence && lagUs > LAG_IN_SILENCE_US);
      if (!lags && open.samples < LONGEST_RUN_SAMPLES) return open;
    }
    if (!joined || lagUs > LAG_IN_SILENCE_US)
      this.fileSamples += Math.max(0, Math.round(lagUs / GRID_US)) * GRID_SAMPLES;
    const fileUs = this.fileSamples * SAMPLE_US;
    this.run = {
      startUs,
      endUs: startUs,
      packets: 0,
      line,
      startRtpUs: rtpUs,
      endRtpUs: rtpUs,
      samples: 0,
      fileUs,
      refines: !joined && startUs === line.at(rtpUs) && Math.abs(startUs - fileUs) <= FILE_TOLERANCE_US,
      earliestUs: this.endUs,
    };
    return this.run;
  }

  private closeRun(): void {
    this.run = undefined;
  }

  private addHole(startUs: number, endUs: number, reason: GapReason, packets: number): void {
    const { hole } = this;
    const touches = hole?.reason === reason && startUs - hole.endUs < GRID_US;
    if (hole !== undefined && touches && endUs - hole.startUs <= LONGEST_HOLE_US) {
      hole.endUs = endUs;
      hole.packets += packets;
      return;
    }
    this.closeHole();
    this.hole = { startUs, endUs, reason, packets };
  }
}

/** Both points of a run by what the line says now. */
function refine(run: OpenRun): void {
  const { line, fileUs } = run;
  const audioUs = run.samples * SAMPLE_US;
  const lineEndUs = line.at(run.endRtpUs);
  if (run.refines) {
    const startUs = clamp(line.at(run.startRtpUs), fileUs - FILE_TOLERANCE_US, fileUs + FILE_TOLERANCE_US);
    run.startUs = Math.max(startUs, run.earliestUs);
    // Drift is the truth even where the file cannot follow it; a better anchor is believed as far as the file allows.
    const driftedUs = run.startUs + audioUs * (1 + line.drift);
    const fileEndUs = fileUs + audioUs;
    const earliestUs = Math.min(fileEndUs - FILE_TOLERANCE_US, driftedUs);
    run.endUs = clamp(lineEndUs, earliestUs, Math.max(fileEndUs + FILE_TOLERANCE_US, driftedUs));
  } else {
    run.endUs =
      run.startUs + clamp(lineEndUs - run.startUs, audioUs * (1 - MAX_SKEW), audioUs * (1 + MAX_SKEW));
  }
  run.endUs = Math.max(run.endUs, run.startUs);
}

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);
