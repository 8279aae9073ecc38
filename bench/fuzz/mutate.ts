/** Bytes and JSON values that nobody would send. Pure: everything comes out of the random source. */
import type { Random } from '../../src/simulator/voice/faults.ts';

export const whole = (random: Random, below: number): number => Math.floor(random() * below);
export const pick = <T>(random: Random, from: readonly T[]): T => from[whole(random, from.length)]!;

export function noise(random: Random, bytes: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: bytes }, () => whole(random, 256)));
}

/** A copy of which some part is no longer what it was. */
export function mutated(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  switch (whole(random, 6)) {
    case 0: {
      for (let flips = 1 + whole(random, 8); flips > 0 && copy.length > 0; flips--)
        copy[whole(random, copy.length)]! ^= 1 << whole(random, 8);
      return copy;
    }
    case 1:
      return copy.subarray(0, whole(random, copy.length));
    case 2:
      return Buffer.concat([copy, noise(random, 1 + whole(random, 400))]);
    case 3: {
      const from = whole(random, copy.length);
      return Buffer.concat([copy.subarray(0, from), copy.subarray(from + whole(random, 20))]);
    }
    case 4: {
      const at = whole(random, copy.length);
      noise(random, Math.min(copy.length - at, 1 + whole(random, 30))).copy(copy, at);
      return copy;
    }
    default:
      return noise(random, pick(random, [0, 1, 7, 8, 12, 31, 32, 74, 200, 1_500]));
  }
}

const JUNK = [
  ...[null, true, false, 0, -1, 1, 0.5, 255, 65_535, 65_536, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 31), 1e308],
  ...[
    '',
    '0',
    'null',
    'a',
    '\u0000',
    '💥',
    '9'.repeat(400),
    '__proto__',
    [],
    {},
    [null],
    [[]],
    { length: -1 },
  ],
] as const;

/** Any JSON value; seldom a huge one. */
export function junk(random: Random): unknown {
  if (random() < 0.002) return 'x'.repeat(200_000);
  if (random() < 0.002) return Array.from({ length: 20_000 }, (_, index) => index);
  if (random() < 0.002) return JSON.parse(`${'['.repeat(2_000)}${']'.repeat(2_000)}`) as unknown;
  return pick(random, JUNK);
}

/** A copy in which a field is missing, added, or of another type, at any depth. */
export function mutatedJson(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random() < 0.2) return junk(random);
  if (Array.isArray(value)) {
    const copy: unknown[] = [...(value as unknown[])];
    copy[whole(random, copy.length + 1)] = junk(random);
    return copy;
  }
  const entries: [string, unknown][] = Object.entries(value);
  const at = whole(random, entries.length + 1);
  if (at === entries.length) return { ...value, [pick(random, ['op', 'd', 'seq', 'x'])]: junk(random) };
  const [name, before] = entries[at]!;
  if (random() < 0.25) return Object.fromEntries(entries.filter((entry) => entry[0] !== name));
  return { ...value, [name]: mutatedJson(before, random) };
}
