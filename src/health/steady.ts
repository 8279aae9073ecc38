/**
 * Troubles that last, out of looks that come one after another: what was seen once may be a restart, and what was not seen once
 * need not be over. Whoever is told of the rest is told once.
 */
import type { CurrentTrouble } from '../catalog/index.ts';

const LOOKS = 2;

/**
 * Answers how to take in a look; each answer is what lasts by then.
 *
 * @param lasting - what was said to last by whoever looked before
 */
export function createSteady(
  lasting: readonly CurrentTrouble[] = [],
): (seen: readonly CurrentTrouble[]) => CurrentTrouble[] {
  const known = new Map<string, { said: string; seen: number; missed: number }>(
    lasting.map(({ name, said }) => [name, { said, seen: LOOKS, missed: 0 }]),
  );
  return (seen) => {
    const now = new Map(seen.map(({ name, said }) => [name, said]));
    for (const [name, trouble] of known) {
      if (now.has(name)) continue;
      trouble.missed += 1;
      if (trouble.seen < LOOKS || trouble.missed >= LOOKS) known.delete(name);
    }
    for (const [name, said] of now) {
      const before = known.get(name);
      known.set(name, { said, seen: (before?.seen ?? 0) + 1, missed: 0 });
    }
    return [...known].flatMap(([name, { said, seen: times }]) => (times >= LOOKS ? [{ name, said }] : []));
  };
}
