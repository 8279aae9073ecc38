/** A show of thousands of episodes, in a catalog and a media store of its own, as years of publishing leave it. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import pino from 'pino';
import { createFolderStore } from '../../publisher/media/folder-store.ts';
import { typeByEnding } from '../../publisher/media/key.ts';
import type { MediaStore, StoredObject } from '../../publisher/media/store.ts';
import { openEngine } from '../../src/catalog/engine/index.ts';
import { type Catalog, openCatalog } from '../../src/catalog/index.ts';

export const BASE_URL = 'https://podcasts.example.org';
const GUILD = { id: '41', name: 'The Wednesday Stage' };
/** What stands for the audio of every episode: to write a feed nobody has to hear it, and after an edit nobody looks at it again. */
const AUDIO = Buffer.alloc(512, 'audio');
const AUDIO_SHA256 = createHash('sha256').update(AUDIO).digest('hex');

export interface LongShow {
  catalog: Catalog;
  media: MediaStore;
  guildId: string;
  showId: string;
  close(): Promise<void>;
}

export async function openLongShow(folder: string, episodes: number): Promise<LongShow> {
  const options = { dataFolder: folder, baseUrl: BASE_URL, logger: pino({ level: 'silent' }) };
  const first = await openCatalog(options);
  await first.guilds.upsert(GUILD);
  const { id: showId } = await first.shows.create(GUILD.id, {
    ...{
      title: 'The Wednesday Stage',
      author: 'The Wednesday Collective',
      category: 'Technology',
      feed: { pagedAfter: episodes },
    },
    description: 'Four people, one stage, no slides. Recorded live every week: https://example.org/stage.',
  });
  await first.close();
  await insertEpisodes(folder, showId, episodes);
  const root = path.join(folder, 'media');
  const catalog = await openCatalog(options);
  return { catalog, media: createFolderStore(root), guildId: GUILD.id, showId, close: () => catalog.close() };
}

/** What a store would say of a file of these episodes: tens of thousands of files take longer to write than all that is measured. */
export const promisedFile = (key: string): StoredObject => ({
  ...{ key, bytes: AUDIO.length, contentType: typeByEnding(key), cacheControl: undefined },
  ...{
    etag: `"${AUDIO_SHA256.slice(0, 32)}"`,
    sha256: AUDIO_SHA256,
    lastModified: new Date(0),
    metadata: {},
  },
});

/** Some 1,700 bytes of a feed each: notes of a few sentences with a link, two files, a transcript of three forms, chapters. */
async function insertEpisodes(folder: string, showId: string, episodes: number): Promise<void> {
  const fail = (error: unknown): never => {
    throw error;
  };
  const engine = await openEngine({ dataFolder: folder }, { onFault: fail, onDeath: fail });
  try {
    const run = (sql: string, values: unknown[]) => engine.executeSql(sql, values);
    await run(
      `INSERT INTO sessions (id, guild_id, show_id, channel_id, title, started_by, state, started_at, ended_at, duration_us)
       SELECT gen_random_uuid(), $1, $2, '200', 'Talk ' || n, '300', 'sealed', '2012-01-01'::timestamptz + n * interval '1 day',
         '2012-01-01'::timestamptz + n * interval '1 day 1 hour', 3600000000
       FROM generate_series(1, $3::int) n`,
      [GUILD.id, showId, episodes],
    );
    await run(
      `INSERT INTO episodes (id, show_id, session_id, guid, slug, title, notes, state, duration_us, integrated_lufs,
         true_peak_dbtp, chapters, season, published_at)
       SELECT gen_random_uuid(), show_id, id, gen_random_uuid(), replace(lower(title), ' ', '-'),
         'What we learned from ' || title,
         'With ' || title || ' we look back on a week in which much went well & some things did not. ' ||
           repeat('There is more to say of it than fits in an hour, so bring your questions next week. ', 3) ||
           E'\\n\\nNotes: https://example.org/' || id,
         'published', duration_us, -16, -1,
         '[{"startUs":0,"title":"Hello"},{"startUs":600000000,"title":"What went well"},{"startUs":2400000000,"title":"Questions"}]',
         1, ended_at
       FROM sessions WHERE show_id = $1`,
      [showId],
    );
    await run(
      `INSERT INTO renditions (id, episode_id, kind, media_key, bytes, mime_type, sha256, duration_us)
       SELECT gen_random_uuid(), e.id, k, 'media/' || e.show_id || '/' || e.id || '/audio.' || k, $2::bigint,
         CASE k WHEN 'mp3' THEN 'audio/mpeg' ELSE 'audio/x-m4a' END, $3::text, e.duration_us
       FROM episodes e, unnest(ARRAY['mp3', 'm4a']) k WHERE e.show_id = $1`,
      [showId, AUDIO.length, AUDIO_SHA256],
    );
    await run(
      `INSERT INTO transcripts (episode_id, state, language, cues, vtt_key, srt_key, json_key)
       SELECT id, 'ready', 'en', 900, f || '.vtt', f || '.srt', f || '.json'
       FROM (SELECT id, 'media/' || show_id || '/' || id || '/transcript' f FROM episodes WHERE show_id = $1) e`,
      [showId],
    );
    await run('UPDATE shows SET published_at = now(), feed_revision = feed_revision + 1 WHERE id = $1', [
      showId,
    ]);
    await run('ANALYZE', []);
  } finally {
    await engine.close();
  }
}
