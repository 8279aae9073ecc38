/** The self-test of what a feed is about to promise: the file is there, whole, and of the type that will be said. */
import type { EpisodeWithRenditions, Rendition } from '../../src/catalog/index.ts';
import type { MediaStore } from '../media/store.ts';

/** An episode must not appear: its audio is not what the catalog says. Master it again, then publish again. */
export class EnclosureError extends Error {
  override name = 'EnclosureError';
  readonly episodeId: string;
  constructor(episode: { id: string; title: string }, why: string) {
    super(
      `The episode "${episode.title}" cannot appear in the feed: ${why}. Master the session again, then publish.`,
    );
    this.episodeId = episode.id;
  }
}

/** The rendition that the feed's enclosure names: MP3 plays everywhere. */
export function enclosureOf(episode: EpisodeWithRenditions): Rendition {
  const mp3 = episode.renditions.find(({ kind }) => kind === 'mp3');
  if (mp3 === undefined) throw new EnclosureError(episode, 'it has no MP3');
  return mp3;
}

/** Rejects with EnclosureError unless the store holds every rendition of the episode exactly as the catalog has it. */
export async function testEnclosures(media: MediaStore, episode: EpisodeWithRenditions): Promise<void> {
  enclosureOf(episode);
  for (const { media_key: key, bytes, mime_type: mimeType, sha256, kind } of episode.renditions) {
    const stored = await media.head(key);
    const fail = (why: string): never => {
      throw new EnclosureError(episode, `its ${kind.toUpperCase()} ${why}`);
    };
    if (stored === undefined) return fail('is not in the media store');
    if (stored.bytes !== bytes)
      fail(`has ${stored.bytes} bytes in the media store and ${bytes} in the catalog`);
    if (stored.contentType !== mimeType) fail(`is stored as ${stored.contentType}, not as ${mimeType}`);
    if (stored.sha256 !== sha256) fail('is stored with other content than was mastered');
  }
}
