/** The application process: composes catalog, workers, web server and bot, and closes them in order. */
import { mkdir } from 'node:fs/promises';
import { startBot } from './bot/index.ts';
import { createRecorderLink, type RecorderPort } from './bot/recorder-link.ts';
import { createAskMembership } from './ask-membership.ts';
import { openCatalog } from './catalog/index.ts';
import { createPurge } from './cdn-purge.ts';
import type { Role } from './cli/roles.ts';
import { ConfigError, type Config, warningsOf } from './config.ts';
import { startWorkers, type WorkersOptions } from './jobs/index.ts';
import { APPLE_CATEGORIES } from '../publisher/feed/lint/apple-categories.ts';
import { createShowArt } from './jobs/show-art.ts';
import { createShowSounds } from './jobs/show-sounds.ts';
import { createLogger } from './log.ts';
import { createFfmpegRunner } from './mastering/ffmpeg.ts';
import { measureVoice } from './mastering/measure.ts';
import { createAskLive } from './health/live-feed.ts';
import { watchHealth } from './health/watch.ts';
import { openMediaStore, watchMediaStore } from './media-store.ts';
import { openOperatorDoor } from './operator/door.ts';
import { createOutside } from './outside/index.ts';
import { spokenNoticePath } from '../templates/sounds/index.ts';
import { createPublisherApp } from '../publisher/app.ts';
import { createFeedFetches } from '../publisher/feed-fetches.ts';
import { audioAddress } from '../publisher/audience/delivery.ts';
import { openAudience } from '../publisher/audience/open.ts';
import { signAudienceLink, signExportLink, signRawTracksLink } from '../publisher/media/signed-link.ts';
import { addressOf } from '../publisher/site/addresses.ts';
import { createMemberLinks } from '../publisher/members/handing.ts';
import { MEMBERS_SECRET } from '../publisher/members/token.ts';
import { watchExports } from '../publisher/studio/export-progress.ts';
import { testEnclosure } from '../publisher/site/self-test.ts';
import { listen, requireFreePort } from '../publisher/listen.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Figures tell nothing of anybody; a new link is a command away. */
const AUDIENCE_LINK_DAYS = 30;

export interface Application {
  /** Closes what takes work first and what holds state last. Safe to call once. */
  close(): Promise<void>;
}

/** Links that the bot hands out; the bot itself knows nothing of the publisher. */
function linksOf(config: Config, signingKey: Uint8Array) {
  const { baseUrl } = config.http;
  return {
    rawTracks: (sessionId: string) =>
      signRawTracksLink({ baseUrl, signingKey }, sessionId, Date.now() + config.rawLinkDays * DAY_MS),
    // It is kept from the moment on at which it is made, which is later than now.
    tracks: (exportId: string) =>
      signExportLink({ baseUrl, signingKey }, exportId, Date.now() + (config.exportDays + 1) * DAY_MS),
    feed: (showSlug: string) => `${baseUrl}/shows/${showSlug}/feed.xml`,
    audience: (show: { id: string; slug: string }) =>
      signAudienceLink({ baseUrl, signingKey }, show, Date.now() + AUDIENCE_LINK_DAYS * DAY_MS),
    episodePage: (showSlug: string, episodeSlug: string) =>
      `${baseUrl}/shows/${showSlug}/episodes/${episodeSlug}/`,
  };
}

/**
 * Starts the roles asked for. What is opened before a failure is closed again.
 *
 * @param recorderPort - the way to the recorder; the bot cannot run without one
 * @param onDeath - the catalog stopped to protect its files, or Discord ended the bot's session for good: end this process, so
 *   that a new one begins anew, or says what a person must do
 */
export async function startApplication(
  config: Config,
  roles: readonly Role[],
  recorderPort?: RecorderPort,
  onDeath?: (error: Error) => void,
): Promise<Application> {
  const logger = createLogger(config, 'application');
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (let closer = closers.pop(); closer; closer = closers.pop())
      await closer().catch((error: unknown) => logger.error({ err: error }, 'closing failed'));
  };
  try {
    if (roles.includes('api')) await requireFreePort(config.http);
    for (const folder of [
      config.sessionsFolder,
      config.mediaFolder,
      config.scratchFolder,
      config.exportsFolder,
    ])
      await mkdir(folder, { recursive: true });
    const { baseUrl, host, port } = config.http;
    const catalog = await openCatalog({
      dataFolder: config.dataFolder,
      databaseUrl: config.databaseUrl,
      baseUrl,
      logger,
      onDeath,
    });
    closers.push(() => catalog.close());
    const signingKey = await catalog.secrets.getOrCreate('raw-tracks');
    const store = await openMediaStore(config);
    const { media } = store;
    const watch = watchMediaStore(store, logger);
    closers.push(() => {
      watch.close();
      store.close();
      return Promise.resolve();
    });
    const { sessionsFolder, scratchFolder, exportsFolder, ffmpegPath, ffprobePath } = config;
    const outside = createOutside({ baseUrl });

    // Before the recorder was asked, it may be recording.
    let isRecording = () => roles.includes('bot');
    if (roles.includes('worker')) {
      for (const warning of warningsOf(config)) logger.warn(warning);
      const work: WorkersOptions = {
        ...{ catalog, media, sessionsFolder, scratchFolder, exportsFolder, baseUrl },
        exportLifeMs: config.exportDays * DAY_MS,
        mediaAddress: (key) => audioAddress(config.audience.delivery, key, media, addressOf(baseUrl, key)),
        selfTest: config.selfTest ? (promised) => testEnclosure(promised) : undefined,
        outsideFetch: (url, init) => outside.tell(url, init),
        podping: config.podping,
        purge: config.operator.purge && createPurge(config.operator.purge),
        transcription: config.transcription,
        isRecording: () => isRecording(),
        ffmpegPath,
        ffprobePath,
        logger,
      };
      const workers = await startWorkers(work);
      closers.push(() => workers.close());
      // A server's catalog is open to commands by itself.
      if (config.databaseUrl === undefined) {
        const running = { config, catalog, media, checkStore: () => store.check(), publishing: work, logger };
        const door = await openOperatorDoor(running);
        closers.push(() => door.close());
      }
      const health = watchHealth({
        ...{ catalog, media, checkStore: () => store.check(), baseUrl, logger },
        askLive: config.selfTest ? createAskLive() : undefined,
        isTold: config.operator.alertChannelId !== undefined,
      });
      closers.push(() => health.close());
    }
    if (roles.includes('api')) {
      const { close: unwatch, percentOf } = watchExports(catalog);
      closers.push(() => {
        unwatch();
        return Promise.resolve();
      });
      const folders = { sessionsFolder, exportsFolder };
      const { dataFolder, audience: settings } = config;
      const audience = await openAudience({ catalog, media, dataFolder, settings, logger });
      closers.push(() => audience.close());
      const { token, apiUrl } = config.discord;
      const feedFetches = createFeedFetches({ health: catalog.feedHealth, logger });
      closers.push(() => feedFetches.close());
      const app = createPublisherApp({
        feedFetches,
        members: {
          feeds: catalog.memberFeeds,
          askDiscord: token === undefined ? undefined : createAskMembership({ token, apiUrl }),
          graceMs: config.members.graceMs,
          delivery: config.members.delivery,
          onShared: (shared) =>
            void catalog
              .notify({ type: 'shared-feed', ...shared })
              .catch((error: unknown) => logger.error({ err: error }, 'a shared feed was not told')),
        },
        catalog,
        media,
        watch: (listener) => catalog.watch(listener),
        ...folders,
        percentOf,
        signingKey,
        baseUrl,
        audience,
        logger,
      });
      const server = await listen(app, { host, port });
      closers.push(() => server.close());
      logger.info({ host, port, baseUrl }, 'web server is up');
    }
    if (roles.includes('bot')) {
      const { token, apiUrl } = config.discord;
      if (token === undefined || recorderPort === undefined)
        throw new ConfigError([
          'the bot needs DISCORD_TOKEN and runs under the recorder: start stagecast all or bot',
        ]);
      const ffmpeg = createFfmpegRunner({ ffmpegPath, ffprobePath });
      closers.push(() => {
        ffmpeg.close();
        return Promise.resolve();
      });
      const recorder = createRecorderLink(recorderPort);
      const secret = await catalog.secrets.getOrCreate(MEMBERS_SECRET);
      const sending = { catalog, media, scratchFolder, ffmpegPath, ffprobePath, discordApiUrl: apiUrl };
      const bot = await startBot({
        token,
        apiUrl,
        catalog,
        recorder,
        links: linksOf(config, signingKey),
        sounds: createShowSounds(sending),
        art: createShowArt(sending),
        categories: APPLE_CATEGORIES,
        members: createMemberLinks({ feeds: catalog.memberFeeds, secret, baseUrl }),
        membersIntent: config.members.intent,
        resumeWithinMs: config.resumeWithinMs,
        forgotten: config.forgotten,
        signs: {
          ...config.signs,
          spokenNotice: config.signs.spokenNotice ? spokenNoticePath : undefined,
        },
        measureLoudness: (opusPath) => measureVoice(ffmpeg, opusPath),
        alerts:
          config.operator.alertChannelId === undefined
            ? undefined
            : { channelId: config.operator.alertChannelId },
        onLost: onDeath,
        logger,
      });
      closers.push(() => bot.close());
      isRecording = () => recorder.live().length > 0;
    }
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}
