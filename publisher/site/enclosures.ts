/** The self-test of what a feed is about to promise: the file is there, whole, and of the type that will be said. */
import type {
  Episode,
  EpisodeWithRenditions,
  PublishableEpisode,
  Rendition,
  RenditionKind,
} from '../../src/catalog/index.ts';
import { type MediaStore, PRIVATE_PREFIX } from '../media/store.ts';

const CANNOT_STAND = 'cannot stand in the feed';

/** An episode must not appear: its audio is not what the catalog says. The message is for its hosts. */
export class EnclosureError extends Error {
  override name = 'EnclosureError';
  readonly episodeId: string;
  readonly guid: string;
  readonly why: string;
  /** Trying again later may end otherwise. */
  readonly mayPass: boolean;
  constructor(
    episode: Pick<Episode, 'id' | 'guid' | 'title' | 'session_id'>,
    why: string,
    remedy = remedyFor(episode),
    { mayPass = false }: { mayPass?: boolean } = {},
  ) {
    super(`“${episode.title}” ${CANNOT_STAND}: ${why.replace(/\.$/, '')}. ${remedy}`.trim());
    this.episodeId = episode.id;
    this.guid = episode.guid;
    this.why = why;
    this.mayPass = mayPass;
  }
}

const remedyFor = ({ session_id }: Pick<Episode, 'session_id'>): string =>
  session_id === null
    ? 'It was imported: put the file back from a copy of the media store.'
    : 'Type /episode remaster to make it anew from its recording.';

/** Whether a failure of an episode is one that publishing has noted, and takes back once it is over. */
export const isEnclosureFault = (failure: string): boolean => failure.includes(CANNOT_STAND);

/** What plays in most apps comes first. What was made here has an MP3; other hosts have fewer scruples. */
const MAIN_KINDS: readonly RenditionKind[] = ['mp3', 'm4a', 'mp4', 'opus'];

/** The rendition that the feed's enclosure names. */
export function enclosureOf(episode: EpisodeWithRenditions): Rendition {
  const allowed = episode.session_id === null ? MAIN_KINDS : MAIN_KINDS.slice(0, 1);
  for (const kind of allowed) {
    const main = episode.renditions.find((rendition) => rendition.kind === kind);
    if (main !== undefined) return main;
  }
  throw new EnclosureError(episode, `it has no ${allowed.length === 1 ? 'MP3' : 'file that apps play'}`);
}

/** Codes of errno(3) that say something of this one file, and not that the store is away. */
const OF_THE_FILE: ReadonlySet<string> = new Set([
  'EIO',
  'EACCES',
  'EPERM',
  'ELOOP',
  'EISDIR',
  'EUCLEAN',
  'EBADMSG',
]);

/** Rejects with EnclosureError unless the store holds every rendition of the episode exactly as the catalog has it. */
async function testEnclosures(
  media: MediaStore,
  episode: EpisodeWithRenditions,
  known: KnownFiles,
): Promise<void> {
  enclosureOf(episode);
  for (const { media_key: key, bytes, mime_type: mimeType, sha256, kind } of episode.renditions) {
    const promised = `${key} ${bytes} ${mimeType} ${sha256}`;
    const fail = (why: string): never => {
      throw new EnclosureError(episode, `its ${kind.toUpperCase()} ${why}`);
    };
    if (key.startsWith(PRIVATE_PREFIX) !== (episode.visibility === 'members'))
      fail('does not lie where its listeners may have it, and is being moved');
    if (known.isSound(promised)) continue;
    const stored = await media.head(key).catch((error: unknown) => {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined || !OF_THE_FILE.has(code)) throw error;
      return fail(`cannot be read from the media store (${code})`);
    });
    if (stored === undefined) return fail('is not in the media store');
    if (stored.bytes !== bytes)
      fail(`has ${stored.bytes} bytes in the media store and ${bytes} in the catalog`);
    if (stored.contentType !== mimeType) fail(`is stored as ${stored.contentType}, not as ${mimeType}`);
    if (stored.sha256 !== sha256) fail('is stored with other content than was mastered');
    known.markSound(promised);
  }
}

/** What was found to be as promised lately, and is not looked at again; of an episode all that it promises. */
export interface KnownFiles {
  isSound(promised: string | PublishableEpisode): boolean;
  markSound(promised: string | PublishableEpisode): void;
}

/** The episodes that may appear, and why each of the others may not: one broken file takes nothing with it but its episode. */
export async function soundOnly(
  media: MediaStore,
  episodes: readonly PublishableEpisode[],
  known: KnownFiles,
): Promise<{ sound: PublishableEpisode[]; broken: EnclosureError[] }> {
  const sound: PublishableEpisode[] = [];
  const broken: EnclosureError[] = [];
  for (const episode of episodes)
    try {
      if (!known.isSound(episode)) await testEnclosures(media, episode, known);
      sound.push(episode);
    } catch (error) {
      if (!(error instanceof EnclosureError)) throw error;
      broken.push(error);
    }
  return { sound, broken };
}
