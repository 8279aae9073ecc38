/** journal.jsonl: what happened in a session, one JSON object a line, each with `atUs` on the session clock. */
import { setImmediate as nextTurn } from 'node:timers/promises';
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

/** Lines that are read in one turn of the event loop: a session may have had a hole in each second of ten speakers. */
const LINES_A_TURN = 256;

/**
 * The entries that can be understood, in order. A torn or damaged line is passed over; the lines beside it stand. Other
 * sessions are recorded meanwhile, so the event loop gets its turn now and then.
 */
export async function decodeJournal(bytes: Buffer): Promise<{ entries: JournalEntry[]; lastAtUs: number }> {
  const entries: JournalEntry[] = [];
  let lastAtUs = 0;
  for await (const lines of linesOf(bytes)) {
    for (const line of lines) {
      const value = parseLine(line);
      if (typeof value?.['atUs'] !== 'number') continue;
      lastAtUs = Math.max(lastAtUs, value['atUs']);
      const entry = entryOf(value);
      if (entry !== undefined) entries.push(entry);
    }
  }
  return { entries, lastAtUs };
}

/** The entries of some types alone; lines of others are not even parsed. */
export async function decodeJournalTypes<T extends JournalEntry['type']>(
  bytes: Buffer,
  types: readonly T[],
): Promise<Extract<JournalEntry, { type: T }>[]> {
  const marks = types.map((type) => `"type":"${type}"`);
  const found: Extract<JournalEntry, { type: T }>[] = [];
  for await (const lines of linesOf(bytes)) {
    for (const line of lines.filter((each) => marks.some((mark) => each.includes(mark)))) {
      const value = parseLine(line);
      const entry = value && entryOf(value);
      if (entry !== undefined && (types as readonly string[]).includes(entry.type))
        found.push(entry as Extract<JournalEntry, { type: T }>);
    }
  }
  return found;
}

async function* linesOf(bytes: Buffer): AsyncGenerator<string[]> {
  const wholeBytes = wholeJournalBytes(bytes);
  let lines: string[] = [];
  for (let at = 0; at < wholeBytes;) {
    const end = bytes.indexOf(0x0a, at);
    lines.push(bytes.toString('utf8', at, end));
    at = end + 1;
    if (lines.length < LINES_A_TURN) continue;
    yield lines;
    lines = [];
    await nextTurn();
  }
  yield lines;
}

function parseLine(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

type GapEntry = Extract<JournalEntry, { type: 'gap' }>;
const reasons: ReadonlySet<unknown> = new Set(reason.options);
const types: ReadonlySet<unknown> = new Set(
  journalEntry.options.flatMap(({ shape: { type } }) =>
    type instanceof z.ZodEnum ? type.options : [...type.values],
  ),
);

/** Nearly all lines of a bad network are gaps, which are looked at by hand: that is thirty times cheaper. */
function entryOf(value: Record<string, unknown>): JournalEntry | undefined {
  if (value['type'] === 'gap') return gapOf(value);
  return types.has(value['type']) ? journalEntry.safeParse(value).data : undefined;
}

function gapOf(value: Partial<GapEntry>): GapEntry | undefined {
  const { atUs, track, startUs, endUs, packets } = value;
  const isGap =
    Number.isFinite(atUs) &&
    Number.isFinite(startUs) &&
    Number.isFinite(endUs) &&
    Number.isSafeInteger(track) &&
    Number.isSafeInteger(packets) &&
    reasons.has(value.reason);
  if (!isGap) return undefined;
  return { atUs, type: 'gap', track, startUs, endUs, reason: value.reason, packets } as GapEntry;
}
