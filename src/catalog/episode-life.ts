/** The life of an episode, as one pure decision: what a step changes, or that it does not fit the state. */
import type { MasteredEpisode } from './episodes.ts';
import type { Standing } from './errors.ts';
import type { Episode, EpisodeState } from './schema.ts';

export type EpisodeStep =
  | { type: 'ready'; mastered: Omit<MasteredEpisode, 'renditions'> }
  /** An edit takes the place of the one before; null is none. */
  | { type: 'remaster'; edit?: object | null | undefined }
  | { type: 'redo' }
  | { type: 'publish'; at: Date }
  /** To be published by itself; null takes that back. */
  | { type: 'schedule'; at: Date | null }
  | { type: 'withdraw'; at: Date }
  /** Out for good, and nothing of it kept: `said` is what a person reads instead. */
  | { type: 'take-down'; at: Date; said: string }
  | { type: 'published' }
  | { type: 'failed'; failure: string }
  | { type: 'fault'; failure: string | null };

export type EpisodeChanges = { state: EpisodeState } & Partial<
  Pick<
    Episode,
    | 'failure'
    | 'duration_us'
    | 'integrated_lufs'
    | 'true_peak_dbtp'
    | 'chapters'
    | 'edit'
    | 'pieces'
    | 'publishing_at'
    | 'published_at'
    | 'publish_at'
    | 'withdrawn_at'
  >
>;

/** In the feed before the step at hand, and not taken back since. */
export const isOut = ({
  published_at,
  withdrawn_at,
}: Pick<Episode, 'published_at' | 'withdrawn_at'>): boolean => published_at !== null && withdrawn_at === null;

/** There is a recording of it here, from which it can be made again. */
export const isRecorded = <E extends Pick<Episode, 'session_id'>>(
  episode: E,
): episode is E & { session_id: string } => episode.session_id !== null;

/** Nothing of it is left, and nothing is to be made. */
const isTakenDown = ({ state, duration_us, withdrawn_at }: Episode): boolean =>
  state === 'failed' && duration_us === null && withdrawn_at !== null;

/** Undefined when the step does not fit the state that the episode is in. */
export function nextEpisode(episode: Episode, step: EpisodeStep): EpisodeChanges | undefined {
  const { state } = episode;
  const mastered = episode.duration_us !== null;
  switch (step.type) {
    case 'ready':
      // What was taken down is not brought back by a render that began before.
      if (state !== 'mastering' && !(state === 'failed' && !mastered && episode.withdrawn_at === null))
        return undefined;
      return {
        state: 'ready',
        failure: null,
        duration_us: Math.round(step.mastered.durationUs),
        integrated_lufs: step.mastered.integratedLufs,
        true_peak_dbtp: step.mastered.truePeakDbtp,
        chapters: step.mastered.chapters,
        pieces: step.mastered.pieces ?? null,
      };
    case 'remaster':
      // What there is stays in the feed until the new one takes its place.
      return state === 'mastering' || state === 'publishing' || !isRecorded(episode)
        ? undefined
        : { state: 'mastering', failure: null, ...(step.edit !== undefined && { edit: step.edit }) };
    case 'redo':
      // What was taken down stays so, whoever is erased of it.
      if (isTakenDown(episode)) return { state: 'failed', failure: episode.failure };
      // Out of the feed until it is made anew; what it was published as, it is again.
      return {
        state: 'mastering',
        failure: null,
        duration_us: null,
        publishing_at: null,
        published_at: episode.published_at ?? episode.publishing_at,
      };
    case 'publish':
      if (!mastered || state === 'publishing' || state === 'mastering') return undefined;
      return { state: 'publishing', publishing_at: step.at, publish_at: null, failure: null };
    case 'schedule':
      return mastered && (state === 'ready' || state === 'failed')
        ? { state: 'ready', publish_at: step.at, failure: null }
        : undefined;
    case 'withdraw':
      return state === 'published'
        ? { state: 'ready', withdrawn_at: step.at, publish_at: null, failure: null }
        : undefined;
    case 'take-down':
      return {
        state: 'failed',
        failure: step.said,
        duration_us: null,
        publish_at: null,
        publishing_at: null,
        published_at: episode.published_at ?? episode.publishing_at,
        withdrawn_at: step.at,
      };
    case 'published':
      if (state !== 'publishing') return undefined;
      return {
        state: 'published',
        published_at: episode.published_at ?? episode.publishing_at,
        publishing_at: null,
        withdrawn_at: null,
      };
    case 'failed':
      if (state === 'mastering')
        return mastered && isOut(episode)
          ? { state: 'published', failure: step.failure }
          : { state: 'failed', failure: step.failure, duration_us: null };
      if (state !== 'publishing') return undefined;
      return {
        state: isOut(episode) ? 'published' : 'failed',
        failure: step.failure,
        publishing_at: null,
      };
    case 'fault':
      return state === 'published' ? { state, failure: step.failure } : undefined;
  }
}

/** Whether the step changes what the feed says: the feed carries what is published and what is about to be. */
export function changesFeed(before: EpisodeState, after: EpisodeChanges, step: EpisodeStep): boolean {
  const inFeed = (state: EpisodeState) => state === 'publishing' || state === 'published';
  // It may be mastered anew while it stands in the feed.
  if (step.type === 'take-down' || step.type === 'redo') return true;
  // Mastered in vain, it is where it was.
  if (step.type === 'failed' && before === 'mastering') return false;
  return step.type !== 'published' && step.type !== 'fault' && (inFeed(before) || inFeed(after.state));
}

/** Why a step does not fit. */
export const standingOf = (episode: Episode, step: EpisodeStep): Standing => {
  const { state, title, failure } = episode;
  if (step.type === 'remaster' && !isRecorded(episode)) return { noun: 'imported episode', state, title };
  return { noun: 'episode', state, title, failure };
};
