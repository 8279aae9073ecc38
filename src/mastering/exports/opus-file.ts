/**
 * A speaker's Opus file for producers: of a sealed session the recorded file itself, of a part or of a session that still
 * records a file of the same packets, never decoded, cut to the sample by the format's own means (RFC 7845 section 4).
 */
import { copyFile, constants } from 'node:fs/promises';
import { PRE_SKIP_SAMPLES, readOpusPackets } from '../../../recorder/ogg/reader.ts';
import { createCompactOgg } from '../compact-ogg.ts';
import { SILENCE_20_MS, SILENCE_SAMPLES } from '../compact-track.ts';

/** RFC 7845 section 4.6: a decoder that begins in the middle has settled after 80 ms. */
const PRE_ROLL_SAMPLES = 3_840;

export const copyOpus = (opusPath: string, output: string): Promise<void> =>
  copyFile(opusPath, output, constants.COPYFILE_FICLONE);

/**
 * Copies the packets between two samples of the session clock. A track that ends before `to`, as it does while it is being
 * recorded, goes on in silence: all files of one export are equally long.
 */
export async function cutOpus(
  opusPath: string,
  output: string,
  { from, to }: { from: number; to: number },
  breathe: () => Promise<void>,
): Promise<void> {
  const packets = readOpusPackets(opusPath);
  const earliest = from + PRE_SKIP_SAMPLES - PRE_ROLL_SAMPLES;
  const end = to + PRE_SKIP_SAMPLES;
  let next = await packets.next();
  while (!next.done && next.value.startSamples + next.value.samples <= earliest) next = await packets.next();
  let at = next.done ? Math.max(0, earliest) : next.value.startSamples;
  const file = await createCompactOgg(output, { channels: 2, preSkipSamples: from + PRE_SKIP_SAMPLES - at });
  const length = end - at;
  try {
    for (let count = 0; !next.done && at < end; next = await packets.next()) {
      const { opus, samples } = next.value;
      await file.write(opus, samples);
      at += samples;
      if ((count += 1) % 500 === 0) await breathe();
    }
    for (; at < end; at += SILENCE_SAMPLES) await file.write(SILENCE_20_MS, SILENCE_SAMPLES);
  } finally {
    await packets.return(undefined);
    await file.end(length);
  }
}
