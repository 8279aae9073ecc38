/**
 * Headers of Broadcast Wave files: 24-bit PCM at 48 kHz with a `bext` chunk (EBU Tech 3285), and as RF64 (EBU Tech 3306)
 * where 32 bits cannot count the bytes. Lengths are known before the first sample, so a header is written once. Pure.
 */
import { SAMPLE_RATE_HZ } from '../session-clock.ts';
import type { Origin } from './origin.ts';

export const BYTES_PER_SAMPLE = 3;
const BEXT_BYTES = 602;
const FORMAT_BYTES = 40;
const DS64_BYTES = 28;
const MAX_32_BIT = 0xffff_ffff;
/** KSDATAFORMAT_SUBTYPE_PCM: what more than 16 bits ask for is WAVE_FORMAT_EXTENSIBLE (Microsoft, "Multiple Channel Audio Data"). */
const PCM_SUBFORMAT = Buffer.from('0100000000001000800000aa00389b71', 'hex');
/** SPEAKER_FRONT_CENTER, and SPEAKER_FRONT_LEFT with SPEAKER_FRONT_RIGHT. */
const SPEAKERS: Readonly<Record<number, number>> = { 1: 0x4, 2: 0x3 };

export interface BroadcastWave {
  channels: number;
  /** Per channel. */
  samples: number;
  origin: Origin;
  description: string;
  /** Unique to the recording, 32 characters of ASCII at most. */
  originatorReference: string;
  /** What producers get has three; four, of which the last is 0, are cheaper for who reads it once (sound-file.ts). */
  bytesPerSample?: 3 | 4;
}

export const dataBytes = ({
  channels,
  samples,
  bytesPerSample = BYTES_PER_SAMPLE,
}: Pick<BroadcastWave, 'channels' | 'samples' | 'bytesPerSample'>): number =>
  channels * samples * bytesPerSample;

/** Everything before the first sample. The whole file is this, `dataBytes`, and a zero byte where those are odd. */
export function broadcastWaveHeader(wave: BroadcastWave): Buffer {
  const bytes = dataBytes(wave);
  const body = [chunk('bext', bext(wave)), chunk('fmt ', format(wave))];
  const behind = (head: number) =>
    head + body.reduce((sum, { length }) => sum + length, 0) + 8 + bytes + (bytes % 2);
  const plainBytes = behind(4);
  if (plainBytes <= MAX_32_BIT)
    return Buffer.concat([form('RIFF', plainBytes), ...body, chunkHead('data', bytes)]);
  const ds64 = Buffer.alloc(DS64_BYTES);
  ds64.writeBigUInt64LE(BigInt(behind(4 + 8 + DS64_BYTES)), 0);
  ds64.writeBigUInt64LE(BigInt(bytes), 8);
  ds64.writeBigUInt64LE(BigInt(wave.samples), 16);
  return Buffer.concat([
    form('RF64', MAX_32_BIT),
    chunk('ds64', ds64),
    ...body,
    chunkHead('data', MAX_32_BIT),
  ]);
}

function form(name: 'RIFF' | 'RF64', bytes: number): Buffer {
  return Buffer.concat([chunkHead(name, bytes), Buffer.from('WAVE', 'latin1')]);
}

function chunkHead(name: string, bytes: number): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(bytes, 4);
  return head;
}

/** Chunks begin at even places (Microsoft, "Resource Interchange File Format"). */
const chunk = (name: string, content: Buffer): Buffer =>
  Buffer.concat([chunkHead(name, content.length), content, Buffer.alloc(content.length % 2)]);

function format({ channels, bytesPerSample = BYTES_PER_SAMPLE }: BroadcastWave): Buffer {
  const fmt = Buffer.alloc(FORMAT_BYTES);
  fmt.writeUInt16LE(0xfffe, 0);
  fmt.writeUInt16LE(channels, 2);
  fmt.writeUInt32LE(SAMPLE_RATE_HZ, 4);
  fmt.writeUInt32LE(SAMPLE_RATE_HZ * channels * bytesPerSample, 8);
  fmt.writeUInt16LE(channels * bytesPerSample, 12);
  fmt.writeUInt16LE(bytesPerSample * 8, 14);
  fmt.writeUInt16LE(22, 16);
  fmt.writeUInt16LE(bytesPerSample * 8, 18);
  fmt.writeUInt32LE(SPEAKERS[channels] ?? 0, 20);
  PCM_SUBFORMAT.copy(fmt, 24);
  return fmt;
}

/** Version 1 of the chunk: with a place for a UMID, which is left empty, and without loudness. */
function bext({ channels, origin, description, originatorReference }: BroadcastWave): Buffer {
  const fixed = Buffer.alloc(BEXT_BYTES);
  fixed.write(ascii(description).slice(0, 256), 0, 'latin1');
  fixed.write('Stagecast', 256, 'latin1');
  fixed.write(ascii(originatorReference).slice(0, 32), 288, 'latin1');
  fixed.write(origin.date, 320, 'latin1');
  fixed.write(origin.time, 330, 'latin1');
  fixed.writeBigUInt64LE(BigInt(origin.samplesFromMidnight), 338);
  fixed.writeUInt16LE(1, 346);
  const mode = channels === 1 ? 'mono' : 'stereo';
  // EBU R 98: one line for each coding the sound has been through.
  const history = `A=PCM,F=${SAMPLE_RATE_HZ},W=${BYTES_PER_SAMPLE * 8},M=${mode},T=Stagecast; from Opus\r\n`;
  return Buffer.concat([fixed, Buffer.from(history, 'latin1')]);
}

/** The chunk knows ASCII alone; the name with all its letters is the file's. */
const ascii = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]+/g, '?');
