/** The file of an episode or of a live item, as Apple and PSP-1 want it. */
import type { Enclosure } from '../model.ts';
import { extensionOf, webAddress } from './addresses.ts';
import type { Rule } from './finding.ts';
import { APPLE_REQUIREMENTS, PSP_1 } from './sources.ts';

/** PSP-1's types and endings, with the older names that the same files have. */
const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  'audio/mpeg': ['mp3'],
  'audio/m4a': ['m4a'],
  'audio/x-m4a': ['m4a'],
  'audio/mp4': ['m4a', 'mp4'],
  'video/mp4': ['mp4', 'm4v'],
  'video/m4v': ['m4v'],
  'video/x-m4v': ['m4v'],
  'video/quicktime': ['mov'],
};

export const ENCLOSURE_RULES: Rule<Enclosure>[] = [
  {
    ...{ id: 'enclosure-address', severity: 'blocks', source: PSP_1 },
    check: ({ url }) =>
      webAddress(url) === undefined
        ? { what: `"${url}" is no web address.`, remedy: 'Publish the audio anew.' }
        : undefined,
  },
  {
    ...{ id: 'enclosure-https', severity: 'warns', source: PSP_1 },
    check: ({ url }, { baseUrl }) =>
      webAddress(baseUrl)?.protocol === 'https:' && webAddress(url)?.protocol === 'http:'
        ? { what: 'The audio is not served by https.', remedy: 'Set an https address for the media store.' }
        : undefined,
  },
  {
    ...{ id: 'enclosure-ascii', severity: 'warns', source: APPLE_REQUIREMENTS },
    check: ({ url }) =>
      /[^\x21-\x7e\uFFFF]/.test(url)
        ? { what: 'The address of the audio is not all ASCII.', remedy: 'Encode it, or name the file anew.' }
        : undefined,
  },
  {
    ...{ id: 'enclosure-length', severity: 'blocks', source: PSP_1 },
    check: ({ bytes }) =>
      Number.isSafeInteger(bytes) && bytes > 0
        ? undefined
        : { what: `The audio has a length of ${bytes} bytes.`, remedy: 'Master the episode again.' },
  },
  {
    ...{ id: 'enclosure-type', severity: 'blocks', source: PSP_1 },
    check: ({ mimeType }) =>
      Object.hasOwn(ENDINGS, mimeType)
        ? undefined
        : {
            what: `Apps do not play "${mimeType}" as the main file.`,
            remedy: 'Make an MP3 or M4A the main file; this one may stand among the alternates.',
          },
  },
  {
    ...{ id: 'enclosure-extension', severity: 'blocks', source: PSP_1 },
    check({ url, mimeType }) {
      const address = webAddress(url);
      const endings = Object.hasOwn(ENDINGS, mimeType) ? ENDINGS[mimeType] : undefined;
      if (address === undefined || endings === undefined || endings.includes(extensionOf(address)))
        return undefined;
      return {
        what: `The file is ${mimeType}, and its address does not end in .${endings.join(' or .')}.`,
        remedy: 'Name it by what it is: apps go by the name.',
      };
    },
  },
];
