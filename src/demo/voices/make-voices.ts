/**
 * Makes the voices of the demo: one Opus file per line of ../script.ts, spoken by espeak-ng and encoded by ffmpeg as a
 * Discord client would (48 kHz, 20 ms packets, voip tuning). The same input gives the same bytes with the same versions
 * of both programs. Run it with `npm run fixtures`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lines, type SpeakerKey } from '../script.ts';

interface Voice {
  /** espeak-ng voice and variant. */
  voice: string;
  wordsPerMinute: number;
  /** 0 to 99, 50 is the voice's own. */
  pitch: number;
  /** Applied after espeak, so that the four sit far apart. */
  gainDb: number;
  /** A microphone in a bad room: hiss and mains hum under the voice. */
  noise?: { hissAmplitude: number; humAmplitude: number };
}

const voices: Record<SpeakerKey, Voice> = {
  ines: { voice: 'en-gb-x-rp+f3', wordsPerMinute: 170, pitch: 52, gainDb: -3 },
  tobias: { voice: 'en-us+m3', wordsPerMinute: 175, pitch: 38, gainDb: 1 },
  mei: { voice: 'en-us+f5', wordsPerMinute: 165, pitch: 66, gainDb: -14 },
  samuel: {
    voice: 'en-gb-scotland+m7',
    wordsPerMinute: 160,
    pitch: 30,
    gainDb: -9,
    noise: { hissAmplitude: 0.012, humAmplitude: 0.01 },
  },
};

/** Silence around a line, as a client's voice gate leaves it. */
const LEAD_SECONDS = 0.12;
const TAIL_SECONDS = 0.2;

function filterOf({ gainDb, noise }: Voice): string {
  const voice = `[0:a]aformat=sample_rates=48000:channel_layouts=mono,adelay=${LEAD_SECONDS * 1000},apad=pad_dur=${TAIL_SECONDS},volume=${gainDb}dB`;
  if (noise === undefined) return `${voice}[out]`;
  return [
    `${voice}[voice]`,
    `anoisesrc=color=pink:seed=7:sample_rate=48000:amplitude=${noise.hissAmplitude}[hiss]`,
    `sine=frequency=50:sample_rate=48000,volume=${noise.humAmplitude * 8}[hum]`,
    '[voice][hiss][hum]amix=inputs=3:normalize=0:duration=first[out]',
  ].join(';');
}

/** How an English voice is made to say names that are not English. */
const spoken = (text: string) => text.replaceAll('Inès', 'Eness').replaceAll('Mei', 'May');

const scratch = mkdtempSync(path.join(tmpdir(), 'voices-'));
try {
  for (const line of lines) {
    const voice = voices[line.speaker];
    const wav = path.join(scratch, 'line.wav');
    const { voice: name, wordsPerMinute, pitch } = voice;
    execFileSync('espeak-ng', [
      '-v',
      name,
      '-s',
      `${wordsPerMinute}`,
      '-p',
      `${pitch}`,
      '-w',
      wav,
      spoken(line.text),
    ]);
    execFileSync('ffmpeg', [
      ...['-v', 'error', '-y', '-i', wav, '-filter_complex', filterOf(voice), '-map', '[out]'],
      ...['-c:a', 'libopus', '-application', 'voip', '-frame_duration', '20', '-b:a', '40k', '-ac', '1'],
      // Without it the Ogg serial number and the encoder tag would change from run to run.
      ...['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact'],
      path.join(import.meta.dirname, line.file),
    ]);
    console.log(`${line.file}  ${line.text}`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
