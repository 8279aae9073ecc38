/** What an Opus packet says of itself in its first bytes (RFC 6716 section 3), without decoding it. */

/** Opus always counts at 48 kHz, whatever the bandwidth (RFC 7845 section 4). */
export const OPUS_RATE_HZ = 48_000;
/** The shortest Opus frame, and the grid on which every packet of a track file lies: 2.5 ms. */
export const GRID_SAMPLES = 120;
/** The longest packet: 120 ms (RFC 6716 section 3.2.5, R5). */
const LONGEST_PACKET_SAMPLES = 5760;
/** The longest frame (R2). */
const LONGEST_FRAME_BYTES = 1275;

/** Silence as Discord's own clients send it: 20 ms, CELT fullband, mono. */
export const SILENCE_20_MS: Uint8Array = Uint8Array.of(0xf8, 0xff, 0xfe);
/** The same in 2.5 ms: configuration 28 instead of 31. */
export const SILENCE_2_5_MS: Uint8Array = Uint8Array.of(0xe0, 0xff, 0xfe);

/** Samples of one frame by configuration number (RFC 6716 table 2): SILK 0-11, hybrid 12-15, CELT 16-31. */
function frameSamples(config: number): number {
  if (config < 12) return [480, 960, 1920, 2880][config & 3]!;
  if (config < 16) return [480, 960][config & 1]!;
  return [120, 240, 480, 960][config & 3]!;
}

/** Bytes of a frame length at `at` and the length itself (RFC 6716 section 3.2.1), or null when cut short. */
function frameLength(packet: Uint8Array, at: number): { bytes: number; size: number } | null {
  const first = packet[at];
  if (first === undefined) return null;
  if (first < 252) return { bytes: first, size: 1 };
  const second = packet[at + 1];
  return second === undefined ? null : { bytes: second * 4 + first, size: 2 };
}

/** Whether a packet of code 3 keeps R6 and R7: count byte, padding, and the frame lengths fit what is there. */
function validCode3(packet: Uint8Array): boolean {
  const countByte = packet[1]!;
  const frames = countByte & 0x3f;
  let at = 2;
  let end = packet.length;
  if (countByte & 0x40) {
    for (let more = true; more; at++) {
      const padding = packet[at];
      if (padding === undefined) return false;
      more = padding === 255;
      end -= more ? 254 : padding;
    }
  }
  if (end < at) return false;
  if ((countByte & 0x80) === 0) {
    const each = (end - at) / frames;
    return Number.isInteger(each) && each <= LONGEST_FRAME_BYTES;
  }
  let inAll = 0;
  for (let frame = 1; frame < frames; frame++) {
    const length = frameLength(packet, at);
    if (length === null) return false;
    at += length.size;
    inAll += length.bytes;
  }
  const last = end - at - inAll;
  return last >= 0 && last <= LONGEST_FRAME_BYTES;
}

/**
 * Samples at 48 kHz that a packet decodes to (120 to 5760), or null when it breaks a rule of RFC 6716 section 3.4.
 * An invalid or empty packet must never stand in a track: a zero-length one ends ffmpeg's decoding of the whole file.
 */
export function opusPacketSamples(packet: Uint8Array): number | null {
  const toc = packet[0];
  if (toc === undefined) return null; // R1
  const samples = frameSamples(toc >> 3);
  const body = packet.length - 1;
  switch (toc & 3) {
    case 0:
      return body <= LONGEST_FRAME_BYTES ? samples : null;
    case 1: // R3: two frames of one size
      return body % 2 === 0 && body / 2 <= LONGEST_FRAME_BYTES ? samples * 2 : null;
    case 2: {
      // R4: two frames, the first with its length
      const first = frameLength(packet, 1);
      if (first === null) return null;
      const second = body - first.size - first.bytes;
      return second >= 0 && second <= LONGEST_FRAME_BYTES ? samples * 2 : null;
    }
    default: {
      const frames = (packet[1] ?? 0) & 0x3f;
      const whole = samples * frames;
      return frames > 0 && whole <= LONGEST_PACKET_SAMPLES && validCode3(packet) ? whole : null;
    }
  }
}

/** Whether a packet carries no sound: Discord's silence, our 2.5 ms step, or a frame of DTX (RFC 6716 section 3.2.1). */
export function isSilence(packet: Uint8Array): boolean {
  if (packet.length <= 2) return true;
  return packet.length === 3 && packet[1] === 0xff && packet[2] === 0xfe;
}

/** Whether a packet is one that a track is filled with; a sender's own silence may look the same. */
export function isFill(packet: Uint8Array): boolean {
  return packet.length === 3 && (packet[0] === 0xf8 || packet[0] === 0xe0) && isSilence(packet);
}
