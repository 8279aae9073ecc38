/** A show's cover as its pages need it: a small copy for the page, and how large the whole is for link previews. */
import { buffer } from 'node:stream/consumers';
import type { Show } from '../../src/catalog/index.ts';
import type { MediaStore } from '../media/store.ts';
import { type Assets, DEFAULT_COVER_PX } from './assets.ts';

export interface Cover {
  key: string;
  /** Of a copy of some 450 px for pages; the whole where nobody made one. */
  smallKey: string;
  /** Undefined for what is not square, or no picture that is understood. */
  sidePx: number | undefined;
}

/** Where the small copy of a cover stands: whoever stores a cover stores it too. */
export const smallCoverKey = (coverKey: string) => coverKey.replace(/(\.[^./]+)?$/, '.small.webp');

/** The header of a JPEG may come after other segments, such as a thumbnail or a colour profile. */
const HEADER_BYTES = 256 * 1024;

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
    };
  const small = smallCoverKey(key);
  const found = await media.read(key, { first: 0, last: Math.min(stored.bytes, HEADER_BYTES) - 1 });
  const side = found === undefined ? undefined : sideOf(await buffer(found.body));
  return { key, smallKey: (await media.head(small)) === undefined ? key : small, sidePx: side };
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

/** The side of a square PNG or JPEG. */
export function sideOf(picture: Uint8Array): number | undefined {
  const bytes = Buffer.from(picture.buffer, picture.byteOffset, picture.byteLength);
  // PNG, sections 5.2 and 11.2.2: the signature, then IHDR with width and height.
  if (bytes.length >= 24 && bytes.readUInt32BE(0) === 0x89504e47)
    return square(bytes.readUInt32BE(16), bytes.readUInt32BE(20));
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  // JPEG (ITU T.81, B.1.1.4 and B.2.2): segments with their lengths, up to a frame header.
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1]!;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return square(bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5));
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

const square = (width: number, height: number) => (width === height && width > 0 ? width : undefined);
