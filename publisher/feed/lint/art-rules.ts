/** Pictures, as PSP-1 and Apple want them. */
import type { ArtFacts } from './art.ts';
import type { Rule } from './finding.ts';
import { APPLE_ART, PRX, PSP_1 } from './sources.ts';

const LEAST_PIXELS = 1400;
const MOST_PIXELS = 3000;
/** What the most careful directories still take. */
const MANY_BYTES = 512 * 1024;

const EXTENSIONS: Partial<Record<ArtFacts['format'], string[]>> = { jpeg: ['jpg', 'jpeg'], png: ['png'] };
const NAMES = { jpeg: 'JPEG', png: 'PNG', gif: 'GIF', webp: 'WebP', unknown: 'file of no known kind' };

const isPicture = ({ format, widthPixels }: ArtFacts) => format in EXTENSIONS && widthPixels > 0;

export const ART_RULES: Rule<ArtFacts>[] = [
  {
    ...{ id: 'art-type', severity: 'blocks', source: PSP_1 },
    check: (art) =>
      isPicture(art)
        ? undefined
        : {
            what:
              art.format in EXTENSIONS
                ? `The art begins as a ${NAMES[art.format]} and is broken.`
                : `The art is a ${NAMES[art.format]}.`,
            remedy: 'Upload a JPEG or PNG.',
          },
  },
  {
    ...{ id: 'art-extension', severity: 'blocks', source: PSP_1 },
    check: ({ format, extension }) =>
      EXTENSIONS[format]?.includes(extension) === false
        ? {
            what: `The art is a ${NAMES[format]}, and its address ends in ".${extension}".`,
            remedy: `Name it .${EXTENSIONS[format][0]}: apps go by the name.`,
          }
        : undefined,
  },
  {
    ...{ id: 'art-square', severity: 'blocks', source: APPLE_ART },
    check: (art) =>
      isPicture(art) && art.widthPixels !== art.heightPixels
        ? { what: `The art is ${sizeOf(art)}: not square.`, remedy: 'Crop it to a square.' }
        : undefined,
  },
  {
    ...{ id: 'art-size', severity: 'blocks', source: PSP_1 },
    check(art) {
      if (!isPicture(art)) return undefined;
      const [least, most] = [
        Math.min(art.widthPixels, art.heightPixels),
        Math.max(art.widthPixels, art.heightPixels),
      ];
      const remedy = `Make it ${LEAST_PIXELS} to ${MOST_PIXELS} pixels wide and high; ${MOST_PIXELS} is best.`;
      if (least < LEAST_PIXELS) return { what: `The art is ${sizeOf(art)}: too small.`, remedy };
      if (most > MOST_PIXELS) return { what: `The art is ${sizeOf(art)}: too large.`, remedy };
      return undefined;
    },
  },
  {
    ...{ id: 'art-cmyk', severity: 'blocks', source: PSP_1 },
    check: ({ pixelFormat }) =>
      pixelFormat === 'cmyk'
        ? { what: 'The art has the four colours of print (CMYK).', remedy: 'Save it as RGB.' }
        : undefined,
  },
  {
    ...{ id: 'art-grey', severity: 'warns', source: PSP_1 },
    check: ({ pixelFormat }) =>
      pixelFormat === 'grey' || pixelFormat === 'grey-alpha'
        ? { what: 'The art is saved as grey.', remedy: 'Save it as RGB; it may look as it does.' }
        : undefined,
  },
  {
    ...{ id: 'art-alpha', severity: 'warns', source: APPLE_ART },
    check: ({ pixelFormat }) =>
      pixelFormat === 'rgba' || pixelFormat === 'grey-alpha'
        ? {
            what: 'The art has an alpha channel: apps put any colour behind what is transparent.',
            remedy: 'Save it without transparency.',
          }
        : undefined,
  },
  {
    ...{ id: 'art-bytes', severity: 'warns', source: PRX },
    check: ({ bytes }) =>
      bytes > MANY_BYTES
        ? {
            what: `The art has ${Math.ceil(bytes / 1024)} KiB; some directories take no more than 512.`,
            remedy: 'Save it as a JPEG of lower quality.',
          }
        : undefined,
  },
];

const sizeOf = ({ widthPixels, heightPixels }: ArtFacts) => `${widthPixels} by ${heightPixels} pixels`;
