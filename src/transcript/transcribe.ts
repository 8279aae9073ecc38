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
      waiting.push(...(await chunksOf(order, track)));
    } catch (error) {
      if (!(error instanceof ChunkError)) throw error;
      miss(track, track.spurts, error);
    }
  }

  async function send(chunk: TrackChunk): Promise<Reply | 'too-large'> {
    const { track, sha256, pieces } = chunk;
    const kept = await cache.read(track.number, sha256);
    if (kept !== undefined) {
      result.kept += 1;
      return kept;
    }
    const durationUs = chunkLengthUs(pieces);
    result.sent += 1;
    const reply = await endpoint.transcribe({ wav: await wavOf(order, chunk), durationUs, prompt });
    await cache.write(track.number, sha256, reply);
    // Erased meanwhile: an erasure destroys the track first, then what was made of it, so one of us sees the other's work.
    if (!existsSync(track.opusPath)) await cache.forget(track.number);
    return reply;
  }

  /** Its cues, or the smaller chunks to send in its place. */
  async function take(chunk: TrackChunk): Promise<void> {
    const turns = knowsTimes ? undefined : await turnsOf(order, chunk);
    const reply = turns === undefined ? await send(chunk) : undefined;
    if (reply === 'too-large') {
      const halves = await halvesOf(order, chunk);
      if (halves === undefined)
        throw new ChunkError('the endpoint takes not even four seconds of audio (status 413)');
      waiting.unshift(...halves);
    } else if (reply === undefined) waiting.unshift(...(turns ?? []));
    else {
      knowsTimes &&= reply.timed;
      const smaller = reply.timed ? undefined : await turnsOf(order, chunk);
      if (smaller !== undefined) waiting.unshift(...smaller);
      else result.cues.push(...cuesOf(reply, chunk.pieces, speakerOf(chunk.track)));
      languages.push(reply.language);
    }
    await rm(chunk.oggPath, { force: true });
  }

  function fail(chunk: TrackChunk, error: ChunkError): void {
    miss(chunk.track, chunk.pieces, error);
    failures += 1;
    if (error.forAll || failures >= MOST_FAILURES) gaveUp ??= error;
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
    try {
      if (gaveUp !== undefined) throw gaveUp;
      await take(chunk);
      failures = 0;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ChunkError)) throw error;
      fail(chunk, error);
    }
  }

  startLanes();
  for (let next = lanes.shift(); next !== undefined; next = lanes.shift()) await next;
  if (fault !== undefined) throw fault.cause;
  result.cues = mergeCues(result.cues);
  result.missing.sort((a, b) => a.startUs - b.startUs);
  result.language = settings.language ?? commonLanguage(languages);
  return result;
}

/** A name that is nothing but white space names nobody. */
const speakerOf = ({ number, displayName }: RecordedTrack) => ({
  track: number,
  speaker: displayName.replaceAll(/\s+/g, ' ').trim() || `Speaker ${number}`,
});
