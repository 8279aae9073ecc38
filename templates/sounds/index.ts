/**
 * What is said aloud, by language. Put a recording of your own in a file's place, or make them anew with the scripts, which is
 * where they come from: espeak-ng 1.51 (its voices may be used for anything), the texts of templates/messages, ffmpeg.
 *
 * - `recording-notice`: the bot, in a channel; Ogg Opus, mono or stereo, 48 kHz, 20 ms packets (scripts/make-spoken-notice.ts)
 * - `live-notice`, `members-lapsed`: podcast apps; MP3 at 64 kb/s (scripts/make-podcast-notices.ts)
 */
import path from 'node:path';

const languages: readonly string[] = ['en'];

/** For a Discord locale (`en-GB`, `fr`) or another tag of a language; English where there is none. Absolute. */
const pathOf = (name: string, locale: string, ending: string): string => {
  const language = locale.split('-')[0] ?? '';
  const file = languages.includes(language) ? language : 'en';
  return path.join(import.meta.dirname, `${name}.${file}.${ending}`);
};

export const spokenNoticePath = (locale: string): string => pathOf('recording-notice', locale, 'opus');

/** For podcast apps, when a member's feed has nothing else. */
export const lapsedSoundPath = (locale: string): string => pathOf('members-lapsed', locale, 'mp3');
/** Of the MP3 files. */
export const SOUND_BITS_PER_SECOND = 64_000;
