/** An episode's transcript as its page shows it: what each speaker said, in paragraphs, each sentence with its place. */
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { EpisodeWithRenditions } from '../../src/catalog/index.ts';
import type { TranscriptTurn } from '../../templates/pages/views.ts';
import { clockTime } from '../feed/dates.ts';
import { cleanLine, clean } from '../feed/xml.ts';
import { typeByEnding } from '../media/key.ts';
import type { MediaStore } from '../media/store.ts';

export interface TranscriptFile {
  key: string;
  format: 'VTT' | 'SRT' | 'JSON';
  mimeType: string;
  isCaptions: boolean;
}

/** WebVTT first: Apple takes it, and so do browsers. Empty while there is none. */
export function transcriptFilesOf({
  transcript,
}: Pick<EpisodeWithRenditions, 'transcript'>): TranscriptFile[] {
  const { vtt_key: vtt, srt_key: srt, json_key: json } = transcript ?? {};
  const file = (key: string | null | undefined, format: TranscriptFile['format'], isCaptions: boolean) =>
    key ? [{ key, format, mimeType: typeByEnding(key), isCaptions }] : [];
  return [...file(vtt, 'VTT', true), ...file(srt, 'SRT', true), ...file(json, 'JSON', false)];
}

/** Podcasting 2.0 (docs/examples/transcripts/transcripts.md), as far as a page needs it. */
const transcript = z.object({
  segments: z.array(z.object({ speaker: z.string(), startTime: z.number(), body: z.string() })),
});

/** Undefined when the episode has none, or the store holds none that can be read. */
export async function readTranscript(
  media: Pick<MediaStore, 'read'>,
  episode: Pick<EpisodeWithRenditions, 'transcript'>,
): Promise<TranscriptTurn[] | undefined> {
  const key = episode.transcript?.json_key;
  const found = key ? await media.read(key) : undefined;
  if (found === undefined) return undefined;
  try {
    return turnsOf(transcript.parse(JSON.parse(await text(found.body))).segments);
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Longer than this a paragraph is no longer read: the next sentence begins another, under the same name. */
const LONG_PARAGRAPH = 600;
/** Nobody says more in one breath. */
const MAX_SENTENCE = 2000;

type Segment = z.infer<typeof transcript>['segments'][number];

export function turnsOf(segments: readonly Segment[]): TranscriptTurn[] {
  const turns: TranscriptTurn[] = [];
  let length = 0;
  for (const { speaker, startTime, body } of segments) {
    const sentence = { text: clean(body.slice(0, MAX_SENTENCE)), startSeconds: startTime };
    const last = turns.at(-1);
    const name = cleanLine(speaker, 64);
    if (last !== undefined && last.speaker === name && length < LONG_PARAGRAPH) last.sentences.push(sentence);
    else {
      turns.push({
        speaker: name,
        goesOn: last?.speaker === name,
        startSeconds: Math.floor(startTime),
        startText: clockTime(startTime * 1e6),
        sentences: [sentence],
      });
      length = 0;
    }
    length += body.length;
  }
  return turns;
}
