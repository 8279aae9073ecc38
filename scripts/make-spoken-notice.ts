/**
 * Makes the spoken notices: one Opus file per language of the bot's texts, spoken by espeak-ng and encoded by ffmpeg in
 * packets of 20 ms, as Discord's clients send them. The same text gives the same bytes with the same versions of both
 * programs. Run it with `npm run fixtures`; `npm run setup -- --with voices` brings espeak-ng.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { textsFor } from '../templates/messages/index.ts';
import { spokenNoticePath } from '../templates/sounds/index.ts';

/** Language of the texts -> voice of espeak-ng. */
const voices = { en: 'en-gb-x-rp+f3' };

const scratch = mkdtempSync(path.join(tmpdir(), 'notice-'));
try {
  for (const [language, voice] of Object.entries(voices)) {
    const wav = path.join(scratch, `${language}.wav`);
    const text = textsFor(language).notice.spoken;
    execFileSync('espeak-ng', ['-v', voice, '-s', '165', '-w', wav, text]);
    execFileSync('ffmpeg', [
      ...['-v', 'error', '-y', '-i', wav],
      ...['-af', 'aformat=sample_rates=48000:channel_layouts=mono,volume=-2dB,apad=pad_dur=0.2'],
      ...['-c:a', 'libopus', '-application', 'voip', '-frame_duration', '20', '-b:a', '24k', '-ac', '1'],
      // Without it the Ogg serial number and the encoder tag would change from run to run.
      ...['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact'],
      spokenNoticePath(language),
    ]);
    console.log(`${spokenNoticePath(language)}  ${text}`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
