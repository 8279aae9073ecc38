/**
 * What endpoints answer, in one form. Accepted: OpenAI's verbose_json, with words beside the segments; whisper.cpp's, with
 * words inside them; `{text}` alone, as models answer that know no times. Pure.
 */
import { z } from 'zod';

/** Some servers write numbers as text. */
const seconds = z.union([z.number(), z.string().trim().min(1).transform(Number)]).pipe(z.number());
const word = z.object({ word: z.string(), start: seconds, end: seconds });
const rawReply = z.object({
  text: z.string().nullish(),
  language: z.string().nullish(),
  segments: z
    .array(
      z.object({
        start: seconds,
        end: seconds,
        text: z.string(),
        no_speech_prob: z.number().nullish(),
        avg_logprob: z.number().nullish(),
        words: z.array(word).nullish(),
      }),
    )
    .nullish(),
  words: z.array(word).nullish(),
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
  const whole = { startUs: 0, endUs: durationUs };
  const language = raw.language?.trim().toLowerCase() || undefined;
  const timedSegments = (raw.segments ?? []).map((segment) => ({
    ...intervalOf(segment, durationUs),
    text: segment.text.trim(),
    noSpeech: isNoSpeech(segment.no_speech_prob, segment.avg_logprob),
    words: wordsOf(segment.words, durationUs),
  }));
  const words = wordsOf(raw.words, durationUs);
  const text = raw.text?.trim() ?? '';
  if (timedSegments.length > 0)
    return { timed: true, language, segments: withWords(timedSegments, words).filter(hasText) };
  if (words.length > 0) {
    const bounds = { startUs: words[0]!.startUs, endUs: words.at(-1)!.endUs };
    const spoken = text || words.map((each) => each.text).join(' ');
    return { timed: true, language, segments: [{ ...bounds, text: spoken, noSpeech: false, words }] };
  }
  // Segments that are there and empty are an answer too: nobody spoke.
  if (text === '') return { timed: true, language, segments: [] };
  return { timed: false, language, segments: [{ ...whole, text, noSpeech: false, words: [] }] };
}

function read(body: string): z.infer<typeof rawReply> {
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
    .map((each) => ({ ...intervalOf(each, durationUs), text: each.word.trim() }))
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
