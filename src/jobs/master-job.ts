/** The `master` job: a session's tracks become an episode's renditions in the media store. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { readSession, SessionFolderError } from '../../recorder/session/reader.ts';
import {
  type EpisodeWithRenditions,
  GiveUpError,
  isOut,
  type JobHandler,
  type Show,
  type TranscribeJob,
} from '../catalog/index.ts';
import {
  parseEdit,
  RenderError,
  type RenderOptions,
  type RenderRequest,
  type RenderResult,
} from '../mastering/index.ts';
import { coverFile } from './cover-file.ts';
import { failEpisode } from './fail-episode.ts';
import { forHosts } from './for-hosts.ts';
import { outlastStore } from './outlast-store.ts';
import { progressTeller } from './progress.ts';
import { furnitureFiles } from './show-sounds.ts';
import { storeRenditions, sweepRenditions } from './store-renditions.ts';
import { NO_ENDPOINT } from './transcribe-job.ts';
import type { WorkersOptions } from './index.ts';
import { atOnceNow } from './yielding.ts';

export interface MasterJobOptions extends WorkersOptions {
  render: (request: RenderRequest, options: RenderOptions) => Promise<RenderResult>;
}

/** Idempotent: an episode that does not wait for mastering is left alone, and the same audio gets the same key. */
export function masterJob(options: MasterJobOptions): JobHandler<'master'> {
  const { catalog, scratchFolder, logger } = options;
  const scratchOf = (episodeId: string) => path.join(scratchFolder, `master-${episodeId}`);
  return {
    async run({ payload: { sessionId, episodeId }, signal }) {
      const episode = await catalog.episodes.byId(episodeId);
      const show = episode && (await catalog.shows.byId(episode.show_id));
      if (show === undefined || episode?.state !== 'mastering') {
        // Taken down while it was rendered: what that put into the store is nobody's.
        if (episode?.renditions.length === 0) await sweepRenditions(options, episodeId);
        return;
      }
      const folder = scratchOf(episodeId);
      // A try that was killed may have left its own.
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      try {
        await master(options, { episode, show, sessionId, folder, signal });
        logger.info({ episodeId, sessionId }, 'Mastered');
      } catch (error) {
        throw worthRetrying(error) ? error : new GiveUpError((error as Error).message, { cause: error });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    async giveUp({ episodeId }, reason) {
      await rm(scratchOf(episodeId), { recursive: true, force: true });
      await failEpisode(
        catalog,
        episodeId,
        `Mastering failed: ${forHosts(reason)} The recording itself is untouched.`,
      );
    },
  };
}

interface Work {
  episode: EpisodeWithRenditions;
  show: Show;
  sessionId: string;
  folder: string;
  signal: AbortSignal;
}

async function master(options: MasterJobOptions, work: Work): Promise<void> {
  const { catalog, logger } = options;
  const { episode, show, sessionId } = work;
  const told = { guildId: show.guild_id, showId: show.id, sessionId, episodeId: episode.id };
  const progress = progressTeller({
    ...{ catalog, logger },
    eventOf: (each) => ({ type: 'episode', ...told, state: 'mastering', ...each }),
  });
  progress(0);
  try {
    await masterAndStore(options, work, progress);
  } finally {
    progress.end();
  }
}

async function masterAndStore(
  options: MasterJobOptions,
  { episode, show, sessionId, folder, signal }: Work,
  progress: (percent: number) => void,
): Promise<void> {
  const { catalog, media, logger } = options;
  const session = await readSession(path.join(options.sessionsFolder, sessionId));
  const outlast = <T>(work: () => Promise<T>) => outlastStore(work, { signal, logger });
  const atOnce = atOnceNow(options);
  const result = await options.render(
    {
      sessionFolder: session.folder,
      outputFolder: folder,
      preset: show.preset,
      ...(episode.edit !== null && { edit: episode.edit }),
      furniture: await outlast(() => furnitureFiles(media, show, folder)),
      title: episode.title,
      showTitle: show.title,
      author: show.author,
      coverPath: await outlast(() => coverFile(media, show, folder)),
      transcript: options.transcription === undefined ? 'skipped' : 'follows',
      encoders: atOnce(),
      ffmpegPath: options.ffmpegPath,
      ffprobePath: options.ffprobePath,
    },
    // What follows the render is short; the last percent says that it is under way.
    { signal, onProgress: (percent) => progress(Math.min(percent, 99)), atOnce },
  );
  // A speaker who was erased meanwhile may be in what was rendered.
  const { erasedTracks } = await readSession(session.folder);
  if (erasedTracks !== session.erasedTracks) throw new Error('a speaker was erased during the render');
  const renditions = await outlast(() =>
    storeRenditions(media, { ...episode, erasedTracks }, result.renditions, signal),
  );
  const mp3 = result.renditions.find(({ kind }) => kind === 'mp3') ?? result.renditions[0];
  await catalog.transaction(async (trx) => {
    await trx.episodes.markReady(episode.id, {
      durationUs: result.durationUs,
      integratedLufs: mp3?.integratedLufs ?? null,
      truePeakDbtp: mp3?.truePeakDbtp ?? null,
      chapters: result.chapters,
      pieces: result.pieces,
      renditions,
    });
    if (options.transcription === undefined)
      await trx.transcripts.record(episode.id, { state: 'skipped', note: NO_ENDPOINT });
    else {
      await trx.transcripts.record(episode.id, { state: 'making' });
      const { pieces } = result;
      const muted = mutedBy(episode.edit);
      await trx.queue.enqueue('transcribe', { sessionId, episodeId: episode.id, pieces, muted });
    }
    if (!isOut(episode)) return;
    // Made anew, it goes back to where it was.
    await trx.episodes.publish(show.guild_id, episode.id);
    await trx.queue.enqueue('publish', { episodeId: episode.id });
  });
  // What is in the feed stays until the feed names the new.
  if (!isOut(episode)) await sweepRenditions(options, episode.id);
}

/** What an edit silences, or leaves out of the mix, is not in the transcript. */
function mutedBy(edit: object | null): NonNullable<TranscribeJob['muted']> {
  if (edit === null) return [];
  const { mutes, tracks } = parseEdit(edit);
  const unheard = tracks.filter(({ as }) => as === 'left-out' || as === 'music');
  return [...mutes, ...unheard.map(({ track }) => ({ track, startUs: 0, endUs: Number.MAX_SAFE_INTEGER }))];
}

/** A disk or a store may come back; a session without speech will stay without. */
function worthRetrying(error: unknown): boolean {
  if (error instanceof SessionFolderError) return false;
  return !(error instanceof RenderError) || error.retry || error.code === 'aborted';
}
