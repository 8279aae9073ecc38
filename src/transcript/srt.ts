/**
 * SubRip as the podcast namespace wants it (Podcastindex-org/podcast-namespace, docs/examples/transcripts/transcripts.md):
 * two lines of at most 32 characters, a new card with the name and a colon where the speaker changes.
 */
import { type Card, cardsOf, wrap } from './cards.ts';
import { captionTime } from './clock-text.ts';
import type { Cue } from './model.ts';

const SIZE = { columns: 32, rows: 2 };

export function renderSrt(cues: readonly Cue[]): string {
  const cards = cardsOf(cues, SIZE);
  const named = cards.flatMap((card, index) =>
    card.speaker === '' || card.speaker === cards[index - 1]?.speaker ? [card] : withName(card),
  );
  const blocks = named.map(
    ({ startUs, endUs, lines }, index) =>
      `${index + 1}\n${captionTime(startUs, ',')} --> ${captionTime(endUs, ',')}\n${lines.join('\n')}\n`,
  );
  return blocks.join('\n');
}

/** The name takes room, so one card may become two. */
function withName({ speaker, startUs, words }: Card): Card[] {
  const name = `${speaker}:`.split(' ').map((text) => ({ text: ` ${text}`, startUs, endUs: startUs }));
  const [first, ...rest] = words;
  if (first === undefined) return [];
  const spoken = [{ ...first, text: ` ${first.text.trim()}` }, ...rest];
  return wrap([...name, ...spoken], speaker, SIZE);
}
