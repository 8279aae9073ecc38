/** Values as feeds have them, in as many spellings as there are programs that write them. Pure. */
import type { z } from 'zod';

/** RFC 2822 and what passes for it, or ISO 8601; undefined for no date at all. */
export function dateOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  // Names of days may be in any language, and are of no use.
  for (const each of [text, text.replace(/^[^\d,]*,\s*/, '')]) {
    const ms = Date.parse(each);
    if (!Number.isNaN(ms)) return new Date(ms);
  }
  return undefined;
}

/** `3600`, `62:03`, `1:02:03`, with parts of a second or without. */
export function durationUsOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d+(?::\d{1,2}){0,2}(?:[.,]\d+)?$/.test(text)) return undefined;
  const seconds = text
    .replace(',', '.')
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round(seconds * 1e6);
}

/** Normal play time (RFC 2326, 3.6), as Podlove's chapters have it: `90`, `01:30`, `00:01:30.500`. */
export const momentUsOf = durationUsOf;

/** The words of PSP-1, and those of before. */
export function explicitOf(text: string | undefined): boolean | undefined {
  const word = text?.toLowerCase();
  if (word === 'true' || word === 'yes' || word === 'explicit') return true;
  return word === 'false' || word === 'no' || word === 'clean' ? false : undefined;
}

export const isYes = (text: string | undefined): boolean => /^(yes|true)$/i.test(text ?? '');

/** A whole number from 1 on. */
export function countOf(text: string | undefined): number | undefined {
  const value = /^\d{1,9}$/.test(text ?? '') ? Number(text) : 0;
  return value > 0 ? value : undefined;
}

/** An http(s) address, also one that is relative to the feed's, or has no scheme. */
export function webAddressOf(text: string | undefined, baseUrl: string): string | undefined {
  const url = text === undefined ? null : URL.parse(text.replace(/\s/g, '%20'), baseUrl);
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : undefined;
}

/** JSON of that shape; undefined for anything else. */
export function parseJsonAs<T extends z.ZodType>(schema: T, text: string): z.output<T> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
