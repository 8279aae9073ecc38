/** Where the files of an episode lie: members' under a prefix that no public address reaches, all others in the open. */
import type { Episode } from '../../src/catalog/index.ts';
import { PRIVATE_PREFIX } from './store.ts';

type Place = Pick<Episode, 'id' | 'show_id'>;

export const openFolder = ({ id, show_id: showId }: Place): string => `media/${showId}/${id}/`;
export const membersFolder = (episode: Place): string => `${PRIVATE_PREFIX}${openFolder(episode)}`;

export const episodeMediaFolder = (episode: Place & Pick<Episode, 'visibility'>): string =>
  episode.visibility === 'members' ? membersFolder(episode) : openFolder(episode);

export const bothFolders = (episode: Place): string[] => [openFolder(episode), membersFolder(episode)];

/** Of members' episodes; the chapters of others stand beside their pages. */
export const membersChaptersKey = (episode: Place): string => `${membersFolder(episode)}chapters.json`;

/** A file's bytes never change under its key, so whoever has them need never ask again; of a member's, nothing keeps a copy. */
export const mediaCacheControl = (key: string): string =>
  key.startsWith(PRIVATE_PREFIX) ? 'private, no-store' : 'public, max-age=31536000, immutable';
