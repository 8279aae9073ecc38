/**
 * What was said in an episode. making -> ready or failed, or skipped. It belongs to one mastering: when an episode is
 * mastered anew, what was made of it before is forgotten.
 */
import { sql } from 'kysely';
import { notifyIn } from './events.ts';
import { type Db, atomically, isId, storable } from './handle.ts';
import { raiseRevision } from './revision.ts';
import type { Transcript, TranscriptState } from './schema.ts';

export interface TranscriptFiles {
  vttKey: string;
  srtKey: string;
  jsonKey: string;
}

export interface NewTranscript {
  state: TranscriptState;
  /** A sentence for the host: why there is none, or what is missing. */
  note?: string | undefined;
  /** ISO 639. */
  language?: string | undefined;
  cues?: number;
  /** None while it is made, and when nothing was said. */
  files?: TranscriptFiles | undefined;
}

export interface Transcripts {
  /**
   * In place of any before; told to those who watch the episode. Undefined when the episode is gone or is mastered anew: what was made belongs to nothing.
   * `inFeed`: the feed and the pages say otherwise until they are written again.
   */
  record(
    episodeId: string,
    made: NewTranscript,
  ): Promise<{ transcript: Transcript; inFeed: boolean } | undefined>;
  /** The last try came to nothing: what an earlier one brought stays as it is. */
  markFailed(episodeId: string, note: string): Promise<void>;
}

export function transcriptsIn(db: Db): Transcripts {
  return {
    record: (episodeId, { state, note, language, cues = 0, files }) =>
      atomically(db, async (trx) => {
        if (!isId(episodeId)) return undefined;
        const episode = await trx
          .selectFrom('episodes')
          .select(['show_id', 'duration_us', 'state'])
          .where('id', '=', episodeId)
          .forUpdate()
          .executeTakeFirst();
        if (episode === undefined || episode.duration_us === null) return undefined;
        const before = await trx
          .selectFrom('transcripts')
          .select('json_key')
          .where('episode_id', '=', episodeId)
          .executeTakeFirst();
        const columns = {
          ...{ state, cues, note: note === undefined ? null : storable(note), language: language ?? null },
          vtt_key: files?.vttKey ?? null,
          srt_key: files?.srtKey ?? null,
          json_key: files?.jsonKey ?? null,
        };
        const transcript = await trx
          .insertInto('transcripts')
          .values({ episode_id: episodeId, ...columns })
          .onConflict((conflict) =>
            conflict.column('episode_id').doUpdateSet({ ...columns, updated_at: sql<Date>`now()` }),
          )
          .returningAll()
          .executeTakeFirstOrThrow();
        const inFeed = episode.state === 'publishing' || episode.state === 'published';
        if (inFeed && (before?.json_key ?? null) !== transcript.json_key)
          // Whoever made it writes the feed anew.
          await raiseRevision(trx, episode.show_id, { quietly: true });
        await tell(trx, episodeId);
        return { transcript, inFeed };
      }),
    async markFailed(episodeId, note) {
      if (!isId(episodeId)) return;
      await atomically(db, async (trx) => {
        await trx
          .updateTable('transcripts')
          .set({ state: 'failed', note: storable(note), updated_at: sql<Date>`now()` })
          .where('episode_id', '=', episodeId)
          .where('state', '=', 'making')
          .execute();
        await tell(trx, episodeId);
      });
    },
  };
}

async function tell(trx: Db, episodeId: string): Promise<void> {
  const episode = await trx
    .selectFrom('episodes')
    .innerJoin('shows', 'shows.id', 'episodes.show_id')
    .select(['shows.guild_id', 'episodes.show_id', 'episodes.session_id', 'episodes.state'])
    .where('episodes.id', '=', episodeId)
    .executeTakeFirst();
  if (episode === undefined) return;
  const { guild_id: guildId, show_id: showId, session_id: sessionId, state } = episode;
  await notifyIn(trx, { type: 'episode', guildId, showId, sessionId, episodeId, state });
}
