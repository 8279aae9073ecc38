/** The words of a segment with times, as its text writes them: endpoints leave out punctuation in their own list. Pure. */
import type { Word } from './model.ts';
import type { Segment } from './reply.ts';

/** What a time is spread by: letters and digits, since lists of words come without the rest. */
const weightOf = (text: string) => Math.max(1, text.replaceAll(/[^\p{L}\p{N}]/gu, '').length);

/**
 * Times come from the endpoint's words where it gave some, otherwise evenly over the segment. Text and list need not
 * agree in their words: both are laid over each other by their letters.
 */
export function timedWords({ startUs, endUs, text, words }: Segment): Word[] {
  const tokens = text.match(/\s*\S+/g) ?? [];
  const anchors = words.length > 0 ? words : [{ startUs, endUs, text }];
  if (words.length === tokens.length)
    return tokens.map((token, index) => {
      const { startUs: from, endUs: to } = words[index]!;
      return { text: token, startUs: from, endUs: to };
    });
  const timeAt = clockOf(anchors);
  const all = tokens.reduce((sum, token) => sum + weightOf(token), 0);
  let before = 0;
  return tokens.map((token) => {
    const [from, to] = [before / all, (before + weightOf(token)) / all];
    before += weightOf(token);
    return { text: token, startUs: timeAt(from, 'start'), endUs: timeAt(to, 'end') };
  });
}

/** The moment at which a share of the letters has been said, for shares that do not fall; on the border of two words, the start or end asked for. */
function clockOf(anchors: readonly Word[]): (share: number, side: 'start' | 'end') => number {
  const all = anchors.reduce((sum, { text }) => sum + weightOf(text), 0);
  let [index, before] = [0, 0];
  return (share, side) => {
    const wanted = share * all;
    for (; ; index += 1) {
      const { text, startUs, endUs } = anchors[index]!;
      const weight = weightOf(text);
      const inside = wanted - before;
      const isHere = side === 'start' ? inside < weight - 1e-6 : inside <= weight + 1e-6;
      if (isHere || index === anchors.length - 1)
        return Math.round(startUs + (endUs - startUs) * Math.min(1, Math.max(0, inside / weight)));
      before += weight;
    }
  };
}
