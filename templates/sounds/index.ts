/**
 * What the bot says aloud, by language: Ogg Opus, mono or stereo, 48 kHz, 20 ms packets. Put a recording of your own in a
 * file's place, or make them anew with scripts/make-spoken-notice.ts, which is where they come from: espeak-ng 1.51 (its
 * voices may be used for anything), the text `notice.spoken` of templates/messages, ffmpeg's libopus at 24 kb/s.
 */
import path from 'node:path';

const languages: readonly string[] = ['en'];

/** For a Discord locale (`en-GB`, `fr`); English where there is none. Absolute. */
export function spokenNoticePath(locale: string): string {
  const language = locale.split('-')[0] ?? '';
  const file = languages.includes(language) ? language : 'en';
  return path.join(import.meta.dirname, `recording-notice.${file}.opus`);
}
