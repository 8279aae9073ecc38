/** Names and titles come from people; in a message they are words and never markup, mentions or tricks with direction. */
import { escapeMarkdown } from 'discord.js';

/** Control characters, and those that turn the direction of what follows (Unicode TR 9, "Explicit formatting"). */
// eslint-disable-next-line no-control-regex -- taking them out is the point
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** One line that reads as it was typed: markdown escaped, `<@1>` and `<#1>` shown as text, at most `most` characters long. */
export function plain(text: string, most = 100): string {
  const line = text.replace(INVISIBLE, ' ').trim();
  const characters = [...line];
  const cut = characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : line;
  return escapeMarkdown(cut, { maskedLink: true }).replaceAll('<', '\\<');
}
