/**
 * The environment, read once into one typed, frozen object. Every fault is named with its remedy, all of them at once,
 * because an operator who fixes one setting at a time restarts five times.
 */
import path from 'node:path';
import { z } from 'zod';
import type { S3Settings } from '../publisher/media/s3-settings.ts';
import { audienceEnvironment, type AudienceSettings, readAudience } from './audience-environment.ts';
import { membersEnvironment, type MembersSettings, readMembers } from './members-environment.ts';
import { isThisHost } from './near-host.ts';
import { operatorEnvironment, type OperatorSettings, readOperator } from './operator-environment.ts';
import { readS3, s3Environment } from './s3-environment.ts';
import { onOff, optional, privateUrl, webUrl, whole, withDefault } from './setting-types.ts';

/** The settings are wrong; a person must change them before a restart can help. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`The settings cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/** `end:5`, `warn:30` or `off`: what to do after so many minutes. */
const limit = () =>
  z
    .string()
    .regex(/^(off|(end|warn):[1-9]\d{0,4})$/, 'must be end:<minutes>, warn:<minutes> or off')
    .transform((text): Limit | undefined => {
      const [then, minutes] = text.split(':');
      return then === 'end' || then === 'warn' ? { then, afterMs: Number(minutes) * 60_000 } : undefined;
    });

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const environment = z.object({
  DISCORD_TOKEN: optional(
    z
      .string()
      .regex(
        /^[\w-]+\.[\w-]+\.[\w-]+$/,
        'must be the bot token from the Developer Portal, three parts with dots between',
      ),
  ),
  DISCORD_API_URL: withDefault(webUrl('https://discord.com/api'), 'https://discord.com/api'),
  DISCORD_CA_FILE: optional(z.string()),
  DATA_FOLDER: withDefault(z.string(), './data'),
  DATABASE_URL: optional(
    z.string().regex(/^postgres(ql)?:\/\//, 'must be like postgresql://user:password@host:5432/stagecast'),
  ),
  HTTP_HOST: withDefault(z.string(), '0.0.0.0'),
  HTTP_PORT: withDefault(whole(1, 65535), '8080'),
  BASE_URL: optional(webUrl('https://podcasts.example.org')),
  DISK_FLOOR_MB: withDefault(whole(100, 1_000_000), '512'),
  RESUME_WITHIN_MINUTES: withDefault(whole(0, 1440), '10'),
  RECONNECT_WITHIN_MINUTES: withDefault(whole(1, 1440), '10'),
  WHEN_EMPTY: withDefault(limit(), 'end:5'),
  WHEN_SILENT: withDefault(limit(), 'warn:30'),
  WHEN_LONG: withDefault(limit(), 'warn:360'),
  NICKNAME_PREFIX: optional(z.string().trim().max(16, 'must have at most 16 characters')),
  CHANNEL_STATUS: withDefault(onOff(), 'off'),
  SPOKEN_NOTICE: withDefault(onOff(), 'off'),
  RAW_LINK_DAYS: withDefault(whole(1, 365), '7'),
  EXPORT_DAYS: withDefault(whole(1, 365), '3'),
  SELF_TEST: withDefault(onOff(), 'on'),
  PODPING_URL: withDefault(webUrl('https://podping.cloud/'), 'https://podping.cloud/'),
  PODPING_TOKEN: optional(
    z
      .string()
      .trim()
      .regex(/^[!-~]+$/, 'must be one word of plain characters'),
  ),
  ...s3Environment,
  ...audienceEnvironment,
  ...operatorEnvironment,
  ...membersEnvironment,
  TRANSCRIBE_URL: optional(privateUrl('https://api.openai.com/v1', 'what is said would travel in the clear')),
  TRANSCRIBE_KEY: optional(
    z
      .string()
      .trim()
      .regex(/^[!-~]+$/, 'must be one word of plain characters'),
  ),
  TRANSCRIBE_MODEL: withDefault(z.string().trim(), 'whisper-1'),
  TRANSCRIBE_LANGUAGE: optional(
    z
      .string()
      .trim()
      .regex(/^[a-z]{2,3}$/, 'must be the code of a language such as en or de (ISO 639)'),
  ),
  FFMPEG_PATH: withDefault(z.string(), 'ffmpeg'),
  FFPROBE_PATH: withDefault(z.string(), 'ffprobe'),
  LOG_LEVEL: withDefault(z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`), 'info'),
});

/** What happens to a recording after so long. */
export interface Limit {
  readonly afterMs: number;
  readonly then: 'end' | 'warn';
}

/** An endpoint that speaks OpenAI's protocol for transcriptions. */
export interface TranscriptionSettings {
  /** Without a trailing slash; usually ends in /v1. */
  readonly url: string;
  /** Sent as a bearer token; a secret. */
  readonly key: string | undefined;
  readonly model: string;
  /** ISO 639 code of what is spoken; undefined leaves it to the model to find out. */
  readonly language: string | undefined;
}

export interface Config {
  readonly discord: {
    readonly token: string | undefined;
    readonly apiUrl: string;
    /** PEM file with certificates to trust besides the system's, for a voice gateway that is not Discord's own. */
    readonly caFile: string | undefined;
  };
  readonly dataFolder: string;
  readonly sessionsFolder: string;
  /** Where published files live, unless they live in a bucket. */
  readonly mediaFolder: string;
  /** The bucket in which published files live; undefined: in the media folder. */
  readonly s3: S3Settings | undefined;
  /** Who listens, and how audio gets to them. */
  readonly audience: AudienceSettings;
  readonly operator: OperatorSettings;
  /** Private feeds of members. */
  readonly members: MembersSettings;
  readonly scratchFolder: string;
  readonly exportsFolder: string;
  readonly databaseUrl: string | undefined;
  /** `baseUrl` is how the world reaches this installation, without a trailing slash; it stands in feeds for ever. */
  readonly http: { readonly host: string; readonly port: number; readonly baseUrl: string };
  /** Below this much free space no recording starts. */
  readonly diskFloorBytes: number;
  /** A recording that a crash interrupted longer ago than this is sealed instead of continued; 0 always seals. */
  readonly resumeWithinMs: number;
  /** A recording whose voice connection is lost for longer than this is sealed. */
  readonly reconnectLimitMs: number;
  /** Recordings that seem forgotten: nobody in the channel, nobody speaking, running for long. */
  readonly forgotten: Readonly<Record<'empty' | 'silence' | 'max-length', Limit | undefined>>;
  /** What shows a recording besides the notice in the channel's chat. */
  readonly signs: {
    /** Stands before the bot's nickname. */
    readonly nicknamePrefix: string | undefined;
    readonly channelStatus: boolean;
    readonly spokenNotice: boolean;
  };
  readonly rawLinkDays: number;
  /** How long what was made for producers is kept, and the link to it works. */
  readonly exportDays: number;
  /** Whether a new file is fetched by its public address before its episode appears. */
  readonly selfTest: boolean;
  /** Who tells the podping network of changes, for shows that want it. */
  readonly podping: { readonly url: string; readonly token: string } | undefined;
  /** Where episodes are transcribed; undefined: they are not. */
  readonly transcription: TranscriptionSettings | undefined;
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/** Reads and checks the settings; throws ConfigError with every fault found. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success)
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message} (see .env.example)`),
    );
  const settings = parsed.data;
  const { s3, faults: s3Faults } = readS3(settings);
  const { audience, faults: audienceFaults } = readAudience(settings);
  const faults = [...s3Faults, ...audienceFaults];
  if (faults.length > 0) throw new ConfigError(faults.map((fault) => `${fault} (see .env.example)`));
  const dataFolder = path.resolve(settings.DATA_FOLDER);
  return Object.freeze({
    discord: Object.freeze({
      token: settings.DISCORD_TOKEN,
      apiUrl: settings.DISCORD_API_URL,
      caFile: settings.DISCORD_CA_FILE,
    }),
    dataFolder,
    sessionsFolder: path.join(dataFolder, 'sessions'),
    mediaFolder: path.join(dataFolder, 'media'),
    s3,
    audience,
    operator: readOperator(settings),
    members: readMembers(settings),
    scratchFolder: path.join(dataFolder, 'scratch'),
    exportsFolder: path.join(dataFolder, 'exports'),
    databaseUrl: settings.DATABASE_URL,
    http: Object.freeze({
      host: settings.HTTP_HOST,
      port: settings.HTTP_PORT,
      baseUrl: settings.BASE_URL ?? `http://localhost:${settings.HTTP_PORT}`,
    }),
    diskFloorBytes: settings.DISK_FLOOR_MB * 1024 * 1024,
    resumeWithinMs: settings.RESUME_WITHIN_MINUTES * 60_000,
    reconnectLimitMs: settings.RECONNECT_WITHIN_MINUTES * 60_000,
    forgotten: Object.freeze({
      empty: settings.WHEN_EMPTY,
      silence: settings.WHEN_SILENT,
      'max-length': settings.WHEN_LONG,
    }),
    signs: Object.freeze({
      nicknamePrefix: settings.NICKNAME_PREFIX,
      channelStatus: settings.CHANNEL_STATUS,
      spokenNotice: settings.SPOKEN_NOTICE,
    }),
    rawLinkDays: settings.RAW_LINK_DAYS,
    exportDays: settings.EXPORT_DAYS,
    selfTest: settings.SELF_TEST,
    podping:
      settings.PODPING_TOKEN === undefined
        ? undefined
        : Object.freeze({ url: settings.PODPING_URL, token: settings.PODPING_TOKEN }),
    transcription:
      settings.TRANSCRIBE_URL === undefined
        ? undefined
        : Object.freeze({
            url: settings.TRANSCRIBE_URL,
            key: settings.TRANSCRIBE_KEY,
            model: settings.TRANSCRIBE_MODEL,
            language: settings.TRANSCRIBE_LANGUAGE,
          }),
    ffmpegPath: settings.FFMPEG_PATH,
    ffprobePath: settings.FFPROBE_PATH,
    logLevel: settings.LOG_LEVEL,
  });
}

/** What works and deserves a second look: a sentence each, with the remedy. */
export function warningsOf({ transcription }: Pick<Config, 'transcription'>): string[] {
  if (transcription === undefined) return [];
  const { protocol, hostname } = new URL(transcription.url);
  if (protocol === 'https:' || isThisHost(hostname)) return [];
  return [
    `TRANSCRIBE_URL is ${transcription.url}: what is said${
      transcription.key === undefined ? '' : ' and the key'
    } travels to it in the clear. Use https unless every machine on the way is yours`,
  ];
}
