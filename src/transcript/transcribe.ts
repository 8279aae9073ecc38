/** A session's tracks to cues: every speaker's chunks sent or read from what is kept, two at a time. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { readSession, type RecordedTrack } from '../../recorder/session/reader.ts';
import { createReplyCache } from './cache.ts';
import { chunkLengthUs } from './chunk-clock.ts';
import { cuesOf } from './cues.ts';
import { ChunkError } from './chunk-error.ts';
import { createEndpoint, type EndpointOptions } from './endpoint.ts';
import { mergeCues } from './merge.ts';
import type { Cue, Interval, Missing } from './model.ts';
import { chunksOf, halvesOf, type TrackChunk, turnsOf, wavOf, type Workshop } from './prepare.ts';
import { plainLine } from './plain-text.ts';
import { promptOf } from './prompt.ts';
import type { Reply } from './reply.ts';
import { commonLanguage } from './spoken-language.ts';

export interface TranscribeOrder extends Workshop, EndpointOptions {
  sessionFolder: string;
  /** Names and terms that may be heard, beside those of the speakers. */
  vocabulary: readonly string[];
}

export interface Transcription {
  /** On the session clock, in order. */
  cues: Cue[];
  /** ISO 639, where it was set or the endpoint said so. */
  language: string | undefined;
  missing: Missing[];
  /** Whether trying again may bring what is missing. */
  retry: boolean;
  /** Chunks that were sent now, and chunks whose replies were kept from before. */
  sent: number;
  kept: number;
  /** Of the session as it was read: a speaker who is erased meanwhile has words in `cues`. */
  erasedTracks: number;
}

const IN_FLIGHT = 2;
/** After so many failures in a row the rest is left for later: an endpoint that is down is not asked a hundred times. */
const MOST_FAILURES = 3;

/**
 * Bots are left out, as in the mix. What fails is in `missing`, and the rest stands; throws only when the session cannot be
 * read, ffmpeg fails or the signal is aborted. The scratch folder is there, and the caller's to remove.
 */
export async function transcribe(order: TranscribeOrder): Promise<Transcription> {
  const { settings, signal, sessionFolder } = order;
  const session = await readSession(sessionFolder);
  const people = session.tracks.filter(({ bot }) => !bot);
  const cache = createReplyCache(sessionFolder, settings);
  await cache.keepOnly(session.tracks.map(({ number }) => number));
  const endpoint = createEndpoint(order);
  const prompt = promptOf(
    order.vocabulary,
    people.map(({ displayName }) => displayName),
  );
  const chunks: TrackChunk[] = [];
  const waiting: TrackChunk[] = [];
  const result: Transcription = {
    ...{ cues: [], language: undefined, missing: [], retry: false, sent: 0, kept: 0 },
    erasedTracks: session.erasedTracks,
  };
  const languages: (string | undefined)[] = [];
  let failures = 0;
  let gaveUp: ChunkError | undefined;
  let knowsTimes = true;

  function miss(track: RecordedTrack, stretches: readonly Interval[], error: ChunkError): void {
    const [startUs, endUs] = [stretches[0]?.startUs ?? 0, stretches.at(-1)?.endUs ?? 0];
    result.missing.push({ speaker: speakerOf(track).speaker, startUs, endUs, why: error.message });
    result.retry ||= error.retry;
  }

  for (const track of people) {
    signal.throwIfAborted();
    try {
      chunks.push(...(await chunksOf(order, track)));
    } catch (error) {
      if (!(error instanceof ChunkError)) throw error;
      miss(track, track.spurts, error);
    }
  }

  /** The next to be sent; those that failed before come last, so that they keep no others from their turn. */
  async function queue(next: readonly TrackChunk[]): Promise<void> {
    const failed = await Promise.all(next.map(({ track, sha256 }) => cache.hasFailed(track.number, sha256)));
    waiting.unshift(...next.filter((_, index) => !failed[index]));
    waiting.push(...next.filter((_, index) => failed[index]));
  }

  async function send(chunk: TrackChunk): Promise<Reply | 'too-large'> {
    const { track, sha256, pieces } = chunk;
    const durationUs = chunkLengthUs(pieces);
    result.sent += 1;
    const reply = await endpoint.transcribe({ wav: await wavOf(order, chunk), durationUs, prompt });
    await keep(track, cache.write(track.number, sha256, reply));
    return reply;
  }

  /** Erased meanwhile: an erasure destroys the track first, then what was made of it, so one of us sees the other's work. */
  async function keep(track: RecordedTrack, written: Promise<void>): Promise<void> {
    await written;
    if (!existsSync(track.opusPath)) await cache.forget(track.number);
  }

  /** Its cues, or the smaller chunks to send in its place. */
  async function take(chunk: TrackChunk): Promise<void> {
    const kept = await cache.read(chunk.track.number, chunk.sha256);
    if (kept !== undefined) result.kept += 1;
    const turns = knowsTimes || kept !== undefined ? undefined : await turnsOf(order, chunk);
    const reply = turns === undefined ? (kept ?? (await send(chunk))) : undefined;
    if (reply === 'too-large') {
      const halves = await halvesOf(order, chunk);
      if (halves === undefined)
        throw new ChunkError('the endpoint takes not even four seconds of audio (status 413)');
      await queue(halves);
    } else if (reply === undefined) await queue(turns ?? []);
    else {
      knowsTimes &&= reply.timed;
      const smaller = reply.timed ? undefined : await turnsOf(order, chunk);
      if (smaller !== undefined) await queue(smaller);
      else result.cues.push(...cuesOf(reply, chunk.pieces, speakerOf(chunk.track)));
      languages.push(reply.language);
    }
    await rm(chunk.oggPath, { force: true });
  }

  async function fail({ track, pieces, sha256 }: TrackChunk, error: ChunkError): Promise<void> {
    miss(track, pieces, error);
    failures += 1;
    if (error.forAll) gaveUp ??= error;
    else {
      await keep(track, cache.noteFailure(track.number, sha256));
      // Nobody knows how those would fare that were not sent.
      if (failures >= MOST_FAILURES) gaveUp ??= new ChunkError(error.message, { retry: true, cause: error });
    }
  }

  let open = 0;
  const lanes: Promise<void>[] = [];
  /** What ends one lane lets the others come to their end first: nothing runs on behind the caller's back. */
  let fault: { cause: unknown } | undefined;
  const stop = (cause: unknown) => {
    waiting.length = 0;
    fault ??= { cause };
  };
  const startLanes = () => {
    for (let free = Math.min(IN_FLIGHT - open, waiting.length); free > 0; free -= 1)
      lanes.push(lane().catch(stop));
  };
  async function lane(): Promise<void> {
    open += 1;
    try {
      for (let chunk = waiting.shift(); chunk !== undefined; chunk = waiting.shift()) {
        await takeOrFail(chunk);
        // A chunk that became several is work for the lanes that ran out of it.
        startLanes();
      }
    } finally {
      open -= 1;
    }
  }
  async function takeOrFail(chunk: TrackChunk): Promise<void> {
    signal.throwIfAborted();
    if (gaveUp !== undefined) {
      miss(chunk.track, chunk.pieces, gaveUp);
      return;
    }
    try {
      await take(chunk);
      failures = 0;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ChunkError)) throw error;
      await fail(chunk, error);
    }
  }

  await queue(chunks);
  startLanes();
  for (let next = lanes.shift(); next !== undefined; next = lanes.shift()) await next;
  if (fault !== undefined) throw fault.cause;
  result.cues = mergeCues(result.cues);
  result.missing.sort((a, b) => a.startUs - b.startUs);
  result.language = settings.language ?? commonLanguage(languages);
  return result;
}

/** A name of nothing but white space names nobody. */
const speakerOf = ({ number, displayName }: RecordedTrack) => ({
  track: number,
  speaker: plainLine(displayName) || `Speaker ${number}`,
});
