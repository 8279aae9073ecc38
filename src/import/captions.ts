/** Transcripts of other hosts, read into cues, so that they are there in every form that is offered here. Pure. */
import { z } from 'zod';
import type { Cue } from '../transcript/index.ts';
import { parseJsonAs } from './values.ts';

export type CaptionForm = 'vtt' | 'srt' | 'json';

const FORMS: Readonly<Record<string, CaptionForm>> = {
  'text/vtt': 'vtt',
  'application/x-subrip': 'srt',
  'application/srt': 'srt',
  'text/srt': 'srt',
  'application/json': 'json',
};

/** By its type, or by its ending where the type says nothing; undefined for what has no times. */
export function captionFormOf({
  url,
  mimeType,
}: {
  url: string;
  mimeType: string | undefined;
}): CaptionForm | undefined {
  const byType = FORMS[mimeType ?? ''];
  if (byType !== undefined) return byType;
  const [, ending = ''] = /\.([a-z]+)$/i.exec(new URL(url).pathname) ?? [];
  const form = ending.toLowerCase();
  return form === 'vtt' || form === 'srt' || form === 'json' ? form : undefined;
}

/** A day of talk, one word a cue. */
const MOST_CUES = 200_000;

/** Empty for what is no transcript. */
export function readCaptions(form: CaptionForm, text: string): Cue[] {
  const cues = form === 'json' ? readJson(text) : readTimedText(text);
  return cues.slice(0, MOST_CUES).toSorted((a, b) => a.startUs - b.startUs);
}

const document = z.object({
  segments: z.array(
    z.object({
      speaker: z.string().optional(),
      startTime: z.number().nonnegative(),
      endTime: z.number().nonnegative().optional(),
      body: z.string(),
    }),
  ),
});

/** Podcasting 2.0, docs/examples/transcripts/transcripts.md. */
function readJson(text: string): Cue[] {
  const { segments = [] } = parseJsonAs(document, text) ?? {};
  let speaker = '';
  return segments.flatMap((segment) => {
    // Named where it changes.
    speaker = segment.speaker ?? speaker;
    const startUs = segment.startTime * 1e6;
    return cueOf({
      startUs,
      endUs: (segment.endTime ?? segment.startTime) * 1e6,
      speaker,
      text: segment.body,
    });
  });
}

const TIMES =
  /(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})\s+-->\s+(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})/;
const momentUs = (parts: readonly (string | undefined)[]) => {
  const [hours = '0', minutes = '0', seconds = '0', part = '0'] = parts;
  return (
    (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1e6 + Number(part.padEnd(3, '0')) * 1000
  );
};

/** WebVTT and SubRip: blocks with a line of times, and text below it. */
function readTimedText(text: string): Cue[] {
  let speaker = '';
  return text
    .replace(/\r\n?/g, '\n')
    .split(/\n[ \t]*\n/)
    .flatMap((block) => {
      const lines = block.split('\n');
      const at = lines.findIndex((line) => TIMES.test(line));
      if (at === -1) return [];
      const [, ...parts] = TIMES.exec(lines[at]!)!;
      const said = lines.slice(at + 1).join(' ');
      const [, voice] = /<v(?:\.[^\s>]*)?\s+([^>]+)>/.exec(said) ?? [];
      const [, name] = /^([\p{L}\p{N}][^:<>]{0,40}):\s+(?=\S)/u.exec(said) ?? [];
      speaker = voice ?? name ?? (/^<v/.test(said) ? '' : speaker);
      const words = name === undefined ? said : said.slice(name.length + 1);
      const plain = unescape(words.replace(/<[^>]*>/g, ''));
      return cueOf({
        ...{ startUs: momentUs(parts.slice(0, 4)), endUs: momentUs(parts.slice(4)) },
        ...{ speaker: unescape(speaker), text: plain },
      });
    });
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', nbsp: ' ', lrm: '', rlm: '' };
const unescape = (text: string) =>
  text.replace(/&(amp|lt|gt|nbsp|lrm|rlm);/g, (_, name: string) => ENTITIES[name]!);

/** The words share its time by their lengths. */
function cueOf({
  startUs,
  endUs,
  speaker,
  text,
}: {
  startUs: number;
  endUs: number;
  speaker: string;
  text: string;
}): Cue[] {
  const words = text
    .toWellFormed()
    .split(/\s+/)
    .filter((word) => word !== '');
  const characters = words.join(' ').length;
  if (characters === 0) return [];
  const lastUs = Math.max(endUs, startUs);
  let before = 0;
  return [
    {
      ...{ track: 0, speaker: speaker.trim().slice(0, 64), startUs, endUs: lastUs },
      words: words.map((word, index) => {
        const placeUs = (at: number) => Math.round(startUs + ((lastUs - startUs) * at) / characters);
        const placed = {
          text: index === 0 ? word : ` ${word}`,
          ...{ startUs: placeUs(before), endUs: placeUs(before + word.length) },
        };
        before += word.length + 1;
        return placed;
      }),
    },
  ];
}
