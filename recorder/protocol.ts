/**
 * The messages between the recorder (the root process) and the application it forks, as tagged unions. Both sides parse
 * what arrives, so that an application of another version is refused instead of half understood.
 */
import { z } from 'zod';

/** Raised by one whenever a message changes in a way that an older application would misread. */
export const PROTOCOL_VERSION = 2;

const snowflake = z.string().regex(/^\d{1,20}$/);
const sessionId = z.uuid();
const requestId = z.string().min(1).max(64);

/** A person as Discord's account of them; names are known only while the application lives, so they are journalled. */
const person = z.object({ userId: snowflake, displayName: z.string(), bot: z.boolean() });
export type Person = z.infer<typeof person>;

/** Where and when people were told that a recording runs: an entry of the session's consent ledger. */
const notice = z.object({ channelId: snowflake, messageId: snowflake, atMs: z.number() });
export type Notice = z.infer<typeof notice>;

const sessionRequest = z.object({
  sessionId,
  guildId: snowflake,
  channelId: snowflake,
  /** The bot's own user id: voice states of nobody else move the connection. */
  selfUserId: snowflake,
  title: z.string(),
  startedBy: person,
  notice,
  people: z.array(person),
  /** Who does not want to be recorded: nothing of them is decrypted. */
  refusedUserIds: z.array(snowflake).optional(),
});
export type SessionRequest = z.infer<typeof sessionRequest>;

/** Stages of one session, in order; `reconnecting` goes back to `recording`. */
const sessionState = z.enum(['joining', 'recording', 'reconnecting', 'sealing']);
export type SessionState = z.infer<typeof sessionState>;

/**
 * Whether what people say reaches the recorder: `deaf` nothing arrives though people speak, `undecryptable` nothing that
 * arrives can be decrypted, `server-deaf` a moderator deafened the bot.
 */
const sessionHealth = z.enum(['good', 'deaf', 'undecryptable', 'server-deaf']);
export type SessionHealth = z.infer<typeof sessionHealth>;

const speakerStatus = z.object({
  userId: snowflake,
  displayName: z.string(),
  packets: z.number().int(),
  lost: z.number().int(),
  /** Session clock of the last packet. */
  lastHeardUs: z.number(),
});

const sessionStatus = z.object({
  sessionId,
  guildId: snowflake,
  channelId: snowflake,
  title: z.string(),
  state: sessionState,
  health: sessionHealth.default('good'),
  startedAtMs: z.number(),
  elapsedUs: z.number(),
  speakers: z.array(speakerStatus),
  /** How long the disk lasts at the present rate; told when that is not long. */
  diskLeftMs: z.number().optional(),
  /** After a move, until `told` with `everyone`: nothing is kept. */
  untold: z.boolean().optional(),
  /** How many people were told that they are recorded, bots left out. */
  toldPeople: z.number().int().optional(),
  /** Of whom nothing is kept now, at their wish. */
  refusedUserIds: z.array(snowflake).optional(),
});
export type SessionStatus = z.infer<typeof sessionStatus>;

/** Why the application ends a session: somebody asked, it was forgotten, or people could not be told after a move. */
const stopReason = z.enum(['stop', 'empty', 'silence', 'max-length', 'untold']);
export type StopReason = z.infer<typeof stopReason>;

const sealedSession = z.object({
  sessionId,
  guildId: snowflake,
  channelId: snowflake,
  title: z.string(),
  startedAtMs: z.number(),
  durationUs: z.number(),
  speakers: z.number().int(),
  /** Tracks that were destroyed at their speakers' wish: what was made of the session before must be made again. */
  erasedTracks: z.number().int().optional(),
  /** Every channel that it was in, each once; left out when it was never moved. */
  channelIds: z.array(snowflake).optional(),
  /** Messages that said that it runs, besides the notice of each channel. */
  passingNotices: z.array(z.object({ channelId: snowflake, messageId: snowflake })).optional(),
  /**
   * Why it ended: what `stop` said, the recorder's `shutdown`, a lost connection, a repair after a crash, a full disk, a
   * moderator who took the bot out of the channel, or a channel or server that the bot is not in any more.
   */
  reason: z.enum([
    ...stopReason.options,
    'shutdown',
    'disconnected',
    'recovered',
    'disk-full',
    'removed',
    'channel-gone',
    'server-gone',
  ]),
});
export type SealedSession = z.infer<typeof sealedSession>;

const heardSpeaker = person.extend({
  packets: z.number().int(),
  lost: z.number().int(),
  /** Microseconds of audio that came in. */
  audioUs: z.number(),
  /** The speaker's Ogg Opus file. */
  opusPath: z.string(),
});
export type HeardSpeaker = z.infer<typeof heardSpeaker>;

/** What a sound check heard. */
const soundCheck = z.object({
  sessionId,
  channelId: snowflake,
  durationUs: z.number(),
  speakers: z.array(heardSpeaker),
});
export type SoundCheck = z.infer<typeof soundCheck>;

/** A session that a crash of the recorder cut short; it waits for `resume` or `seal`, and not for long. */
const interruptedSession = z.object({
  sessionId,
  guildId: snowflake,
  /** Where it was last recorded. */
  channelId: snowflake,
  title: z.string(),
  startedByUserId: snowflake,
  startedAtMs: z.number(),
  /** Time of day of its last sign of life. */
  interruptedAtMs: z.number(),
});
export type InterruptedSession = z.infer<typeof interruptedSession>;

/** Why a request was not carried out; the application words it for the person who asked. */
export const refusalCode = z.enum([
  'already-recording',
  /** A sound check listens in this server; it is over in less than a minute. */
  'checking',
  'join-timeout',
  'disk-full',
  'unknown-session',
  'stopping',
  /** Something that should not happen did (the session folder cannot be written, say); `detail` names it. */
  'failed',
]);
export type RefusalCode = z.infer<typeof refusalCode>;

export const toRecorder = z.discriminatedUnion('type', [
  /** The application is up; the recorder answers `welcome`. */
  z.object({ type: z.literal('hello'), protocolVersion: z.number().int() }),
  /** Whether a session or a sound check could start here now: asked before people are told. Answered by `could-start`. */
  z.object({ type: z.literal('could-start'), requestId, guildId: snowflake }),
  z.object({ type: z.literal('start'), requestId, session: sessionRequest }),
  /**
   * The session is about to be ended, and may not go on whatever crashes from here on: without `stop` the recorder ends it
   * itself, soon, or at once when the application is lost. Answered by `stopping` when that is on the disk.
   */
  z.object({ type: z.literal('stopping'), requestId, sessionId, reason: stopReason.optional() }),
  z.object({ type: z.literal('stop'), requestId, sessionId, reason: stopReason.optional() }),
  /**
   * Listen for so long, as to a recording, into a folder of its own that is none of the sessions, and leave. Answered by
   * `checked`. The folder stands until `check-done`, a minute at most, and never outlives the recorder.
   */
  z.object({
    type: z.literal('check'),
    requestId,
    session: sessionRequest,
    listenMs: z.number().int().min(100).max(120_000),
  }),
  z.object({ type: z.literal('check-done'), sessionId }),
  /** Say this Ogg Opus file into the session's channel. Answered by `played` when it was said. */
  z.object({ type: z.literal('play'), requestId, sessionId, opusPath: z.string() }),
  /** Go on with an interrupted session, in its folder and on its clock; people were told anew. Answered by `started`. */
  z.object({ type: z.literal('resume'), requestId, session: sessionRequest }),
  /** End an interrupted session with what it has. Answered by `stopped`. */
  z.object({ type: z.literal('seal'), requestId, sessionId }),
  z.object({
    type: z.literal('marker'),
    requestId,
    sessionId,
    name: z.string().min(1).max(200),
    byUserId: snowflake,
  }),
  z.object({ type: z.literal('person'), sessionId, person }),
  /** Whether this person may be recorded, from now on. Said again it changes nothing. */
  z.object({ type: z.literal('consent'), guildId: snowflake, userId: snowflake, refused: z.boolean() }),
  /** More people were told; with `everyone` by the channel's own notice, after a move: nothing is kept there before. */
  z.object({
    type: z.literal('told'),
    sessionId,
    notice,
    userIds: z.array(snowflake),
    everyone: z.boolean().optional(),
  }),
  /** A sound that Discord's clients play by themselves: on the session clock, and nobody's track. */
  z.object({ type: z.literal('sound-effect'), sessionId, userId: snowflake, name: z.string().max(200) }),
  /**
   * Destroys all that a person said in this server's recordings: at once in those that are sealed, at their end in those
   * that run, in which nothing more of them is kept. Answered by `erased`.
   */
  z.object({ type: z.literal('erase'), requestId, guildId: snowflake, userId: snowflake }),
  /**
   * Whether the guild's gateway shard can carry an op 4 now; readiness is mirrored, because `sendPayload` answers at once.
   * `resumed`: with the gateway session of before, so that Discord's voice session stands.
   */
  z.object({
    type: z.literal('shard'),
    guildId: snowflake,
    ready: z.boolean(),
    resumed: z.boolean().optional(),
  }),
  /** This channel was deleted; without one, the bot is not in the server any more. */
  z.object({ type: z.literal('gone'), guildId: snowflake, channelId: snowflake.optional() }),
  /** Gateway payloads of the bot's own voice state and server, as they came (`d`). */
  z.object({ type: z.literal('voice-state'), guildId: snowflake, payload: z.unknown() }),
  z.object({ type: z.literal('voice-server'), guildId: snowflake, payload: z.unknown() }),
  /** The catalog has the sealed session; the recorder need not mention it again. */
  z.object({ type: z.literal('acknowledge'), sessionId }),
]);
export type ToRecorder = z.infer<typeof toRecorder>;

export const toApplication = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('welcome'),
    recorderPid: z.number().int(),
    live: z.array(sessionStatus),
    /** Sealed and not yet acknowledged. */
    sealed: z.array(sealedSession),
    /** Cut short by a crash, and still to be decided on. */
    interrupted: z.array(interruptedSession).default([]),
    /** Messages that still say that a sound check listens, and none does. */
    overdueChecks: z
      .array(z.object({ guildId: snowflake, channelId: snowflake, messageId: snowflake }))
      .default([]),
  }),
  z.object({ type: z.literal('could-start'), requestId }),
  z.object({ type: z.literal('started'), requestId, sessionId, startedAtMs: z.number() }),
  z.object({ type: z.literal('stopping'), requestId }),
  z.object({ type: z.literal('stopped'), requestId, session: sealedSession }),
  z.object({ type: z.literal('played'), requestId }),
  z.object({ type: z.literal('checked'), requestId, check: soundCheck }),
  z.object({ type: z.literal('marked'), requestId, atUs: z.number() }),
  /** In which sessions a voice was destroyed; `live` ones follow when they end, `failed` ones are tried at the next start. */
  z.object({
    type: z.literal('erased'),
    requestId,
    sessionIds: z.array(sessionId),
    live: z.array(sessionId),
    failed: z.array(sessionId),
  }),
  z.object({ type: z.literal('refused'), requestId, code: refusalCode, detail: z.string() }),
  /** Carry this payload (op 4) to the guild's gateway shard. */
  z.object({ type: z.literal('gateway-send'), guildId: snowflake, payload: z.unknown() }),
  /** Once a second while a session lives. */
  z.object({ type: z.literal('status'), session: sessionStatus }),
  /** A session was sealed, whoever asked for it; repeated in `welcome` until acknowledged. */
  z.object({ type: z.literal('sealed'), session: sealedSession }),
  z.object({ type: z.literal('warning'), sessionId, code: z.string(), detail: z.string() }),
  /** The root process is ending: close everything and exit. */
  z.object({ type: z.literal('close') }),
]);
export type ToApplication = z.infer<typeof toApplication>;
