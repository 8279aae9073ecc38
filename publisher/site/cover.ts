/** A show's cover as its pages need it: a small copy for the page, and how large the whole is for link previews. */
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Show } from '../../src/catalog/index.ts';
import { ART_HEAD_BYTES, type ArtFacts, type ArtHeader, readArt } from '../feed/lint/art.ts';
import type { MediaStore } from '../media/store.ts';
import { type Assets, DEFAULT_COVER_PX } from './assets.ts';

export interface Cover {
  key: string;
  /** Of a copy of some 450 px for pages; the whole where nobody made one. */
  smallKey: string;
  /** Undefined for what is not square, or no picture that is understood. */
  sidePx: number | undefined;
  /** What directories ask of it; undefined where it is not in the store, or is the one that comes with us. */
  art: ArtFacts | undefined;
}

/** Where the small copy of a cover stands: whoever stores a cover stores it too. */
export const smallCoverKey = (coverKey: string) => coverKey.replace(/(\.[^./]+)?$/, '.small.webp');

export async function coverOf(
  media: Pick<MediaStore, 'head' | 'read'>,
  show: Pick<Show, 'cover_key'>,
  assets: Assets,
): Promise<Cover> {
  const key = show.cover_key;
  const stored = key === null ? undefined : await media.head(key);
  if (key === null || stored === undefined)
    return {
      key: key ?? assets.defaultCover.key,
      smallKey: assets.defaultSmallCover.key,
      sidePx: DEFAULT_COVER_PX,
      art: undefined,
    };
  const small = smallCoverKey(key);
  const head = { first: 0, last: Math.min(stored.bytes, ART_HEAD_BYTES) - 1 };
  const found = await media.read(key, head);
  const art = found && {
    ...readArt(await buffer(found.body)),
    ...{ bytes: stored.bytes, extension: path.posix.extname(key).slice(1).toLowerCase() },
  };
  return {
    ...{ key, smallKey: (await media.head(small)) === undefined ? key : small },
    ...{ sidePx: art && square(art), art },
  };
}

/** What a list of shows has for each. */
export async function smallCovers(
  media: Pick<MediaStore, 'head'>,
  shows: readonly Pick<Show, 'id' | 'cover_key'>[],
  assets: Assets,
): Promise<Map<string, string>> {
  const entries = shows.map(async ({ id, cover_key: key }): Promise<[string, string]> => {
    if (key === null) return [id, assets.defaultSmallCover.key];
    const small = smallCoverKey(key);
    return [id, (await media.head(small)) === undefined ? key : small];
  });
  return new Map(await Promise.all(entries));
}

const square = ({ widthPixels, heightPixels }: ArtHeader) =>
  widthPixels === heightPixels && widthPixels > 0 ? widthPixels : undefined;
