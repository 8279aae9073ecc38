import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { accentsOf, brandStyles, contrast, readableOn } from '../../../publisher/site/brand.ts';
import { GROUNDS } from '../../../templates/pages/palette.ts';

test.each([
  ['#000000', '#ffffff', 21],
  ['#ffffff', '#ffffff', 1],
  // Known pairs, as WCAG's own checkers have them.
  ['#777777', '#ffffff', 4.48],
  ['#ff0000', '#ffffff', 4],
  ['#0000ff', '#ffffff', 8.59],
])('the contrast of %s on %s is %d', (one, other, ratio) => {
  expect(contrast(one, other)).toBeCloseTo(ratio, 2);
  expect(contrast(other, one)).toBeCloseTo(ratio, 2);
});

/** Every corner and edge of the colour cube, and what lies between. */
const STEPS = ['00', '33', '66', '99', 'cc', 'ff'];
const COLOURS = STEPS.flatMap((r) => STEPS.flatMap((g) => STEPS.map((b) => `#${r}${g}${b}`)));

describe('any colour a show may have', () => {
  test('can be read on both grounds of both themes, and so can what stands on it', () => {
    for (const colour of COLOURS) {
      const accents = accentsOf(colour)!;
      for (const theme of ['light', 'dark'] as const) {
        const { colour: accent, on } = accents[theme];
        for (const ground of [GROUNDS[theme].paper, GROUNDS[theme].raised])
          expect([colour, theme, contrast(accent, ground) >= 4.5]).toEqual([colour, theme, true]);
        expect([colour, theme, contrast(on, accent) >= 4.5]).toEqual([colour, theme, true]);
      }
    }
  });

  test('stays as it is where it can be read already, and keeps its hue where it cannot', () => {
    expect(readableOn('#9a2c20', ['#f7f4ee'])).toBe('#9a2c20');
    const [r, g, b] = [1, 3, 5].map((at) =>
      Number.parseInt(readableOn('#00ff00', ['#f7f4ee']).slice(at, at + 2), 16),
    ) as [number, number, number];
    expect(g).toBeGreaterThan(r * 2);
    expect(g).toBeGreaterThan(b * 2);
  });
});

test.each(['red', '#fff', '#12345g', '', '#123456;}body{display:none', undefined])(
  '%j is no colour, and nothing of it reaches a style sheet',
  (accent) => {
    expect(brandStyles(accent)).toBeUndefined();
  },
);

test('the grounds are those of the style sheet', async () => {
  const css = await readFile(new URL('../../../templates/pages/styles.css', import.meta.url), 'utf8');
  const { light, dark } = GROUNDS;
  for (const name of ['paper', 'raised', 'ink'] as const)
    expect(css).toContain(`--${name}: light-dark(${light[name]}, ${dark[name]});`);
});
