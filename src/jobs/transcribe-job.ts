/**
 * The `transcribe` job: what was said in a mastered episode, as files beside its renditions. It comes after mastering and
 * holds nothing up; an episode in the feed is published again with it.
 */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { readSession, SessionFolderError } from '../../recorder/session/reader.ts';
import {
  type EpisodeWithRenditions,
  GiveUpError,
  type JobHandler,
  type Show,
  type TranscribeJob,
} from '../catalog/index.ts';
import { createFfmpegRunner, FfmpegMissingError } from '../mastering/ffmpeg.ts';
import {
  missingNote,
  moveCues,
  timeMapThrough,
  transcribe,
  type TranscribeOrder,
  withoutMuted,
} from '../transcript/index.ts';
import { publishAndTell } from './publish-and-tell.ts';
import { forHosts } from './for-hosts.ts';
import { keepOnly, storeTranscript } from './store-transcript.ts';
import type { WorkersOptions } from './index.ts';

/** Said where no endpoint is set: in the catalog, and in the report of a render. */
export const NO_ENDPOINT = 'No transcript was made, because TRANSCRIBE_URL is not set.';
const NO_WORDS = 'There is no transcript: the endpoint heard no words.';

export interface TranscribeJobOptions extends WorkersOptions {
  /** For tests: how the endpoint is waited for. */
  patience?: Pick<TranscribeOrder, 'patienceMs' | 'wait'>;
}

/** Idempotent: what was sent is not sent again, and the same words get the same keys. */
export function transcribeJob(options: TranscribeJobOptions): JobHandler<'transcribe'> {
  const { catalog, scratchFolder, logger } = options;
  return {
    async run({ payload: { sessionId, episodeId, pieces, muted = [] }, signal }) {
      const episode = await catalog.episodes.byId(episodeId);
      const show = episode && (await catalog.shows.byId(episode.show_id));
      // Mastered anew: the job that follows that mastering does the work.
      if (show === undefined || episode === undefined || episode.duration_us === null) return;
      const folder = path.join(scratchFolder, `transcribe-${episodeId}`);
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      try {
        await make(options, { episode, show, sessionId, pieces, muted, folder, signal });
      } catch (error) {
        const futile = error instanceof SessionFolderError || error instanceof FfmpegMissingError;
        throw futile ? new GiveUpError(error.message, { cause: error }) : error;
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    async giveUp({ episodeId }, reason) {
      await rm(path.join(scratchFolder, `transcribe-${episodeId}`), { recursive: true, force: true });
      await catalog.transcripts.markFailed(episodeId, `No transcript was made: ${forHosts(reason)}`);
      logger.warn({ episodeId, reason }, 'Transcription was given up');
    },
  };
}

interface Work {
  episode: EpisodeWithRenditions;
  show: Show;
  sessionId: string;
  pieces: TranscribeJob['pieces'];
  muted: NonNullable<TranscribeJob['muted']>;
  folder: string;
  signal: AbortSignal;
}

async function make(
  options: TranscribeJobOptions,
  { episode, show, sessionId, pieces, muted, folder, signal }: Work,
) {
  const { catalog, media, transcription: settings, logger } = options;
  if (settings === undefined) {
    await catalog.transcripts.record(episode.id, { state: 'skipped', note: NO_ENDPOINT });
    return;
  }
  // A try that was killed may have left files, with words of a speaker who has been erased since.
  const { vtt_key: vtt, srt_key: srt, json_key: json } = episode.transcript ?? {};
  await keepOnly(media, episode, [vtt, srt, json]);
  const sessionFolder = path.join(options.sessionsFolder, sessionId);
  const ffmpeg = createFfmpegRunner(options, signal, { yields: true });
  const vocabulary = [show.title, episode.title, ...episode.chapters.map(({ title }) => title)];
  const result = await transcribe({
    ...{ sessionFolder, scratchFolder: folder, settings, vocabulary, ffmpeg, signal },
    ...options.patience,
  }).finally(() => ffmpeg.close());
  const { language, missing, sent, kept } = result;
  const cues = moveCues(withoutMuted(result.cues, muted), timeMapThrough(pieces));
  const lacking = missingNote(missing);
  const note = lacking ?? (cues.length === 0 ? NO_WORDS : undefined);
  // Nothing worked: there is nothing to show, and what the former try brought stays.
  if (cues.length === 0 && lacking !== undefined)
    throw result.retry ? new Error(lacking) : new GiveUpError(lacking);

  const files = await storeTranscript(media, episode, cues);
  const keys = files === undefined ? [] : [files.vttKey, files.srtKey, files.jsonKey];
  const { erasedTracks } = await readSession(sessionFolder);
  const isOfNow = erasedTracks === result.erasedTracks;
  const made = { state: 'ready', note, language, cues: cues.length, files } as const;
  const recorded = isOfNow ? await catalog.transcripts.record(episode.id, made) : undefined;
  if (recorded === undefined) {
    // A speaker was erased meanwhile, or the episode is mastered anew: another job makes what belongs to it.
    for (const key of keys) await media.delete(key);
    return;
  }
  if (recorded.inFeed) await publishAndTell(options, show.id);
  // An episode whose visibility has changed meanwhile has taken them elsewhere.
  const now = (await catalog.episodes.byId(episode.id))?.transcript;
  await keepOnly(media, episode, [...keys, now?.vtt_key, now?.srt_key, now?.json_key]);
  logger.info(
    { episodeId: episode.id, cues: cues.length, missing: missing.length, sent, kept },
    'Transcribed',
  );
  if (lacking !== undefined && result.retry) throw new Error(lacking);
}
