/** Recorded sessions of people who speak in tones, and their transcription. */
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { transcribe, type TranscribeOrder, type Transcription } from '../../../src/transcript/index.ts';
import { textOf } from '../../../src/transcript/model.ts';
import { packetsFrom } from '../../mastering/support/sessions.ts';
import { ffmpegForTest, temporaryFolder } from '../../mastering/support/signals.ts';
import { type SampleSpeaker, writeSampleSession } from '../../recorder/support/sample-session.ts';

/** [start on the session clock, length (2 s at most), frequency]. */
export type Tone = readonly [seconds: number, length: number, hz: number];

const LONGEST_SECONDS = 2;
const made = new Map<number, Promise<Uint8Array[]>>();
/** A tone in Opus packets of 20 ms; each is encoded once in a file of tests. */
function tone(hz: number): Promise<Uint8Array[]> {
  const packets = made.get(hz) ?? packetsFrom(`0.5*sin(2*PI*${hz}*t)`, LONGEST_SECONDS);
  made.set(hz, packets);
  return packets;
}

export async function speaker(
  userId: string,
  displayName: string,
  tones: readonly Tone[],
): Promise<SampleSpeaker> {
  const spurts = await Promise.all(
    tones.map(async ([start, length, hz]) => ({
      startUs: start * 1e6,
      packets: (await tone(hz)).slice(0, Math.round(length * 50)),
    })),
  );
  return { userId, displayName, spurts };
}

export async function session(speakers: readonly SampleSpeaker[], durationUs?: number): Promise<string> {
  const folder = path.join(await temporaryFolder(), 'session');
  await writeSampleSession(folder, { speakers, ...(durationUs === undefined ? {} : { durationUs }) });
  return folder;
}

export const SECRET = 'sk-do-not-tell-anybody';
export const never = new AbortController().signal;

export async function run(
  sessionFolder: string,
  url: string,
  changes: Partial<Omit<TranscribeOrder, 'settings'>> & {
    settings?: Partial<TranscribeOrder['settings']>;
  } = {},
): Promise<Transcription> {
  const { settings, ...others } = changes;
  return transcribe({
    sessionFolder,
    scratchFolder: await mkdtemp(path.join(await temporaryFolder(), 'scratch-')),
    vocabulary: ['Open Stage'],
    ffmpeg: ffmpegForTest(),
    signal: never,
    wait: () => Promise.resolve(),
    settings: { url, key: SECRET, model: 'whisper-1', language: undefined, ...settings },
    ...others,
  });
}

/** `Inès 1.50-3.00 tone400.`: to the hundredth. */
export const said = ({ cues }: Pick<Transcription, 'cues'>) =>
  cues.map((cue) => [cue.speaker, cue.startUs / 1e6, cue.endUs / 1e6, textOf(cue)] as const);
