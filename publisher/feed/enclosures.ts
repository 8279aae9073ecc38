/** The files of an episode: enclosure, alternateEnclosure, transcript, chapters. */
import { CHAPTERS_TYPE } from './chapters.ts';
import { address } from './member-token.ts';
import type { AlternateEnclosure, Enclosure, FeedTranscript, MainEnclosure } from './model.ts';
import { cleanLine, element, parent } from './xml.ts';

export const renderEnclosure = ({ url, bytes, mimeType }: Enclosure): string =>
  element('enclosure', undefined, { url: address(url), length: bytes, type: mimeType });

/** docs/tags/alternate-enclosure.md, source.md and integrity.md of the Podcasting 2.0 namespace. */
export function renderAlternate(alternate: AlternateEnclosure, isDefault = false): string {
  const { bitsPerSecond, sha256, title } = alternate;
  const sources = [alternate.url, ...(alternate.otherUrls ?? [])];
  return parent(
    'podcast:alternateEnclosure',
    [
      ...sources.map((url) => element('podcast:source', undefined, { uri: address(url) })),
      sha256 === undefined
        ? ''
        : element('podcast:integrity', undefined, { type: 'sri', value: sri(sha256) }),
    ],
    {
      ...{ type: alternate.mimeType, length: alternate.bytes },
      bitrate: bitsPerSecond === undefined ? undefined : Math.round(bitsPerSecond),
      height: alternate.heightPixels,
      lang: alternate.language,
      title: title === undefined ? undefined : cleanLine(title, 32),
      rel: alternate.rel === undefined ? undefined : cleanLine(alternate.rel, 32),
      codecs: alternate.codecs,
      default: isDefault ? 'true' : undefined,
    },
  );
}

/** The enclosure as an app finds it that looks at alternates only, with its hash; nothing where that is not known. */
export const renderDefaultAlternate = (enclosure: MainEnclosure): string =>
  enclosure.sha256 === undefined ? '' : renderAlternate(enclosure, true);

/** Subresource Integrity, section 3.2, has user agents know SHA-256, SHA-384 and SHA-512. */
const sri = (sha256: string) => `sha256-${Buffer.from(sha256, 'hex').toString('base64')}`;

/** Apple takes VTT and SRT; whoever takes the first is best served by VTT. */
const TRANSCRIPT_ORDER = ['text/vtt', 'application/x-subrip', 'application/srt', 'application/json'];
const placeOf = ({ mimeType }: FeedTranscript) => {
  const place = TRANSCRIPT_ORDER.indexOf(mimeType);
  return place === -1 ? TRANSCRIPT_ORDER.length : place;
};

export const renderTranscripts = (transcripts: readonly FeedTranscript[]): string[] =>
  transcripts
    .toSorted((a, b) => placeOf(a) - placeOf(b))
    .map(({ url, mimeType, language, isCaptions }) =>
      element('podcast:transcript', undefined, {
        ...{ url: address(url), type: mimeType, language },
        rel: isCaptions ? 'captions' : undefined,
      }),
    );

export const renderChaptersLink = (url: string): string =>
  element('podcast:chapters', undefined, { url: address(url), type: CHAPTERS_TYPE });
