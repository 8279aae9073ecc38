/** What encoded files hold, read from their bytes. */

/** Frames of an ID3v2.3 tag by name, in order (id3.org/id3v2.3.0, 3.1 and 3.3): what the header's size covers, no more. */
export function id3Frames(file: Buffer): {
  version: string;
  frames: { id: string; body: Buffer }[];
  end: number;
} {
  const version = `${file.toString('latin1', 0, 3)}v2.${file[3]}.${file[4]}`;
  // "Sync-safe": seven bits of each byte.
  const end = 10 + [6, 7, 8, 9].reduce((size, at) => size * 128 + file[at]!, 0);
  const frames: { id: string; body: Buffer }[] = [];
  for (let at = 10; at < end && file[at] !== 0;) {
    const size = file.readUInt32BE(at + 4);
    frames.push({ id: file.toString('latin1', at, at + 4), body: file.subarray(at + 10, at + 10 + size) });
    at += 10 + size;
  }
  return { version, frames, end };
}

/** Names of the boxes at the top of an MP4 file, in order (ISO/IEC 14496-12, 4.2). */
export function topBoxes(file: Buffer): string[] {
  const names: string[] = [];
  for (let at = 0; at + 8 <= file.length;) {
    names.push(file.toString('latin1', at + 4, at + 8));
    const size = file.readUInt32BE(at);
    at += size === 1 ? Number(file.readBigUInt64BE(at + 8)) : size;
    if (size === 0) break;
  }
  return names;
}

/** Kilobits a second by the four bits of an MPEG-1 layer III header (ISO/IEC 11172-3, 2.4.2.3). */
const MP3_KBPS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];

/** Of every frame of an MP3 at 48 kHz, where it stands and its rate, as far as they follow each other without a gap. */
export function mp3Headers(file: Buffer, from: number): { at: number; kbps: number }[] {
  const headers: { at: number; kbps: number }[] = [];
  for (let at = from; at + 4 <= file.length && file.readUInt16BE(at) >> 1 === 0xfffa >> 1;) {
    const kbps = MP3_KBPS[file[at + 2]! >> 4]!;
    headers.push({ at, kbps });
    at += 3 * kbps + ((file[at + 2]! >> 1) & 1);
  }
  return headers;
}
