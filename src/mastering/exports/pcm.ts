/** Samples as integers of 24 bits. Pure; the bytes are those of a little-endian machine, which all that we run on are. */

const FULL_SCALE = 2 ** 23;

/** Rounds one channel into interleaved integers; what a hot decode puts beyond full scale is cut there, as in every such file. */
export function quantize(
  window: Float32Array,
  samples: number,
  into: Int32Array,
  { channel, channels }: { channel: number; channels: number },
): void {
  for (let index = 0, at = channel; index < samples; index += 1, at += channels) {
    const value = window[index]! * FULL_SCALE;
    if (value >= FULL_SCALE - 1) into[at] = FULL_SCALE - 1;
    else if (value <= -FULL_SCALE) into[at] = -FULL_SCALE;
    // A half rounds up, as Math.round has it, which is slower.
    else into[at] = Math.floor(value + 0.5);
  }
}

/** `count` integers, a multiple of four, to three bytes each. */
export function pack24(values: Int32Array, count: number, into: Int32Array): void {
  for (let index = 0, word = 0; index < count; index += 4, word += 3) {
    const [a, b] = [values[index]!, values[index + 1]!];
    const [c, d] = [values[index + 2]!, values[index + 3]!];
    into[word] = (a & 0xff_ffff) | (b << 24);
    into[word + 1] = ((b >>> 8) & 0xffff) | (c << 16);
    into[word + 2] = ((c >>> 16) & 0xff) | (d << 8);
  }
}

/** `count` integers to the upper three of four bytes each, in place: what ffmpeg calls s32 of 24 bits. */
export function shiftTo32(values: Int32Array, count: number): void {
  for (let index = 0; index < count; index += 1) values[index]! <<= 8;
}
