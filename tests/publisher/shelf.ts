/** A catalog's answers out of plain rows, and a show with two episodes to publish. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type {
  Export,
  Guild,
  LiveWebinar,
  PublishableEpisode,
  Session,
  Show,
  Webinar,
} from '../../src/catalog/index.ts';
import type { MediaStore } from '../../publisher/media/store.ts';

const CREATED_AT = new Date('2026-11-01T00:00:00Z');

export const BASE_URL = 'https://podcasts.example.org';

/** Rows that a test may change between questions, as the catalog's would. */
export interface Rows {
  guilds: Guild[];
  shows: Show[];
  episodes: PublishableEpisode[];
  sessions: Session[];
  exports?: Export[];
  webinars?: Webinar[];
}

export function catalogOf(rows: Rows) {
  const find = <T>(list: T[], test: (row: T) => boolean) => Promise.resolve(list.find(test));
  return {
    guilds: { byId: (id: string) => find(rows.guilds, (guild) => guild.id === id) },
    shows: {
      byId: (id: string) => find(rows.shows, (show) => show.id === id),
      markFeedPublished: (id: string, revision: number) => {
        const at = rows.shows.findIndex((show) => show.id === id);
        if (at >= 0) rows.shows[at] = { ...rows.shows[at]!, feed_published_revision: revision };
        return Promise.resolve();
      },
      liftRevision: (id: string, least: number) => {
        const at = rows.shows.findIndex((show) => show.id === id);
        const row = rows.shows[at];
        if (row !== undefined && row.feed_revision < least) rows.shows[at] = { ...row, feed_revision: least };
        return Promise.resolve();
      },
      bySlug: (slug: string) => find(rows.shows, (show) => show.slug === slug),
      byDomain: (host: string) => find(rows.shows, (show) => show.custom_domain === host),
      listPublished: () => Promise.resolve(rows.shows.filter((show) => show.published_at !== null)),
    },
    episodes: {
      publishable: (showId: string) =>
        Promise.resolve(
          rows.episodes.filter((episode) => episode.show_id === showId && episode.withdrawn_at === null),
        ),
      retracted: (showId: string) =>
        Promise.resolve(
          rows.episodes.filter((episode) => episode.show_id === showId && episode.withdrawn_at !== null),
        ),
    },
    webinars: {
      upcomingOf: (showId: string) =>
        Promise.resolve((rows.webinars ?? []).filter((webinar) => webinar.show_id === showId)),
      liveItemsOf: (showId: string) =>
        Promise.resolve(
          (rows.webinars ?? [])
            .filter((webinar) => webinar.show_id === showId)
            .map((webinar) => ({
              webinar: webinar as LiveWebinar['webinar'],
              episodeSlug: rows.episodes.find(({ title }) => title === webinar.title)?.slug,
            })),
        ),
    },
    exports: { byId: (id: string) => find(rows.exports ?? [], (made) => made.id === id) },
    sessions: { byId: (id: string) => find(rows.sessions, (session) => session.id === id) },
  };
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'stagecast-publisher-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export const guild: Guild = {
  id: '41',
  name: 'The Wednesday Stage',
  time_zone: 'Europe/Brussels',
  language: 'en',
  default_show_id: null,
  created_at: CREATED_AT,
};

export const show: Show = {
  id: '5e0c1d4c-0000-4000-8000-000000000001',
  guild_id: guild.id,
  slug: 'wednesday-stage',
  title: 'The Wednesday Stage',
  description: 'Four people, one stage, no slides.\n\nRecorded live every week: https://example.org/stage.',
  author: 'The Wednesday Collective',
  language: 'en',
  category: 'Technology',
  subcategory: null,
  explicit: false,
  podcast_guid: '9b024349-ccf0-5f69-a609-6b82873eab3c',
  cover_key: null,
  intro_key: null,
  outro_key: null,
  bed_key: null,
  preset: 'default',
  feed: {},
  brand: {},
  custom_domain: null,
  members_role_id: null,
  members_set_by: null,
  feed_revision: 3,
  feed_published_revision: 0,
  feed_behind_since: null,
  published_at: new Date('2026-11-18T20:00:00Z'),
  created_at: CREATED_AT,
};

/** Stores an audio file for the episode and answers the episode as the catalog would have it. */
export async function storedEpisode(
  media: MediaStore,
  number: number,
  fields: Partial<PublishableEpisode> = {},
): Promise<PublishableEpisode> {
  const id = `e1500000-0000-4000-8000-00000000000${number}`;
  const kinds = [
    ['mp3', 'audio/mpeg'],
    ['m4a', 'audio/x-m4a'],
  ] as const;
  const renditions = await Promise.all(
    kinds.map(async ([kind, mimeType], index) => {
      const body = Buffer.alloc(1000 + number * 100 + index, `${kind}${number}`);
      const key = `media/${show.id}/${id}/a0d10000-0000-4000-8000-0000000000${number}${index}.${kind}`;
      await media.put(key, { body }, { contentType: mimeType });
      return {
        id: `a0d10000-0000-4000-8000-0000000000${number}${index}`,
        episode_id: id,
        kind,
        media_key: key,
        bytes: body.length,
        mime_type: mimeType,
        sha256: createHash('sha256').update(body).digest('hex'),
        duration_us: 754_400_000,
        created_at: CREATED_AT,
      };
    }),
  );
  return {
    id,
    show_id: show.id,
    session_id: `5e550000-0000-4000-8000-00000000000${number}`,
    guid: `c0ffee00-0000-4000-8000-00000000000${number}`,
    slug: `episode-${number}`,
    title: `Episode ${number}`,
    notes: 'What was said, and by whom.',
    state: 'published',
    failure: null,
    duration_us: 754_400_000,
    integrated_lufs: -19,
    true_peak_dbtp: -1.2,
    edit: null,
    pieces: null,
    chapters: [
      { startUs: 0, title: 'Welcome' },
      { startUs: 61_500_000, title: 'Questions' },
    ],
    kind: 'full',
    season: null,
    number: null,
    visibility: 'public',
    cover_key: null,
    feed: {},
    publish_at: null,
    withdrawn_at: null,
    publishing_at: null,
    published_at: new Date(`2026-11-1${number}T20:00:00Z`),
    created_at: CREATED_AT,
    renditions,
    ...fields,
  };
}
