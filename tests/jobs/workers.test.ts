import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { carryOutErasures } from '../../recorder/session/erase.ts';
import { requestErasure } from '../../recorder/session/wishes.ts';
import { measureFile, type Measurement } from '../../src/mastering/measure.ts';
import { ffmpegForTest } from '../mastering/support/signals.ts';
import { type Installation, openInstallation, silence, twoVoices } from './support/installation.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(() => installation.remove());

const patience = { timeout: 60_000, interval: 100 };
const start = async () => {
  const workers = await installation.startWorkers();
  onTestFinished(() => workers.close());
  return workers;
};
const makeTone = (file: string, seconds: number) =>
  ffmpegForTest().run({
    inputs: [{ options: ['-f', 'lavfi'], path: `aevalsrc='0.2*sin(2*PI*330*t)':s=48000:d=${seconds}` }],
    options: ['-map_metadata', '-1'],
    output: file,
  });
/** What listeners get, by ffmpeg's own meter. */
async function measureStored(mediaKey: string): Promise<Measurement> {
  const file = path.join(installation.dataFolder, path.basename(mediaKey));
  await writeFile(file, (await installation.media.read(mediaKey))!.body);
  return measureFile(ffmpegForTest(), file);
}
const stateOf = async (episodeId: string) => (await installation.catalog.episodes.byId(episodeId))?.state;

test(
  'a recording becomes a ready episode, and then a feed that carries it',
  { timeout: 120_000 },
  async () => {
    const { catalog, media, events } = installation;
    const { id, show_id: showId } = await installation.record(await twoVoices());
    await start();
    await expect.poll(() => stateOf(id), patience).toBe('ready');

    const episode = await catalog.episodes.byId(id);
    expect(episode?.integrated_lufs).toBeCloseTo(-19, 0);
    expect(episode?.true_peak_dbtp).toBeLessThanOrEqual(-1);
    expect(episode?.duration_us).toBeGreaterThan(9_000_000);
    expect(episode?.chapters.map(({ title }) => title)).toContain('The middle');
    expect(episode?.renditions.map(({ kind }) => kind)).toEqual(['mp3', 'm4a']);
    for (const rendition of episode?.renditions ?? []) {
      expect(rendition.media_key).toBe(`media/${showId}/${id}/${rendition.id}.${rendition.kind}`);
      expect(await media.head(rendition.media_key)).toMatchObject({
        bytes: rendition.bytes,
        sha256: rendition.sha256,
        contentType: rendition.mime_type,
        cacheControl: 'public, max-age=31536000, immutable',
      });
      const { integratedLufs, truePeakDbtp } = await measureStored(rendition.media_key);
      expect(Math.abs(integratedLufs + 19)).toBeLessThanOrEqual(0.5);
      expect(truePeakDbtp).toBeLessThanOrEqual(-1);
    }
    expect(episode?.transcript).toMatchObject({
      state: 'skipped',
      note: 'No transcript was made, because TRANSCRIBE_URL is not set.',
    });
    await expect.poll(() => readdir(installation.scratchFolder), patience).toEqual([]);
    const told = events.filter(({ episodeId }) => episodeId === id);
    expect(told[0]).toMatchObject({ state: 'mastering', percent: 0 });
    expect(told.at(-1)).toMatchObject({ state: 'ready' });

    const show = await catalog.shows.byId(showId);
    const publish = () =>
      catalog.transaction(async (trx) => {
        await trx.episodes.publish(show!.guild_id, id);
        await trx.queue.enqueue('publish', { episodeId: id });
      });
    await publish();
    await expect.poll(() => stateOf(id), patience).toBe('published');
    const feed = await media.read(`shows/${show!.slug}/feed.xml`);
    const xml = await text(feed!.body);
    expect(xml).toContain(episode!.guid);
    expect(xml).toContain(show!.podcast_guid);
    const first = await catalog.episodes.byId(id);
    await publish();
    await expect.poll(() => stateOf(id), patience).toBe('published');
    expect((await catalog.episodes.byId(id))?.published_at).toEqual(first?.published_at);
  },
);

test('an episode keeps its edit from one mastering to the next; one that cannot be used says so, and why', async () => {
  const { catalog } = installation;
  const { id, session_id: sessionId, show_id: showId } = await installation.record(await twoVoices());
  const { guild_id: guildId } = (await catalog.shows.byId(showId))!;
  await start();
  await expect.poll(() => stateOf(id), patience).toBe('ready');
  const whole = (await catalog.episodes.byId(id))!;
  expect(whole).toMatchObject({ edit: null, pieces: [{ sessionUs: 0, masterUs: 0 }] });
  const remaster = async (edit?: object | null) => {
    await catalog.transaction(async (trx) => {
      await trx.episodes.remaster(guildId, id, edit);
      await trx.queue.enqueue('master', { sessionId, episodeId: id });
    });
    await expect.poll(() => stateOf(id), patience).not.toBe('mastering');
    return (await catalog.episodes.byId(id))!;
  };
  const edit = { cuts: [{ startUs: 1_000_000, endUs: 3_000_000 }] };
  const cut = await remaster(edit);
  expect(cut).toMatchObject({ state: 'ready', edit });
  expect(cut.pieces).toMatchObject([
    { sessionUs: 0, masterUs: 0, durationUs: 1_000_000 },
    { sessionUs: 3_000_000, masterUs: 1_000_000 },
  ]);
  expect(cut.duration_us).toBe(whole.duration_us! - 2_000_000);

  // An intro of four seconds, two of which lie over the talk.
  const intro = path.join(installation.dataFolder, 'intro.flac');
  await makeTone(intro, 4);
  await installation.media.put('sounds/s/intro-1.flac', { path: intro }, { contentType: 'audio/flac' });
  await catalog.shows.setSound(guildId, showId, 'intro', 'sounds/s/intro-1.flac');
  await catalog.shows.setSound(guildId, showId, 'bed', 'sounds/s/lost.flac');
  const framed = await remaster();
  expect(framed).toMatchObject({ edit, duration_us: cut.duration_us! + 2_000_000 });
  expect(framed.pieces).toMatchObject([{ sessionUs: 0, masterUs: 2_000_000 }, { masterUs: 3_000_000 }]);

  expect(await remaster({ mutes: [{ track: 9, startUs: 0, endUs: 1 }] })).toMatchObject({
    state: 'failed',
    failure: expect.stringContaining(
      'The edit changes track 9, but the session has the tracks 1, 2.',
    ) as string,
  });
});

test('a published episode of which a speaker was erased leaves the feed, is made again, and comes back as it was', async () => {
  const { catalog, media } = installation;
  const speakers = await twoVoices();
  const { id, show_id: showId, session_id: sessionId } = await installation.record(speakers);
  await start();
  await expect.poll(() => stateOf(id), patience).toBe('ready');
  const show = (await catalog.shows.byId(showId))!;
  await catalog.transaction(async (trx) => {
    await trx.episodes.publish(show.guild_id, id);
    await trx.queue.enqueue('publish', { episodeId: id });
  });
  await expect.poll(() => stateOf(id), patience).toBe('published');
  const before = (await catalog.episodes.byId(id))!;
  const feed = async () => text((await media.read(`shows/${show.slug}/feed.xml`))!.body);

  const folder = path.join(installation.sessionsFolder, sessionId);
  await requestErasure(folder, speakers[0]!.userId);
  await carryOutErasures(folder);
  await catalog.transaction(async (trx) => {
    const mediaKeys = await trx.episodes.redo(id);
    await trx.queue.enqueue('take-down', { episodeId: id, mediaKeys });
  });
  // Not heard any more, however long it takes until it is made again.
  const formerKeys = before.renditions.map((rendition) => rendition.media_key);
  for (const key of formerKeys) await expect.poll(() => media.head(key), patience).toBeUndefined();
  expect(await feed()).not.toContain(before.guid);
  expect(await media.head(`shows/${show.slug}/episodes/${before.slug}/index.html`)).toBeUndefined();
  await catalog.queue.enqueue('master', { sessionId, episodeId: id });
  await expect.poll(() => stateOf(id), patience).toBe('published');
  const after = (await catalog.episodes.byId(id))!;
  expect([after.guid, after.published_at]).toEqual([before.guid, before.published_at]);
  const keys = after.renditions.map((rendition) => rendition.media_key);
  for (const { media_key: key } of before.renditions) {
    expect(keys).not.toContain(key);
    expect(await media.head(key)).toBeUndefined();
    expect(await feed()).not.toContain(key);
  }
  expect(await feed()).toContain(keys[0]);
}, 120_000);

test('a session in which nobody speaks fails with a sentence, at once', async () => {
  const { id } = await installation.record(silence());
  await start();
  await expect.poll(() => stateOf(id), patience).toBe('failed');
  const episode = await installation.catalog.episodes.byId(id);
  expect(episode?.failure).toMatch(
    /^Mastering failed: Nobody was heard .* The recording itself is untouched\.$/s,
  );
  expect(await installation.media.list(`media/${episode?.show_id ?? ''}/`)).toEqual([]);
  await expect.poll(() => readdir(installation.scratchFolder), patience).toEqual([]);
});

test('a session folder that is gone fails with a sentence', async () => {
  const { id, session_id } = await installation.record(silence());
  await rm(path.join(installation.sessionsFolder, session_id), { recursive: true });
  await start();
  await expect.poll(() => stateOf(id), patience).toBe('failed');
  expect((await installation.catalog.episodes.byId(id))?.failure).toContain('cannot be read as a session');
});

test('closing stops a render cleanly; the next start finishes it', { timeout: 120_000 }, async () => {
  const { id } = await installation.record(await twoVoices());
  const workers = await installation.startWorkers();
  await expect.poll(() => installation.events.some(({ episodeId }) => episodeId === id), patience).toBe(true);
  await workers.close();
  expect(await stateOf(id)).toBe('mastering');
  await expect.poll(() => readdir(installation.scratchFolder), patience).toEqual([]);
  await start();
  await expect.poll(() => stateOf(id), patience).toBe('ready');
});

test('a worker that is killed in the middle is made up for by the next', { timeout: 120_000 }, async () => {
  const { id, show_id } = await installation.record(await twoVoices());
  const { dataFolder, sessionsFolder, scratchFolder } = installation;
  await installation.catalog.close();
  const worker = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'support/worker.ts'), dataFolder, sessionsFolder, scratchFolder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(worker.stdout, 'data');
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  await installation.reopen();
  expect(await stateOf(id)).toBe('mastering');
  await start();
  await expect.poll(() => stateOf(id), patience).toBe('ready');
  const episode = await installation.catalog.episodes.byId(id);
  const keys = episode?.renditions.map((rendition) => rendition.media_key).sort();
  expect(await installation.media.list(`media/${show_id}/`)).toEqual(keys);
  await expect.poll(() => readdir(installation.scratchFolder), patience).toEqual([]);
});
