/** Dates, lengths and sizes as people read them, in the language of a show. */
import { notesToText } from '../feed/notes.ts';

/** A language tag that Intl accepts: what a host typed may be none. */
export function usableLanguage(language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? 'en';
  } catch {
    return 'en';
  }
}

/** The day as it was in `timeZone` (IANA). */
export function longDate(moment: Date, language: string, timeZone: string): string {
  return new Intl.DateTimeFormat(usableLanguage(language), { dateStyle: 'long', timeZone }).format(moment);
}

/** `42 sec`, `58 min`, `1 hr, 12 min`: as coarse as people plan. */
export function roughDuration(durationUs: number, language: string): string {
  const format = new Intl.DurationFormat(usableLanguage(language), { style: 'short' });
  const seconds = Math.round(durationUs / 1e6);
  if (seconds < 60) return format.format({ seconds: Math.max(seconds, 1) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return format.format({ minutes });
  return format.format({ hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** Which episode of its show it is, as a line; empty for one that has no number and is no trailer or bonus. */
export function ordinalOf({
  kind,
  season,
  number,
}: {
  kind: 'full' | 'trailer' | 'bonus';
  season: number | null;
  number: number | null;
}): string {
  const name = { full: number === null ? '' : 'Episode', trailer: 'Trailer', bonus: 'Bonus' }[kind];
  const numbered = number === null ? name : `${name} ${number}`;
  return [season === null ? '' : `Season ${season}`, numbered].filter((part) => part !== '').join(', ');
}

export function megabytes(bytes: number): string {
  const unit = bytes < 1e6 ? 'kilobyte' : 'megabyte';
  const value = bytes / (unit === 'kilobyte' ? 1e3 : 1e6);
  return new Intl.NumberFormat('en', {
    style: 'unit',
    unit,
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}

/** The first paragraph of notes, plain or HTML, as one line of text, cut between words. */
export function excerptOf(text: string, maxCharacters = 200): string {
  const line = (
    notesToText(text)
      .trim()
      .slice(0, 4000)
      .toWellFormed()
      .split(/\n\s*\n/)[0] ?? ''
  )
    .replace(/\s+/g, ' ')
    .trim();
  const characters = Array.from(line);
  if (characters.length <= maxCharacters) return line;
  const cut = characters.slice(0, maxCharacters).join('');
  return `${cut.replace(/\s+\S{0,30}$/, '')}…`;
}
