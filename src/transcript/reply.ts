/**
 * What endpoints answer, in one form. Accepted: OpenAI's verbose_json, with words beside the segments; whisper.cpp's, with
 * words inside them; `{text}` alone, as models answer that know no times. Pure.
 */
import { z } from 'zod';
import { plainLine } from './plain-text.ts';

/** Some servers write numbers as text. */
const seconds = z.union([z.number(), z.string().trim().min(1).transform(Number)]).pipe(z.number());
const text = z.string().transform(plainLine);
const word = z.object({ word: text, start: seconds, end: seconds });
/** Some leave the times of some words out, such as those of numerals: the others serve all the same. */
const words = z
  .array(word.nullable().catch(null))
  .transform((all) => all.filter((each) => each !== null))
  .nullish();
const rawReply = z.object({
  text: text.nullish(),
  language: z.string().nullish(),
  segments: z
    .array(
      z.object({
        start: seconds,
        end: seconds,
        text,
        no_speech_prob: z.number().nullish(),
        avg_logprob: z.number().nullish(),
        words,
      }),
    )
    .nullish(),
  words,
});

const interval = { startUs: z.number(), endUs: z.number(), text: z.string() };
/** The form in which replies are kept. Times are within the chunk. */
export const reply = z.object({
  /** False: there is one segment, and its times are not of the endpoint. */
  timed: z.boolean(),
  language: z.string().optional(),
  segments: z.array(
    z.object({ ...interval, noSpeech: z.boolean(), words: z.array(z.object(interval)).readonly() }),
  ),
});
export type Reply = z.infer<typeof reply>;
export type Segment = Reply['segments'][number];

/** The answer is of no known shape. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError';
}

/** `body` is what came with status 200 for a chunk of `durationUs`. Throws ReplyError. */
export function parseReply(body: string, durationUs: number): Reply {
  const raw = read(body);
  if (!raw.segments && typeof raw.text !== 'string') throw new ReplyError('it has neither text nor segments');
  if (isTooMuch(raw, durationUs / 1e6))
    throw new ReplyError('it holds more than anybody can say in that time');
  const language = raw.language?.trim().toLowerCase() || undefined;
  const timedSegments = (raw.segments ?? []).map((segment) => ({
    ...intervalOf(segment, durationUs),
    text: segment.text,
    noSpeech: isNoSpeech(segment.no_speech_prob, segment.avg_logprob),
    words: wordsOf(segment.words, durationUs),
  }));
  const words = wordsOf(raw.words, durationUs);
  const text = raw.text || plainLine(timedSegments.map((segment) => segment.text).join(' '));
  const untimed = { startUs: 0, endUs: durationUs, text, noSpeech: false, words: [] };
  if (text !== '' && !hasItsTimes(raw, durationUs)) return { timed: false, language, segments: [untimed] };
  if (timedSegments.length > 0)
    return { timed: true, language, segments: withWords(timedSegments, words).filter(hasText) };
  if (words.length > 0) {
    const bounds = { startUs: words[0]!.startUs, endUs: words.at(-1)!.endUs };
    const spoken = text || words.map((each) => each.text).join(' ');
    return { timed: true, language, segments: [{ ...bounds, text: spoken, noSpeech: false, words }] };
  }
  // Segments that are there and empty are an answer too: nobody spoke.
  if (text === '') return { timed: true, language, segments: [] };
  return { timed: false, language, segments: [untimed] };
}

type RawReply = z.infer<typeof rawReply>;

/** Far beyond the fastest speaker and a model caught in a loop: what is more is not an answer to this chunk. */
function isTooMuch({ text, segments, words }: RawReply, seconds: number): boolean {
  const all = segments ?? [];
  const letters = Math.max(
    text?.length ?? 0,
    all.reduce((sum, segment) => sum + segment.text.length, 0),
  );
  const wordCount = all.reduce((sum, segment) => sum + (segment.words?.length ?? 0), words?.length ?? 0);
  return letters > 1000 + 200 * seconds || wordCount > 100 + 40 * seconds || all.length > 50 + 10 * seconds;
}

/** Whisper fills its last window up to 30 s and may make up words there (openai/whisper, whisper/audio.py: CHUNK_LENGTH). */
const PADDING_US = 30_000_000;

/** False for times in another unit or on another clock, and for none: placing words by them would lose words. */
function hasItsTimes({ segments, words }: RawReply, durationUs: number): boolean {
  const times = segments?.length ? segments : (words ?? []);
  if (times.some(({ start }) => start * 1e6 > durationUs + PADDING_US)) return false;
  return times.some(({ start, end }) => end > start && start * 1e6 < durationUs);
}

function read(body: string): RawReply {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (cause) {
    throw new ReplyError('it is no JSON', { cause });
  }
  const parsed = rawReply.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ReplyError(`${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'of no known shape'}`, {
    cause: parsed.error,
  });
}

const hasText = ({ text }: { text: string }) => text !== '';

/** In microseconds, within the chunk and in order, whatever came. */
function intervalOf({ start, end }: { start: number; end: number }, durationUs: number) {
  const within = (value: number) => Math.min(durationUs, Math.max(0, Math.round(value * 1e6)));
  return { startUs: within(start), endUs: Math.max(within(start), within(end)) };
}

const wordsOf = (words: readonly z.infer<typeof word>[] | null | undefined, durationUs: number) =>
  (words ?? [])
    .map((each) => ({ ...intervalOf(each, durationUs), text: each.word }))
    .filter(hasText)
    .sort((a, b) => a.startUs - b.startUs);

/** Whisper's own rule (openai/whisper, whisper/transcribe.py: no_speech_threshold 0.6, logprob_threshold -1.0). */
const isNoSpeech = (noSpeech: number | null | undefined, logProbability: number | null | undefined) =>
  (noSpeech ?? 0) > 0.6 && (logProbability ?? -Infinity) < -1;

/** Gives each segment without words of its own those whose middle lies in it. */
const withWords = (segments: Segment[], words: Segment['words']): Segment[] =>
  segments.map((segment) =>
    segment.words.length > 0
      ? segment
      : {
          ...segment,
          words: words.filter(({ startUs, endUs }) => {
            const middle = (startUs + endUs) / 2;
            return middle >= segment.startUs && middle < segment.endUs;
          }),
        },
  );
