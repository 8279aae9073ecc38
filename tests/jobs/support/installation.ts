/** A whole installation but for Discord: catalog, media store and session folders, with real recordings in them. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { createFolderStore } from '../../../publisher/media/folder-store.ts';
import { readOpusPackets } from '../../../recorder/ogg/reader.ts';
import type { EpisodeEvent, ExportEvent, RecordedEpisode } from '../../../src/catalog/index.ts';
import { jobPolicies } from '../../../src/catalog/queue-policies.ts';
import { openCatalog } from '../../../src/catalog/index.ts';
import { startWorkers, type WorkersOptions } from '../../../src/jobs/index.ts';
import { newGuild, openTestCatalog, quietLogger, testBaseUrl } from '../../catalog/support/test-catalog.ts';
import { type SampleSpeaker, writeSampleSession } from '../../recorder/support/sample-session.ts';

const voices = path.join(import.meta.dirname, '../../../src/demo/voices');
const quick = { pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 0.5 };
const quickQueue = { retryLimit: 2, retryDelay: 1, retryDelayMax: 1 };
export const quickPolicies = {
  master: { ...jobPolicies.master, polling: quick, queue: { ...jobPolicies.master.queue, ...quickQueue } },
  export: { ...jobPolicies.export, polling: quick, queue: { ...jobPolicies.export.queue, ...quickQueue } },
  transcribe: {
    ...jobPolicies.transcribe,
    polling: quick,
    queue: { ...jobPolicies.transcribe.queue, ...quickQueue },
  },
  'take-down': { ...jobPolicies['take-down'], polling: quick },
  import: { ...jobPolicies.import, polling: quick, queue: { ...jobPolicies.import.queue, ...quickQueue } },
  publish: { ...jobPolicies.publish, polling: quick, queue: { ...jobPolicies.publish.queue, ...quickQueue } },
  announce: {
    ...jobPolicies.announce,
    polling: quick,
    queue: { ...jobPolicies.announce.queue, ...quickQueue },
  },
  refresh: { ...jobPolicies.refresh, polling: quick, queue: { ...jobPolicies.refresh.queue, ...quickQueue } },
};

export type Installation = Awaited<ReturnType<typeof openInstallation>>;

export async function openInstallation() {
  const opened = await openTestCatalog();
  const { dataFolder } = opened.options;
  const events: EpisodeEvent[] = [];
  const exportEvents: ExportEvent[] = [];
  const reopen = async () => {
    await opened.catalog.close();
    opened.catalog = await openCatalog({ ...opened.options, jobPolicies: quickPolicies });
    opened.catalog.watch((event) => {
      if (event.type === 'episode') events.push(event);
      else if (event.type === 'export') exportEvents.push(event);
    });
  };
  await reopen();
  const media = createFolderStore(path.join(dataFolder, 'media'));
  const folders = {
    sessionsFolder: path.join(dataFolder, 'sessions'),
    scratchFolder: path.join(dataFolder, 'scratch'),
    exportsFolder: path.join(dataFolder, 'exports'),
  };
  const options = (): WorkersOptions => ({
    ...folders,
    catalog: opened.catalog,
    media,
    exportLifeMs: 3_600_000,
    baseUrl: testBaseUrl,
    ffmpegPath: process.env['FFMPEG_PATH'] ?? 'ffmpeg',
    ffprobePath: process.env['FFPROBE_PATH'] ?? 'ffprobe',
    logger: quietLogger,
  });
  return {
    ...folders,
    dataFolder,
    events,
    exportEvents,
    media,
    options,
    reopen,
    get catalog() {
      return opened.catalog;
    },
    startWorkers: () => startWorkers(options()),
    /** A recording as it is when the host has ended it: folder, sealed session, episode, and the job in the queue. */
    async record(
      speakers: readonly SampleSpeaker[],
      title = 'Talk',
      { master = true } = {},
    ): Promise<RecordedEpisode> {
      const { catalog } = opened;
      const show = await catalog.shows.createDefaultFor(newGuild('Open Stage'));
      const sessionId = randomUUID();
      const session = await catalog.sessions.create({
        id: sessionId,
        guildId: show.guild_id,
        showId: show.id,
        channelId: '200',
        title,
        startedBy: '300',
        startedAt: new Date(),
      });
      const recorded = await writeSampleSession(path.join(folders.sessionsFolder, sessionId), {
        speakers,
        sessionId,
        guildId: show.guild_id,
        title,
        durationUs: 12_000_000,
        markers: [{ atUs: 4_000_000, name: 'The middle' }],
      });
      return catalog.transaction(async (trx) => {
        await trx.sessions.seal(sessionId, {
          endedAt: new Date(),
          durationUs: recorded.durationUs,
          speakers: recorded.tracks.length,
        });
        const episode = await trx.episodes.createForSession(session);
        if (master) await trx.queue.enqueue('master', { sessionId, episodeId: episode.id });
        return episode;
      });
    },
    remove: () => opened.remove(),
  };
}

async function packetsOf(file: string): Promise<Uint8Array[]> {
  const packets: Uint8Array[] = [];
  for await (const { opus } of readOpusPackets(path.join(voices, file))) packets.push(opus);
  return packets;
}

/** Two people who talk by turns. */
export const twoVoices = async (): Promise<SampleSpeaker[]> => [
  {
    userId: '1',
    displayName: 'Inès',
    spurts: [{ startUs: 500_000, packets: await packetsOf('ines-1.opus') }],
  },
  {
    userId: '2',
    displayName: 'Tobias',
    spurts: [{ startUs: 6_000_000, packets: await packetsOf('tobias-1.opus') }],
  },
];

/** Somebody whose microphone sends nothing but Opus silence (RFC 6716: an empty frame after its TOC byte, 20 ms). */
export const silence = (): SampleSpeaker[] => [
  {
    userId: '1',
    displayName: 'Nobody',
    spurts: [{ startUs: 0, packets: Array.from({ length: 500 }, () => Uint8Array.of(0xf8, 0xff, 0xfe)) }],
  },
];
