/** Numbers as a line of bars, for a monospaced line of a message. Pure. */

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const NOTHING = '·';

/** At most `most` bars: of more numbers neighbours are added up, from the end, so that the last bar is whole. */
export function sparkline(numbers: readonly number[], most: number): string {
  const perBar = Math.max(1, Math.ceil(numbers.length / most));
  const sums: number[] = [];
  for (let end = numbers.length; end > 0; end -= perBar)
    sums.unshift(numbers.slice(Math.max(0, end - perBar), end).reduce((sum, each) => sum + each, 0));
  const highest = Math.max(...sums, 0);
  return sums
    .map((sum) => (sum === 0 ? NOTHING : BARS[Math.ceil((sum / highest) * BARS.length) - 1]))
    .join('');
}
