/** Names and titles come from people; in a message they are words and never markup, mentions or tricks with direction. */
import { escapeMarkdown } from 'discord.js';

/** Control characters, and those that turn the direction of what follows (Unicode TR 9, "Explicit formatting"). */
// eslint-disable-next-line no-control-regex -- taking them out is the point
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** What shows nothing at all: spaces, formats, and the letters without a shape (braille's blank, Hangul's fillers). */
const BLANK = /^[\p{Z}\p{C}\u2800\u115f\u1160\u3164\uffa0]*$/u;

/** What was typed, as one line: breaks and control characters become spaces, runs of them one; empty when nothing shows. */
export function oneLine(text: string): string {
  const line = text.replace(INVISIBLE, ' ').replace(/\s+/gu, ' ').trim();
  return BLANK.test(line) ? '' : line;
}

/** At most `most` UTF-16 units, which is how Discord counts, and never half an emoji. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (kept.length + segment.length >= most) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** One line that reads as it was typed: markdown escaped, `<@1>` and `<#1>` shown as text, at most `most` characters long. */
export function plain(text: string, most = 100): string {
  const line = text.replace(INVISIBLE, ' ').trim();
  return escapeMarkdown(cut(line, most), { maskedLink: true }).replaceAll('<', '\\<');
}
