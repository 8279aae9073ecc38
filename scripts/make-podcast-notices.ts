/**
 * Makes what podcast apps play where there is no episode: an MP3 of each text, spoken by espeak-ng, at -19 LUFS. The same text
 * gives the same bytes with the same versions of both programs. Run it with `npm run fixtures`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { textsFor } from '../templates/messages/index.ts';

const VOICE = 'en-gb-x-rp+f3';
const sounds = path.join(import.meta.dirname, '../templates/sounds');
const { notice, members } = textsFor('en');
const texts: Record<string, string> = {
  'live-notice.en.mp3': notice.live,
  'members-lapsed.en.mp3': members.lapsedSpoken,
};

const scratch = mkdtempSync(path.join(tmpdir(), 'notice-'));
try {
  for (const [file, text] of Object.entries(texts)) {
    const wav = path.join(scratch, 'spoken.wav');
    execFileSync('espeak-ng', ['-v', VOICE, '-s', '155', '-w', wav, text]);
    execFileSync('ffmpeg', [
      ...['-v', 'error', '-y', '-i', wav],
      // Short and of one voice: one pass of loudnorm is enough, and leaves 192 kHz behind.
      ...['-af', 'aformat=channel_layouts=mono,adelay=300,apad=pad_dur=0.7,loudnorm=I=-19:TP=-2:LRA=7'],
      ...['-ar', '44100', '-c:a', 'libmp3lame', '-b:a', '64k', '-map_metadata', '-1'],
      ...[
        '-metadata',
        `title=${text.split('.')[0]!}`,
        '-id3v2_version',
        '3',
        '-fflags',
        '+bitexact',
        '-flags:a',
        '+bitexact',
      ],
      path.join(sounds, file),
    ]);
    console.log(`${file}  ${text}`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
