/** Cues cut to captions: so many lines of so many characters, each card with the times of its own words. Pure. */
import type { Cue, Interval, Word } from './model.ts';

export interface Card extends Interval {
  speaker: string;
  words: readonly Word[];
  lines: readonly string[];
}

export interface CardSize {
  /** Characters as people count them. */
  columns: number;
  rows: number;
}

/** Shorter than this nobody could read it, and some readers refuse a cue that ends as it begins. */
const SHORTEST_US = 100_000;
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
const charactersOf = (text: string): string[] => [...graphemes.segment(text)].map(({ segment }) => segment);

/** In the order of their starts: cards of people who talk at once lie between each other. */
export const cardsOf = (cues: readonly Cue[], size: CardSize): Card[] =>
  cues.flatMap((cue) => wrap(cue.words, cue.speaker, size)).sort((a, b) => a.startUs - b.startUs);

/** Fills line after line, card after card. A word longer than a line, as languages without spaces have, is cut. */
export function wrap(words: readonly Word[], speaker: string, { columns, rows }: CardSize): Card[] {
  const cards: (Card & { lines: string[]; words: Word[] })[] = [];
  let room = 0;
  for (const word of words.flatMap((each) => cutWord(each, columns))) {
    const length = charactersOf(word.text.trim()).length;
    const spaced = /^\s/.test(word.text) ? 1 : 0;
    let card = cards.at(-1);
    if (card !== undefined && room >= length + spaced) {
      card.lines.push(`${card.lines.pop() ?? ''}${spaced ? ' ' : ''}${word.text.trim()}`);
      room -= length + spaced;
    } else {
      if (card === undefined || card.lines.length >= rows) {
        card = { speaker, startUs: word.startUs, endUs: word.endUs, words: [], lines: [] };
        cards.push(card);
      }
      card.lines.push(word.text.trim());
      room = columns - length;
    }
    card.words.push(word);
    card.endUs = Math.max(card.endUs, word.endUs, card.startUs + SHORTEST_US);
  }
  return cards;
}

function cutWord(word: Word, columns: number): Word[] {
  const characters = charactersOf(word.text.trim());
  if (characters.length <= columns) return [word];
  const lead = /^\s/.test(word.text) ? ' ' : '';
  const usPerCharacter = (word.endUs - word.startUs) / characters.length;
  return Array.from({ length: Math.ceil(characters.length / columns) }, (_, index) => {
    const from = index * columns;
    const part = characters.slice(from, from + columns);
    return {
      text: (index === 0 ? lead : '') + part.join(''),
      startUs: Math.round(word.startUs + from * usPerCharacter),
      endUs: Math.round(word.startUs + (from + part.length) * usPerCharacter),
    };
  });
}
