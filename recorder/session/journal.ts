/** journal.jsonl: what happened in a session, one JSON object a line, each with `atUs` on the session clock. */
import { z } from 'zod';

export const JOURNAL_VERSION = 1;

const at = { atUs: z.number() };
const reason = z.enum([
  'loss',
  'undecryptable',
  'unmapped',
  'deaf',
  'reconnect',
  'crash',
  'disk',
  'paused',
  'consent',
  'elsewhere',
]);

const sealReason = z.enum([
  'stop',
  'shutdown',
  'disconnected',
  'removed',
  'channel-gone',
  'server-gone',
  'recovered',
  'disk-full',
  'empty',
  'silence',
  'max-length',
  'untold',
]);

/** The entries that readers understand; others (consent, reconnect, warning, ...) are kept for people and later code. */
const journalEntry = z.discriminatedUnion('type', [
  z.object({
    ...at,
    type: z.literal('header'),
    version: z.literal(JOURNAL_VERSION),
    sessionId: z.string(),
    guildId: z.string(),
    channelId: z.string(),
    title: z.string(),
    startedAtMs: z.number(),
    startedByUserId: z.string(),
  }),
  /** A person joined, or is called otherwise from now on: the last entry of a person counts. */
  z.object({
    ...at,
    type: z.literal('speaker'),
    userId: z.string(),
    displayName: z.string(),
    bot: z.boolean(),
  }),
  /** A track was begun, with the first packet of its speaker. */
  z.object({ ...at, type: z.literal('track'), track: z.number().int(), userId: z.string() }),
  z.object({ ...at, type: z.literal('ssrc'), track: z.number().int(), ssrc: z.number().int() }),
  /** Track 0 is every track; `packets` is how many are known to be missing. */
  z.object({
    ...at,
    type: z.literal('gap'),
    track: z.number().int(),
    startUs: z.number(),
    endUs: z.number(),
    reason,
    packets: z.number().int(),
  }),
  /** A moderator moved the bot: from here on the recording is of another channel. */
  z.object({ ...at, type: z.literal('moved'), channelId: z.string() }),
  /** Now and then: what the time of day was, so that a session can go on after a crash, whatever became of our clock. */
  z.object({ ...at, type: z.literal('time-of-day'), nowMs: z.number() }),
  /** People were told of the recording, by a message in a channel's chat. */
  z.object({
    ...at,
    type: z.literal('told'),
    channelId: z.string(),
    messageId: z.string(),
    atMs: z.number(),
    userIds: z.array(z.string()),
    /** Besides the notice that stands for the channel as a whole. */
    passing: z.boolean().optional(),
  }),
  /** From here on nothing of this person is kept; then, from here on it is again. */
  z.object({ ...at, type: z.enum(['refused', 'allowed']), userId: z.string() }),
  /** All that one person said was destroyed afterwards: these tracks are no more. */
  z.object({ ...at, type: z.literal('erased'), tracks: z.array(z.number().int()) }),
  /** A sound that Discord's clients played by themselves (the soundboard, a reaction): in nobody's track. */
  z.object({ ...at, type: z.literal('sound-effect'), userId: z.string(), name: z.string() }),
  z.object({ ...at, type: z.literal('marker'), name: z.string(), byUserId: z.string() }),
  /** The session is about to be ended: whatever happens from here on, it does not go on. */
  z.object({ ...at, type: z.literal('stopping'), reason: sealReason }),
  z.object({ ...at, type: z.literal('sealed'), reason: sealReason, durationUs: z.number() }),
]);
export type JournalEntry = z.infer<typeof journalEntry>;

export function encodeJournalLine(entry: { type: string; atUs: number; [field: string]: unknown }): Buffer {
  return Buffer.from(`${JSON.stringify(entry)}\n`);
}

/** Bytes of whole lines: a line that a crash cut short has no line feed yet. */
export function wholeJournalBytes(bytes: Buffer): number {
  return bytes.lastIndexOf(0x0a) + 1;
}

/** The entries that can be understood, in order. A torn or damaged line is passed over; the lines beside it stand. */
export function decodeJournal(bytes: Buffer): { entries: JournalEntry[]; lastAtUs: number } {
  const entries: JournalEntry[] = [];
  let lastAtUs = 0;
  for (const line of bytes.toString('utf8', 0, wholeJournalBytes(bytes)).split('\n')) {
    const value = parseLine(line);
    const moment = z.object(at).safeParse(value);
    if (moment.success) lastAtUs = Math.max(lastAtUs, moment.data.atUs);
    const entry = journalEntry.safeParse(value);
    if (entry.success) entries.push(entry.data);
  }
  return { entries, lastAtUs };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
