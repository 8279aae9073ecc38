/** A plain WAV file of 16 bits, for ears and players (Multimedia Programming Interface and Data Specifications 1.0, "WAVE"). */
import { writeFile } from 'node:fs/promises';
import { interleaved } from './mix.ts';
import { SAMPLE_RATE_HZ } from './session-clock.ts';

const PCM = 1;
const HEADER_BYTES = 44;

export async function writePcmWav(path: string, planes: readonly Float32Array[]): Promise<void> {
  const pairs = interleaved(planes);
  const channels = planes.length;
  const file = Buffer.alloc(HEADER_BYTES + pairs.length * 2);
  file.write('RIFF', 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(PCM, 20);
  file.writeUInt16LE(channels, 22);
  file.writeUInt32LE(SAMPLE_RATE_HZ, 24);
  file.writeUInt32LE(SAMPLE_RATE_HZ * channels * 2, 28);
  file.writeUInt16LE(channels * 2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(pairs.length * 2, 40);
  for (const [index, sample] of pairs.entries())
    file.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), HEADER_BYTES + index * 2);
  await writeFile(path, file);
}
