/** Clips of each speaker's voice at the level that the cast asks for, measured by ffmpeg's ebur128. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BACKCHANNELS, type CastMember, SENTENCES } from './cast.ts';
import { loudnessOf } from './meter.ts';
import type { Repertoire } from './schedule.ts';

/** Recordings of real voices beside the project; made ones take their place where it is missing. */
export const REAL_VOICES = path.resolve(import.meta.dirname, '../../../shared/speech');

export interface Clips extends Repertoire {
  /** Sentences, then answers: mono at 48 kHz, at the speaker's level. */
  clips: Float32Array[];
  /** What the level truly is. */
  lufs: number;
  real: boolean;
}

export class EspeakMissingError extends Error {
  override readonly name = 'EspeakMissingError';

  constructor() {
    super(
      'espeak-ng is missing: the voices of this bench are made by it. Install it with "npm run setup -- --with bench", or by ' +
        "your system's package manager (Debian, Homebrew, Fedora: espeak-ng).",
    );
  }
}

export const espeakVersion = (): string => {
  const { status, stdout } = spawnSync('espeak-ng', ['--version'], { encoding: 'utf8' });
  if (status !== 0) throw new EspeakMissingError();
  return stdout.trim();
};

/** The files of a voice that are there; empty when it has to be made. */
export const realFiles = ({ voice }: CastMember): string[] => {
  const files = (voice.real ?? []).map((file) => path.join(REAL_VOICES, file));
  return files.every((file) => existsSync(file)) ? files : [];
};

export async function clipsOf(member: CastMember): Promise<Clips> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'stagecast-bench-'));
  const [name, wordsPerMinute, pitch] = member.voice.made;
  const say = (text: string) => {
    const wav = path.join(scratch, 'clip.wav');
    execFileSync('espeak-ng', ['-v', name, '-s', `${wordsPerMinute}`, '-p', `${pitch}`, '-w', wav, text]);
    return trimmed(decode(wav));
  };
  try {
    const files = realFiles(member);
    const sentences = files.length > 0 ? files.map((file) => trimmed(decode(file))) : SENTENCES.map(say);
    // A real speaker has no short answers among their files: the beginning of a sentence is one.
    const answers =
      files.length > 0 ? sentences.map((clip) => faded(clip.slice(0, 33_600))) : BACKCHANNELS.map(say);
    const { gain, lufs } = await gainFor(sentences, member.lufs);
    return {
      clips: [...sentences, ...answers].map((clip) => scaled(clip, gain)),
      sentences: sentences.map(({ length }) => length),
      answers: answers.map(({ length }) => length),
      lufs,
      real: files.length > 0,
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

export function decode(file: string): Float32Array {
  const raw = ['-af', 'aformat=channel_layouts=mono', '-f', 'f32le', '-ar', '48000', '-'];
  const bytes = execFileSync('ffmpeg', ['-v', 'error', '-nostdin', '-vn', '-i', file, '-vn', ...raw], {
    maxBuffer: 2 ** 32,
  });
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** Without the silence at both ends. */
function trimmed(clip: Float32Array): Float32Array {
  const loud = clip.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0) * 0.02;
  return clip.slice(
    clip.findIndex((sample) => Math.abs(sample) > loud),
    clip.findLastIndex((sample) => Math.abs(sample) > loud) + 1,
  );
}

const faded = (clip: Float32Array): Float32Array =>
  clip.map((sample, at) => sample * Math.min(1, (clip.length - at) / 4800));

/** A microphone that is too loud clips, which takes loudness: what is clipped does not count as level. */
const scaled = (clip: Float32Array, gain: number): Float32Array =>
  clip.map((sample) => Math.min(1, Math.max(-1, sample * gain)));

async function gainFor(sentences: readonly Float32Array[], wantedLufs: number) {
  const all = new Float32Array(sentences.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const clip of sentences) {
    all.set(clip, at);
    at += clip.length;
  }
  let gain = 1;
  let lufs = await loudnessOf(all);
  for (let round = 0; round < 6 && Math.abs(lufs - wantedLufs) > 0.1; round += 1) {
    gain *= 10 ** ((wantedLufs - lufs) / 20);
    lufs = await loudnessOf(scaled(all, gain));
  }
  return { gain, lufs };
}
