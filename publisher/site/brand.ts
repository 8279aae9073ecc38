/** A show's own colour, fitted to both themes so that text in it and on it can be read. */
import { GROUNDS } from '../../templates/pages/palette.ts';

/** WCAG 2.2, success criterion 1.4.3: normal text. */
const READABLE = 4.5;

type Rgb = [number, number, number];

function rgbOf(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

const hexOf = (rgb: Rgb) => `#${rgb.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
const toLinear = (part: number) => {
  const value = part / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
};
const fromLinear = (value: number) => {
  const part = value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
  return Math.round(Math.min(1, Math.max(0, part)) * 255);
};

/** WCAG 2.2, "relative luminance". */
function luminance(hex: string): number {
  const [r, g, b] = rgbOf(hex).map(toLinear) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2.2, "contrast ratio": 1 to 21. */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Lightness, and the two axes of colour, of Oklab (CSS Color 4, section 10.9): hue stays while lightness moves. */
function toOklab(hex: string): Rgb {
  const [r, g, b] = rgbOf(hex).map(toLinear) as Rgb;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([lightness, a, b]: Rgb): string {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return hexOf([
    fromLinear(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    fromLinear(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    fromLinear(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ]);
}

/** The colour itself where it can be read on all grounds, else the nearest lighter or darker one that can. */
export function readableOn(accent: string, grounds: readonly string[]): string {
  const darker = grounds.every((ground) => luminance(ground) > 0.18);
  let [lightness, a, b] = toOklab(accent);
  let colour = accent;
  while (grounds.some((ground) => contrast(colour, ground) < READABLE)) {
    lightness += darker ? -0.01 : 0.01;
    if (lightness <= 0 || lightness >= 1) return darker ? '#000000' : '#ffffff';
    // What is very light or dark holds little colour: beyond that, channels would clip and the hue turn.
    [a, b] = [a * 0.985, b * 0.985];
    colour = fromOklab([lightness, a, b]);
  }
  return colour;
}

const onAccent = (accent: string) =>
  contrast(accent, '#ffffff') >= contrast(accent, GROUNDS.dark.paper) ? '#ffffff' : GROUNDS.dark.paper;

/** Undefined for what is no colour as `#rrggbb`. */
export function accentsOf(accent: string | undefined) {
  if (accent === undefined || !/^#[0-9a-f]{6}$/i.test(accent)) return undefined;
  const theme = ({ paper, raised }: { paper: string; raised: string }) => {
    const colour = readableOn(accent.toLowerCase(), [paper, raised]);
    return { colour, on: onAccent(colour) };
  };
  return { light: theme(GROUNDS.light), dark: theme(GROUNDS.dark) };
}

/** A style sheet that overrules the accents of styles.css; undefined for a show without a colour of its own. */
export function brandStyles(accent: string | undefined): string | undefined {
  const accents = accentsOf(accent);
  if (accents === undefined) return undefined;
  const { light, dark } = accents;
  return (
    `:root{--accent:light-dark(${light.colour},${dark.colour});` +
    `--accent-soft:light-dark(${light.colour}33,${dark.colour}55);` +
    `--on-accent:light-dark(${light.on},${dark.on})}\n`
  );
}
