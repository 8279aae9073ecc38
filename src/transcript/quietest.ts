/** The quietest moment of a signal: where speech that knows no pause may be cut. Pure. */

/** Long enough to lie between two words, short enough to find such a place in a noisy room. */
const SPAN_MS = 300;

/** Index of the sample in the middle of the quietest 0.3 s of `samples` between `from` and `to`. */
export function quietestSample(samples: Int16Array, rateHz: number, from = 0, to = samples.length): number {
  const span = Math.min(Math.round((SPAN_MS * rateHz) / 1000), to - from);
  const square = (index: number) => samples[index]! ** 2;
  let sum = 0;
  for (let index = from; index < from + span; index += 1) sum += square(index);
  let [least, at] = [sum, from];
  for (let start = from + 1; start + span <= to; start += 1) {
    // Whole numbers below 2^53: nothing is lost on the way.
    sum += square(start + span - 1) - square(start - 1);
    if (sum < least) [least, at] = [sum, start];
  }
  return at + Math.floor(span / 2);
}
