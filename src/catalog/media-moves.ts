/** Files that move because other people may hear an episode than before: each gets a new key, and none is used twice. */
import { sql } from 'kysely';
import { findEpisode } from './episode-reading.ts';
import type { EpisodeWithRenditions } from './episodes.ts';
import { atomically, type Db, isId } from './handle.ts';
import { raiseRevision } from './revision.ts';
import { retiredMediaIn } from './retired-media.ts';
import type { TranscriptFiles } from './transcripts.ts';

export interface MediaMove {
  /** A rendition with another key has another id as well. */
  renditions: readonly { id: string; newId: string; mediaKey: string }[];
  transcript?: TranscriptFiles | undefined;
}

export interface MediaMoves {
  /** Episodes of a show with a file on the wrong side of the prefix that members' files lie under. */
  misplaced(showId: string, membersPrefix: string): Promise<EpisodeWithRenditions[]>;
  /**
   * The episode's files lie elsewhere from now on. Answers the keys that nothing names any more, also of audio that was replaced
   * before, and that may be deleted once the feed has let go of them; undefined, with nothing changed, when the episode is not
   * as it was read.
   */
  move(episode: EpisodeWithRenditions, move: MediaMove): Promise<string[] | undefined>;
}

export function mediaMovesIn(db: Db): MediaMoves {
  return {
    async misplaced(showId, membersPrefix) {
      if (!isId(showId)) return [];
      const { rows } = await sql<{ id: string }>`
        SELECT id FROM episodes
        WHERE show_id = ${showId} AND EXISTS (
          SELECT FROM (
            SELECT media_key FROM renditions WHERE episode_id = episodes.id
            UNION ALL SELECT unnest(ARRAY[vtt_key, srt_key, json_key]) FROM transcripts WHERE episode_id = episodes.id
          ) AS files
          WHERE starts_with(media_key, ${membersPrefix}) <> (visibility = 'members')
        )
        ORDER BY id`.execute(db);
      const found = await Promise.all(rows.map(({ id }) => findEpisode(db, id)));
      return found.filter((episode) => episode !== undefined);
    },
    move: (read, { renditions, transcript }) =>
      atomically(db, async (trx) => {
        const episode = await findEpisode(trx, read.id, { lock: true });
        if (episode === undefined || keysOf(episode) !== keysOf(read)) return undefined;
        for (const { id, newId, mediaKey } of renditions)
          await trx
            .updateTable('renditions')
            .set({ id: newId, media_key: mediaKey })
            .where('id', '=', id)
            .execute();
        if (transcript !== undefined) {
          const { vttKey, srtKey, jsonKey } = transcript;
          await trx
            .updateTable('transcripts')
            .set({ vtt_key: vttKey, srt_key: srtKey, json_key: jsonKey })
            .where('episode_id', '=', episode.id)
            .execute();
        }
        // Whoever asked for the move is about to write the feed: no news of it.
        await raiseRevision(trx, episode.show_id, { quietly: true });
        const retired = retiredMediaIn(trx);
        const moved = new Set(renditions.map(({ id }) => id));
        const { vtt_key, srt_key, json_key } = transcript === undefined ? {} : (episode.transcript ?? {});
        const former = [
          ...episode.renditions.filter(({ id }) => moved.has(id)).map(({ media_key: key }) => key),
          ...[vtt_key, srt_key, json_key].flatMap((key) => key ?? []),
          ...(await retired.of(episode.id)),
        ];
        // Should nobody come to delete them, whoever sweeps finds them due.
        await retired.forget(former);
        await retired.retire(episode.id, former, new Date());
        return former;
      }),
  };
}

/** All that a move was decided by. */
const keysOf = ({ visibility, renditions, transcript }: EpisodeWithRenditions): string =>
  JSON.stringify([
    visibility,
    renditions.map(({ id, media_key: key }) => `${id} ${key}`).sort(),
    [transcript?.vtt_key, transcript?.srt_key, transcript?.json_key],
  ]);
