/** Where the audio begins in a file, after its tags and tables: what went out before it is no minute of anything. Pure. */

/** So much of a file is looked at. */
export const LOOK_BYTES = 4_096;

/** The first byte of audio; 0 when the file says nothing of a header. `head` are its first bytes. */
export function audioStartOf(head: Uint8Array, bytes: number): number {
  return Math.min(bytes, Math.max(0, afterId3(head) ?? inMp4(head) ?? 0));
}

const text = (head: Uint8Array, from: number, to: number) =>
  Buffer.from(head.subarray(from, to)).toString('latin1');

/** ID3v2 (id3.org, id3v2.4.0-structure, 3.1): ten bytes, the last four of them its size in 7 bits each; ten more with a footer. */
function afterId3(head: Uint8Array): number | undefined {
  if (head.length < 10 || text(head, 0, 3) !== 'ID3') return undefined;
  const size = head.subarray(6, 10).reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
  const hasFooter = (head[5]! & 0x10) !== 0;
  return 10 + size + (hasFooter ? 10 : 0);
}

/**
 * MPEG-4 (ISO/IEC 14496-12, 4.2): boxes of a size and a name each; the audio lies in `mdat`. Files made for listening over the
 * net have their tables (`moov`) before it.
 */
function inMp4(head: Uint8Array): number | undefined {
  if (text(head, 4, 8) !== 'ftyp') return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  for (let at = 0; at + 16 <= head.length;) {
    const short = view.getUint32(at);
    if (text(head, at + 4, at + 8) === 'mdat') return at + (short === 1 ? 16 : 8);
    const size = short === 1 ? Number(view.getBigUint64(at + 8)) : short;
    // 0: the box goes on to the end of the file.
    if (size < 8) return undefined;
    at += size;
    // The next box lies beyond what was looked at: its name is not known, but nothing else stands there after the tables.
    if (at + 16 > head.length) return at + 8;
  }
  return undefined;
}
