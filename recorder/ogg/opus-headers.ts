/** The two packets before the audio of an Ogg Opus stream (RFC 7845 section 5). */

/**
 * Samples a player drops from the front. libopus, which Discord's clients encode with, delays its input by 312 samples
 * (6.5 ms: `OPUS_GET_LOOKAHEAD` at 48 kHz), so that after the drop decoded sample n of a track is what was spoken at
 * n / 48000 s on the session clock, and the packet whose granules begin at g was spoken from g / 48000 s on. Players
 * that decode without dropping (mastering from the middle of a file) subtract the 312 themselves.
 */
export const PRE_SKIP_SAMPLES = 312;

export interface OpusShape {
  /** Output channels. */
  channels: 1 | 2;
  preSkipSamples: number;
}

/** Two channels, so that nothing is lost where a speaker sends stereo packets; mono ones decode alike in both. */
const TRACK: OpusShape = { channels: 2, preSkipSamples: PRE_SKIP_SAMPLES };

/** OpusHead, version 1, mapping family 0 (RFC 7845 section 5.1). */
export function encodeOpusHead({ channels, preSkipSamples } = TRACK): Uint8Array {
  const head = Buffer.alloc(19);
  head.write('OpusHead', 0, 'latin1');
  head[8] = 1;
  head[9] = channels;
  head.writeUInt16LE(preSkipSamples, 10);
  head.writeUInt32LE(48_000, 12); // the input's rate, for information only
  head.writeInt16LE(0, 16); // output gain: a raw track is never made louder or softer
  head[18] = 0;
  return head;
}

/** OpusTags (RFC 7845 section 5.2). No comments: names of people stand in the journal and nowhere else. */
export function encodeOpusTags(): Uint8Array {
  const vendor = Buffer.from('Stagecast');
  const tags = Buffer.alloc(8 + 4 + vendor.length + 4);
  tags.write('OpusTags', 0, 'latin1');
  tags.writeUInt32LE(vendor.length, 8);
  vendor.copy(tags, 12);
  return tags;
}

/** Channels and pre-skip of an OpusHead, or null when the packet is none of a version we can read. */
export function decodeOpusHead(packet: Uint8Array): { channels: number; preSkipSamples: number } | null {
  const head = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength);
  if (head.length < 19 || head.toString('latin1', 0, 8) !== 'OpusHead') return null;
  // A change of the upper four bits would mean an incompatible format (RFC 7845 section 5.1, field 2).
  if (head[8]! >> 4 !== 0) return null;
  return { channels: head[9]!, preSkipSamples: head.readUInt16LE(10) };
}
