/**
 * A bot as it runs in an installation: the real discord.js against the embedded Discord, the real recorder core behind the
 * IPC port, the real catalog. Only mastering and publishing are stood in for, at the queue: they have tests of their own.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { GatewayIntentBits } from 'discord-api-types/v10';
import { pino } from 'pino';
import { openRecorderCore, type RecorderCore } from '../../../recorder/core.ts';
import type { ToApplication, ToRecorder } from '../../../recorder/protocol.ts';
import { startBot, type Bot } from '../../../src/bot/index.ts';
import { createRecorderLink, type RecorderLink, type RecorderPort } from '../../../src/bot/recorder-link.ts';
import type { Limits } from '../../../src/bot/recording/forgotten.ts';
import type { MoveLimits } from '../../../src/bot/recording/moves.ts';
import type { SignSettings } from '../../../src/bot/signs/signs.ts';
import { createShowArt } from '../../../src/jobs/show-art.ts';
import { createShowSounds } from '../../../src/jobs/show-sounds.ts';
import type { JobHandler } from '../../../src/catalog/index.ts';
import { APPLE_CATEGORIES } from '../../../publisher/feed/lint/apple-categories.ts';
import { createFolderStore } from '../../../publisher/media/folder-store.ts';
import { createMemberLinks } from '../../../publisher/members/handing.ts';
import { MEMBERS_SECRET } from '../../../publisher/members/token.ts';
import type { MediaStore } from '../../../publisher/media/store.ts';
import { createFfmpegRunner } from '../../../src/mastering/ffmpeg.ts';
import { measureVoice } from '../../../src/mastering/measure.ts';
import {
  openApiCheck,
  startSimulator,
  type SimBot,
  type SimChannel,
  type SimGuild,
  type SimMember,
  type Simulator,
} from '../../../src/simulator/index.ts';
import type { PermissionName } from '../../../src/simulator/state/permissions.ts';
import { mastered } from '../../catalog/support/stories.ts';
import { openTestCatalog, quietLogger, type TestCatalog } from '../../catalog/support/test-catalog.ts';

export const ALL_PERMISSIONS: PermissionName[] = [
  'ManageChannels',
  'MuteMembers',
  'MoveMembers',
  'CreateEvents',
  'ManageEvents',
];

/** One for all houses of a test file: compiling Discord's schemas takes most of a second. */
const openApi = openApiCheck();

/**
 * One for all houses of a worker too: booting a database is most of what a house costs, and no house sees the servers of
 * another, whose ids hold the millisecond of their making. It ends with the run.
 */
let opening: Promise<TestCatalog> | undefined;

export const links = {
  rawTracks: (sessionId: string) => `https://casts.example.org/raw/${sessionId}/tracks.zip?signature=secret`,
  tracks: (exportId: string) => `https://casts.example.org/exports/${exportId}/?signature=secret`,
  episodePage: (show: string, episode: string) =>
    `https://casts.example.org/shows/${show}/episodes/${episode}/`,
  feed: (show: string) => `https://casts.example.org/shows/${show}/feed.xml`,
  audience: (show: { slug: string }) =>
    `https://casts.example.org/api/shows/${show.slug}/audience?signature=secret`,
};

export const NO_SIGNS: SignSettings = {
  nicknamePrefix: undefined,
  channelStatus: false,
  spokenNotice: undefined,
};
export const NEVER_FORGOTTEN: Limits = { empty: undefined, silence: undefined, 'max-length': undefined };

export interface House {
  discord: Simulator;
  guild: SimGuild;
  account: SimBot;
  lobby: SimChannel;
  stage: SimChannel;
  hall: SimChannel;
  host: SimMember;
  guest: SimMember;
  /** Another server with the same bot. */
  neighbour: { guild: SimGuild; lobby: SimChannel; host: SimMember };
  /** A request with the bot's token, to set a scene; throws when Discord refuses. */
  rest: (method: string, route: string, body?: unknown) => Promise<unknown>;
  catalog: TestCatalog['catalog'];
  core: RecorderCore;
  media: MediaStore;
  dataFolder: string;
  /** Every message that went to the recorder, oldest first. */
  toRecorder: ToRecorder[];
  /** The application, once more. */
  start(): Promise<void>;
  /** The application dies without a word; the recorder runs on. */
  die(): Promise<void>;
  link: () => RecorderLink;
  /** Why applications were told to end. */
  lost: Error[];
  close(): Promise<void>;
}

export interface Before extends Pick<House, 'guild' | 'stage' | 'host' | 'guest' | 'catalog'> {
  dataFolder: string;
}

export interface HouseOptions {
  permissions?: PermissionName[];
  /** What a try of mastering does; by default it succeeds at once. */
  master?: JobHandler<'master'>['run'];
  /** What happened before: called with the scene set, before recorder and bot are started. */
  before?: (before: Before) => Promise<void> | void;
  /** What shows a recording besides the notice; nothing by default. */
  signs?: Partial<SignSettings>;
  /** How often people are told after a move, and for how long it is tried. */
  moves?: MoveLimits;
  /** When a recording counts as forgotten; never by default. */
  forgotten?: Partial<Limits>;
  /** Stands before the port, so that a test can keep messages back. */
  passes?: (message: ToRecorder) => boolean;
  diskFloorBytes?: number;
  /** Asks for the privileged intent of members; the Developer Portal grants it to this bot. */
  membersIntent?: boolean;
  /** The operator is told in the lobby what is wrong. */
  alertsInLobby?: boolean;
  /** What the bot logs, a line each. */
  logged?: string[];
}

/** A server with a lobby, a stage and a hall, a host and a guest; the bot is started. */
export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const closers: (() => Promise<unknown>)[] = [];
  const discord = await startSimulator({ openApi });
  closers.push(() => discord.close());
  const dataFolder = await mkdtemp(path.join(os.tmpdir(), 'stagecast-bot-'));
  closers.push(() => rm(dataFolder, { recursive: true, force: true }));
  const { catalog } = await (opening ??= openTestCatalog());

  const guild = discord.createGuild({ name: 'Open Stage' });
  const lobby = guild.createChannel({ kind: 'text', name: 'lobby' });
  const stage = guild.createChannel({ kind: 'stage', name: 'Main Stage' });
  const hall = guild.createChannel({ kind: 'voice', name: 'Round Table' });
  const hosts = guild.createRole({ name: 'Hosts', permissions: ['ManageEvents'] });
  const host = guild.addMember({ displayName: 'Inès', roles: [hosts] });
  const guest = guild.addMember({ displayName: 'Tobias' });
  const elsewhere = discord.createGuild({ name: 'Next Door' });
  const neighbour = {
    guild: elsewhere,
    lobby: elsewhere.createChannel({ kind: 'text', name: 'lobby' }),
    host: elsewhere.owner,
  };
  const permissions = options.permissions ?? ALL_PERMISSIONS;
  const account = discord.createBot({
    ...{ guilds: [guild, elsewhere], permissions },
    privilegedIntents: options.membersIntent ? [GatewayIntentBits.GuildMembers] : [],
  });
  const rest = async (method: string, route: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${discord.apiUrl}/v10${route}`, {
      method,
      headers: { authorization: `Bot ${account.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? undefined : response.json();
  };

  await options.before?.({ guild, stage, host, guest, catalog, dataFolder });
  const listeners = new Set<(message: unknown) => void>();
  const toRecorder: ToRecorder[] = [];
  const lost: Error[] = [];
  const overIpc = <T>(message: T): T => JSON.parse(JSON.stringify(message)) as T;
  const core = await openRecorderCore({
    dataFolder,
    logger: quietLogger,
    voiceCaPems: [discord.caPem],
    joinTimeoutMs: 1_500,
    statusEveryMs: 200,
    ...(options.diskFloorBytes !== undefined && { diskFloorBytes: options.diskFloorBytes }),
    send: (message: ToApplication) => {
      for (const listener of listeners) listener(overIpc(message));
    },
  });
  closers.push(() => core.stop());
  const port: RecorderPort = {
    send(message) {
      toRecorder.push(message);
      if (options.passes?.(message) !== false) core.receive(overIpc(message));
    },
    onMessage(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  const giveUp = async ({ episodeId }: { episodeId: string }, reason: string): Promise<void> => {
    await catalog.episodes.markFailed(episodeId, reason);
  };
  const master: JobHandler<'master'>['run'] = async ({ payload }) => {
    await catalog.episodes.markReady(payload.episodeId, mastered());
  };
  const publish: JobHandler<'publish'>['run'] = async ({ payload }) => {
    await catalog.episodes.markPublished(payload.episodeId);
  };
  const workers = [
    await catalog.queue.work('master', { run: options.master ?? master, giveUp }),
    await catalog.queue.work('publish', { run: publish, giveUp }),
  ];
  closers.push(() => Promise.all(workers.map((worker) => worker.close())));

  const ffmpeg = createFfmpegRunner({ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe' });
  closers.push(() => {
    ffmpeg.close();
    return Promise.resolve();
  });

  const media = createFolderStore(path.join(dataFolder, 'media'));
  const sending = {
    ...{ catalog, media, scratchFolder: path.join(dataFolder, 'scratch') },
    ...{ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe', discordApiUrl: discord.apiUrl },
  };
  const [sounds, art] = [createShowSounds(sending), createShowArt(sending)];
  let bot: Bot | undefined;
  let link: RecorderLink | undefined;
  const start = async (): Promise<void> => {
    link = createRecorderLink(port, { answerWithinMs: 5_000 });
    bot = await startBot({
      token: account.token,
      apiUrl: discord.apiUrl,
      catalog,
      recorder: link,
      links,
      sounds,
      art,
      categories: APPLE_CATEGORIES,
      members: createMemberLinks({
        ...{ feeds: catalog.memberFeeds, baseUrl: 'https://casts.example.org' },
        secret: await catalog.secrets.getOrCreate(MEMBERS_SECRET),
      }),
      ...(options.membersIntent !== undefined && { membersIntent: options.membersIntent }),
      ...(options.moves && { moves: options.moves }),
      forgotten: { ...NEVER_FORGOTTEN, ...options.forgotten },
      signs: { ...NO_SIGNS, ...options.signs },
      ...(options.alertsInLobby && { alerts: { channelId: lobby.id, everyMs: 50 } }),
      measureLoudness: (opusPath) => measureVoice(ffmpeg, opusPath),
      onLost: (error) => lost.push(error),
      logger: options.logged ? pino({}, { write: (line) => options.logged?.push(line) }) : quietLogger,
    });
  };
  closers.push(async () => bot?.close());
  const close = async (): Promise<void> => {
    for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
  };
  try {
    await start();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ...{ discord, guild, account, lobby, stage, hall, host, guest, neighbour, rest },
    ...{ catalog, core, media, dataFolder, toRecorder, lost, start, close },
    async die() {
      core.applicationLost();
      listeners.clear();
      await bot?.close();
      bot = undefined;
    },
    link: () => link!,
  };
}

/** Opus packets that can be told apart; the recorder keeps bytes, whatever they mean. */
export const speech = (packets: number): Uint8Array[] =>
  Array.from({ length: packets }, (_, index) => Uint8Array.of(0xf8, index & 255, index >> 8, 1, 2, 3, 4, 5));

/** Asks again until it holds; the embedded Discord and the catalog answer in their own time. */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  holds: (value: T) => boolean,
  withinMs = 10_000,
): Promise<T> {
  const deadlineMs = Date.now() + withinMs;
  for (;;) {
    const value = await ask();
    if (holds(value)) return value;
    if (Date.now() > deadlineMs) throw new Error(`it did not come to hold: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Custom ids of a message's buttons. */
const idsIn = (message: { components?: unknown }): string[] =>
  [...JSON.stringify(message.components ?? []).matchAll(/"custom_id":"([^"]+)"/g)].map(([, id]) => id!);

/** The button whose custom id begins so. */
export function buttonOf(message: { components?: unknown }, prefix: string): string {
  const id = idsIn(message).find((each) => each.startsWith(prefix));
  if (id === undefined)
    throw new Error(`the message has no button ${prefix}; it has: ${idsIn(message).join(', ')}`);
  return id;
}
