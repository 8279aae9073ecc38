/**
 * What a picture is by its content, from its headers alone: nothing is inflated or decoded, so that no picture can ask for
 * memory. Pure; the beginning of a file is enough.
 */

export type ArtFormat = 'jpeg' | 'png' | 'gif' | 'webp' | 'unknown';
export type PixelFormat = 'rgb' | 'rgba' | 'grey' | 'grey-alpha' | 'cmyk' | 'unknown';

export interface ArtHeader {
  format: ArtFormat;
  /** 0 where the headers do not say. */
  widthPixels: number;
  heightPixels: number;
  pixelFormat: PixelFormat;
}

export interface ArtFacts extends ArtHeader {
  /** Of the whole file. */
  bytes: number;
  /** Of its address, in lower case and without the dot. */
  extension: string;
}

/** Headers stand within this much of a file; a profile or a preview before them may be long. */
export const ART_HEAD_BYTES = 1024 * 1024;

const unknown: ArtHeader = { format: 'unknown', widthPixels: 0, heightPixels: 0, pixelFormat: 'unknown' };

export function readArt(head: Uint8Array): ArtHeader {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, ART_HEAD_BYTES));
  const startsWith = (text: string, at = 0) => bytes.toString('latin1', at, at + text.length) === text;
  if (startsWith('\x89PNG\r\n\x1a\n')) return readPng(bytes);
  if (startsWith('\xff\xd8\xff')) return readJpeg(bytes);
  if (startsWith('GIF8')) return { ...unknown, format: 'gif' };
  if (startsWith('RIFF') && startsWith('WEBP', 8)) return { ...unknown, format: 'webp' };
  return unknown;
}

/** PNG specification, 11.2.2: colour types. A palette is of RGB. */
const PNG_COLOURS: Record<number, PixelFormat> = {
  0: 'grey',
  2: 'rgb',
  3: 'rgb',
  4: 'grey-alpha',
  6: 'rgba',
};
const WITH_ALPHA: Partial<Record<PixelFormat, PixelFormat>> = { rgb: 'rgba', grey: 'grey-alpha' };

function readPng(bytes: Buffer): ArtHeader {
  if (bytes.length < 33 || bytes.toString('latin1', 12, 16) !== 'IHDR') return { ...unknown, format: 'png' };
  const opaque = PNG_COLOURS[bytes[25]!] ?? 'unknown';
  return {
    format: 'png',
    widthPixels: bytes.readUInt32BE(16),
    heightPixels: bytes.readUInt32BE(20),
    pixelFormat: hasTransparency(bytes) ? (WITH_ALPHA[opaque] ?? opaque) : opaque,
  };
}

/** `tRNS` makes colours transparent; it stands before the picture itself (PNG specification, 5.6). */
function hasTransparency(bytes: Buffer): boolean {
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (type === 'tRNS') return true;
    if (type === 'IDAT' || type === 'IEND') return false;
  }
  return false;
}

/** ITU-T T.81, table B.1: the start of a frame, of any kind of coding. C4, C8 and CC are something else. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Markers that nothing follows. */
const isBare = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
const JPEG_COMPONENTS: Record<number, PixelFormat> = { 1: 'grey', 3: 'rgb', 4: 'cmyk' };

function readJpeg(bytes: Buffer): ArtHeader {
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) break;
    const marker = bytes[at + 1]!;
    if (isFrame(marker) && at + 10 <= bytes.length) {
      return {
        format: 'jpeg',
        widthPixels: bytes.readUInt16BE(at + 7),
        heightPixels: bytes.readUInt16BE(at + 5),
        pixelFormat: JPEG_COMPONENTS[bytes[at + 9]!] ?? 'unknown',
      };
    }
    // Any number of FF may stand before a marker; the picture itself begins at DA.
    if (marker === 0xda) break;
    at += marker === 0xff ? 1 : isBare(marker) ? 2 : 2 + bytes.readUInt16BE(at + 2);
  }
  return { ...unknown, format: 'jpeg' };
}
