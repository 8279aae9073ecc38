/** One speaker's track: packets in, pages and index records out. */
import { isSilence, OPUS_RATE_HZ, opusPacketSamples } from '../ogg/opus-packet.ts';
import { OpusWriter, SILENCE_PAGE_SAMPLES } from '../ogg/opus-writer.ts';
import { MAX_SEGMENTS, segmentsOf } from '../ogg/page.ts';
import { type Hole, type Run, type Step, TrackLayout } from '../timeline/layout.ts';
import { type Placement, Stream } from '../timeline/stream.ts';
import type { Files } from './files.ts';
import {
  encodeIndexHeader,
  encodeIndexRecord,
  INDEX_HEADER_BYTES,
  INDEX_RECORD_BYTES,
} from './index-file.ts';
import type { ReceivedPacket } from './model.ts';
import { trackPaths } from './paths.ts';
import type { RedoLog } from './redo-log.ts';
import type { MendedTrack } from './repair.ts';
import { SteadyFile, type WriteFault } from './steady-file.ts';

/** Age at which packets go to the file. A kill may cost 200 ms; the rest is for a tick and a machine that stalls. */
const FLUSH_AFTER_US = 100_000;
/** Silence is filled this far behind now, so that packets which were held back for 5 s still find their place free. */
const FILL_BEHIND_US = 6_000_000;
const HOLE_ENDED_US = 1_000_000;
/** How often a track is looked at in which nothing waits. */
const LOOK_EVERY_US = 200_000;
/** SSRCs of one speaker that are remembered; a new voice server gives a new one. */
const MAX_STREAMS = 4;

/** Pages of silence that may still be written before the next tick, shared by all tracks. */
export interface FillBudget {
  /** Behind the last word, which is in no hurry. */
  idle: number;
  /** Before a word that waits for its place: until it has it, it is in memory only. */
  urgent: number;
}

/** Pages that are written in one piece, 1.2 MB. */
const PAGES_AT_ONCE = 1200;

export interface TrackOptions {
  files: Files;
  /** The session's folder. */
  folder: string;
  number: number;
  userId: string;
  onHole: (hole: Hole) => void;
  onStream: (ssrc: number) => void;
  onFault: (fault: WriteFault) => void;
  redoLog: RedoLog;
  /** Go on in the files of a writer before this one. */
  resumeAt?: MendedTrack | undefined;
}

export class TrackWriter {
  readonly number: number;
  readonly userId: string;
  readonly opusFile: SteadyFile;
  readonly indexFile: SteadyFile;
  packets = 0;
  lost = 0;
  lastHeardUs = 0;
  private readonly onStream: (ssrc: number) => void;
  private readonly writer: OpusWriter;
  private readonly layout: TrackLayout;
  private readonly streams = new Map<number, Stream>();
  /** Placed, but behind silence that is still being written. */
  private readonly steps: Step[] = [];
  private run: Run | undefined;
  private runOffset = 0;
  private records = 0;
  private waitingSinceUs = Infinity;
  /** From when on a tick has something to do here, if it is not a page's turn before. */
  private lookUs = 0;

  constructor({ files, folder, number, userId, onHole, onStream, onFault, redoLog, resumeAt }: TrackOptions) {
    this.number = number;
    this.userId = userId;
    this.onStream = onStream;
    const how = resumeAt === undefined ? 'create' : 'resume';
    const open = (path: string, file: number, size = 0) =>
      new SteadyFile(path, files.open(path, how), size, onFault, redoLog.of(file));
    const { opusPath, indexPath } = trackPaths(folder, number);
    this.opusFile = open(opusPath, 2 * number, resumeAt?.opusBytes);
    this.indexFile = open(indexPath, 2 * number + 1, resumeAt?.indexBytes);
    const placedUntilUs = resumeAt?.spurts.at(-1)?.endUs ?? 0;
    this.layout = new TrackLayout(
      (hole) => {
        this.lost += hole.packets;
        onHole(hole);
      },
      { samples: resumeAt?.samples ?? 0, placedUntilUs },
    );
    // Serial numbers need only differ within one physical stream (RFC 3533 section 4).
    this.writer = new OpusWriter(number, resumeAt);
    if (resumeAt === undefined) {
      this.opusFile.append(this.writer.headers());
      this.indexFile.append(encodeIndexHeader());
      return;
    }
    this.packets = resumeAt.packets;
    this.lost = resumeAt.lost;
    this.lastHeardUs = placedUntilUs;
    this.records = resumeAt.spurts.length;
  }

  /** Takes a packet handed in at `nowUs`; `arrivalUs` is on the session clock here. */
  receive(
    { ssrc, sequence, timestamp, arrivalUs, opus, reason }: ReceivedPacket,
    nowUs: number,
    budget: FillBudget,
  ): void {
    // Padding (RFC 6716 section 3.2.5) may make a packet as large as a datagram, and packets never span pages.
    const fits = opus !== null && segmentsOf(opus) <= MAX_SEGMENTS;
    const samples = fits ? opusPacketSamples(opus) : null;
    this.lastHeardUs = Math.max(this.lastHeardUs, arrivalUs);
    const kept = samples === null ? null : opus;
    const packet = { sequence, timestamp, arrivalUs, opus: kept, samples, reason: reason ?? 'undecryptable' };
    const stream = this.streamOf(ssrc);
    this.apply(stream.receive(packet, nowUs));
    this.work(nowUs, budget);
    // Most packets pass at once, and are none of the next tick's business.
    if (!stream.idle || this.steps.length > 0) this.lookUs = nowUs;
  }

  tick(nowUs: number, budget: FillBudget): void {
    if (nowUs < Math.min(this.lookUs, this.waitingSinceUs + FLUSH_AFTER_US)) return;
    this.lookUs = nowUs + LOOK_EVERY_US;
    for (const stream of this.streams.values()) {
      if (!stream.idle) this.apply(stream.release(nowUs));
      if (!stream.idle) this.lookUs = nowUs;
    }
    this.layout.closeHole(nowUs - HOLE_ENDED_US);
    this.work(nowUs, budget);
    this.fillIdle(nowUs, budget);
    if (this.steps.length > 0) this.lookUs = nowUs;
  }

  /** Places everything that still waits for others. @returns the end of the last packet on the session clock. */
  drain(): number {
    for (const stream of this.streams.values()) this.apply(stream.drain());
    this.layout.closeHole();
    return this.layout.placedUntilUs;
  }

  /** What comes next belongs to nothing that came before: places what waits, and forgets the sender's streams. */
  breakOff(): void {
    for (const stream of this.streams.values()) this.apply(stream.drain());
    this.streams.clear();
    this.lookUs = 0;
  }

  /** Writes what is placed, then silence up to `toSamples`, as far as the budget goes. @returns whether all of it. */
  finish(toSamples: number, budget: FillBudget): boolean {
    this.work(Infinity, budget);
    if (this.steps.length > 0) return false;
    this.endRun();
    // The last page takes what is left, at most one page of it.
    if (!this.fill(toSamples - SILENCE_PAGE_SAMPLES, budget, 'idle')) return false;
    this.opusFile.append(this.writer.end(toSamples));
    return true;
  }

  close(): void {
    try {
      this.opusFile.close();
    } finally {
      this.indexFile.close();
    }
  }

  private streamOf(ssrc: number): Stream {
    let stream = this.streams.get(ssrc);
    if (stream === undefined) {
      stream = new Stream();
      this.streams.set(ssrc, stream);
      this.onStream(ssrc);
      const [oldest] = this.streams;
      if (this.streams.size > MAX_STREAMS && oldest !== undefined) {
        this.apply(oldest[1].drain());
        this.streams.delete(oldest[0]);
      }
    }
    return stream;
  }

  private apply(placements: Placement[]): void {
    for (const placement of placements) {
      const silent = placement.opus !== null && isSilence(placement.opus);
      const step = this.layout.place(placement, silent);
      if (step === null) continue;
      this.packets += 1;
      this.steps.push(step);
    }
  }

  /** Writes placed packets as far as the silence before them has been filled. */
  private work(nowUs: number, budget: FillBudget): void {
    if (this.steps.length > 0) this.writeSteps(budget);
    if (nowUs - this.waitingSinceUs >= FLUSH_AFTER_US) this.flush();
  }

  private writeSteps(budget: FillBudget): void {
    let done = 0;
    for (const step of this.steps) {
      if (step.run !== this.run || step.fillTo > this.writer.samples) {
        this.endRun();
        if (!this.fill(step.fillTo, budget, 'urgent')) break;
        this.run = step.run;
        this.runOffset = this.opusFile.size;
      }
      this.waitingSinceUs = Math.min(this.waitingSinceUs, step.sinceUs);
      const full = this.writer.add(step.opus, step.samples);
      if (full !== null) this.write(full);
      done += 1;
    }
    if (done === this.steps.length) this.steps.length = 0;
    else this.steps.splice(0, done);
  }

  private fillIdle(nowUs: number, budget: FillBudget): void {
    const behindUs = nowUs - FILL_BEHIND_US;
    const behind = Math.floor((behindUs * OPUS_RATE_HZ) / 1e6) - this.layout.samples;
    if (behind < SILENCE_PAGE_SAMPLES || this.layout.placedUntilUs > behindUs || this.steps.length > 0)
      return;
    this.endRun();
    // Who has begun to speak waits for the silence before it.
    const how = this.streams.values().every((stream) => stream.idle) ? 'idle' : 'urgent';
    const pages = Math.min(Math.floor(behind / SILENCE_PAGE_SAMPLES), budget[how]);
    this.layout.skipTo(this.layout.samples + pages * SILENCE_PAGE_SAMPLES);
    this.fill(this.layout.samples, budget, how);
  }

  /** @returns whether the file reaches `toSamples` now. */
  private fill(toSamples: number, budget: FillBudget, how: keyof FillBudget): boolean {
    while (this.writer.samples < toSamples && budget[how] > 0) {
      const fills = this.writer.fill(toSamples, Math.min(budget[how], PAGES_AT_ONCE));
      if (fills.length === 0) break;
      for (const { pages, bytes, place } of fills) {
        budget[how] -= pages;
        this.opusFile.append(bytes, place && { ...place, pages });
      }
    }
    return this.writer.samples >= toSamples;
  }

  private flush(): void {
    this.waitingSinceUs = Infinity;
    const page = this.writer.flush();
    if (page !== null) this.write(page);
  }

  /** Whether the disk refused one of its files for so long that nothing more is written to it. */
  get gaveUp(): boolean {
    return this.opusFile.gaveUp || this.indexFile.gaveUp;
  }

  /** The index first: a reader trusts it only as far as the file goes, so a crash between the two costs nothing. */
  private write(page: Buffer): void {
    this.index();
    this.opusFile.append(page);
  }

  private index(): void {
    const { run } = this;
    // Of what is not in the file the index says nothing.
    if (run === undefined || this.opusFile.gaveUp) return;
    const record = encodeIndexRecord({
      startUs: Math.round(run.startUs),
      endUs: Math.round(run.endUs),
      packets: run.packets,
      byteOffset: this.runOffset,
    });
    this.indexFile.put(record, INDEX_HEADER_BYTES + this.records * INDEX_RECORD_BYTES);
  }

  /** The run's last page and its final record. */
  private endRun(): void {
    if (this.run === undefined) return;
    this.flush();
    this.index();
    this.run = undefined;
    this.records += 1;
  }
}
