/** Rows that many tests start from, made the way the bot makes them. */
import { createHash, randomUUID } from 'node:crypto';
import type {
  CatalogNouns,
  MasteredEpisode,
  RecordedEpisode,
  Session,
  Show,
} from '../../../src/catalog/index.ts';
import { newGuild } from './test-catalog.ts';

export interface Story {
  guild: { id: string; name: string };
  show: Show;
  session: Session;
  episode: RecordedEpisode;
}

/** A server, its default show, a sealed session and an episode that waits for mastering. */
export async function recordedEpisode(
  catalog: CatalogNouns,
  { guild = newGuild(), title = 'Talk' }: { guild?: { id: string; name: string }; title?: string } = {},
): Promise<Story> {
  const show = await catalog.shows.createDefaultFor(guild);
  const session = await recordingSession(catalog, show, title);
  await catalog.sessions.seal(session.id, sealing);
  const episode = await catalog.episodes.createForSession(session);
  return { guild, show, session, episode };
}

export const sealing = { endedAt: new Date('2026-11-22T20:00:00Z'), durationUs: 3_600_000_000, speakers: 4 };

export const recordingSession = (catalog: CatalogNouns, show: Show, title = 'Talk') =>
  catalog.sessions.create({
    id: randomUUID(),
    guildId: show.guild_id,
    showId: show.id,
    channelId: '200',
    title,
    startedBy: '300',
    startedAt: new Date('2026-11-22T19:00:00Z'),
  });

/** What a render of an hour might have answered. */
export function mastered(fields: Partial<MasteredEpisode> = {}): MasteredEpisode {
  const rendition = (kind: 'mp3' | 'm4a', mimeType: string) => {
    const id = randomUUID();
    const sha256 = createHash('sha256').update(id).digest('hex');
    return {
      id,
      kind,
      mediaKey: `media/x/${id}.${kind}`,
      bytes: 5_000_000_000,
      mimeType,
      sha256,
      durationUs: 3.6e9,
    };
  };
  return {
    durationUs: 3_600_000_000,
    integratedLufs: -19.02,
    truePeakDbtp: -1.3,
    chapters: [{ startUs: 0, title: 'Welcome 🎙️' }],
    renditions: [rendition('m4a', 'audio/x-m4a'), rendition('mp3', 'audio/mpeg')],
    ...fields,
  };
}
