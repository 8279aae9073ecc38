/** What the bot says, by language. A language is added by a file with every key of English. */
import { en, type Texts } from './en.ts';

export type { Texts } from './en.ts';

const languages: Record<string, Texts> = { en };

/** The texts for a Discord locale (`en-GB`, `fr`); English where there are none. */
export function textsFor(locale: string): Texts {
  return languages[locale] ?? languages[locale.split('-')[0] ?? ''] ?? en;
}
