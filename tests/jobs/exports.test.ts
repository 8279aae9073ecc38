import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { exportJob } from '../../src/jobs/export-job.ts';
import { sweepExports } from '../../src/jobs/sweep-exports.ts';
import { type ExportFormat, GiveUpError, type Session } from '../../src/catalog/index.ts';
import { flacSamples } from '../../src/mastering/flac-header.ts';
import { startExport } from '../../src/mastering/index.ts';
import { temporaryFolder } from '../mastering/support/signals.ts';
import { type Installation, openInstallation, twoVoices } from './support/installation.ts';

let installation: Installation;
let session: Session;
beforeAll(async () => {
  installation = await openInstallation();
  const { session_id: sessionId } = await installation.record(await twoVoices(), 'Talk', { master: false });
  session = (await installation.catalog.sessions.byId(sessionId))!;
});
afterAll(() => installation.remove());

const patience = { timeout: 60_000, interval: 100 };
const stateOf = async (exportId: string) => (await installation.catalog.exports.byId(exportId))?.state;

async function ask(format: ExportFormat): Promise<string> {
  return installation.catalog.transaction(async (trx) => {
    const { guild_id: guildId, id: sessionId } = session;
    const wanted = { guildId, sessionId, requestedBy: '300', format };
    const { export: made } = await trx.exports.request(wanted);
    await trx.queue.enqueue('export', { exportId: made.id });
    return made.id;
  });
}

test('what was asked for is made with progress, kept, and swept when its time is over', async () => {
  const { catalog, exportsFolder, exportEvents } = installation;
  const id = await ask('flac');
  const workers = await installation.startWorkers();
  onTestFinished(() => workers.close());
  await expect.poll(() => stateOf(id), patience).toBe('ready');
  const made = (await catalog.exports.byId(id))!;
  expect(made.name).toMatch(/^\d{4}-\d\d-\d\d Open Stage$/);
  expect(made.files.map(({ name }) => name)).toEqual(
    ['00 Read me.txt', '00 Markers (Audacity).txt', '00 All tracks (Audacity).lof', '00 Project (Reaper).rpp']
      .concat(['00 Project.dawproject', '01 Inès.flac', '02 Tobias.flac'])
      .map((name) => `${made.name} - ${name}`),
  );
  expect((await readdir(path.join(exportsFolder, id))).sort()).toEqual(
    made.files.map(({ name }) => name).sort(),
  );
  const told = exportEvents.filter(({ exportId }) => exportId === id);
  expect(told[0]).toMatchObject({ state: 'making', percent: 0, sessionId: session.id });
  expect(told.at(-1)).toMatchObject({ state: 'ready' });

  const forgotten = path.join(exportsFolder, '00000000-0000-4000-8000-00000000dead');
  await mkdir(forgotten);
  await sweepExports(installation.options(), new Date());
  expect(await readdir(exportsFolder)).toEqual([id]);
  await sweepExports(installation.options(), made.expires_at!);
  expect(await readdir(exportsFolder)).toEqual([]);
  expect(await catalog.exports.byId(id)).toBeUndefined();
});

test('an ffmpeg that is killed leaves nothing and is tried again; given up, the export says what happened', async () => {
  const { catalog, exportsFolder } = installation;
  const ffmpegPath = path.join(await temporaryFolder(), 'ffmpeg');
  await writeFile(ffmpegPath, '#!/bin/sh\ncase "$*" in *flac*) kill -9 $$;; esac\nexec ffmpeg "$@"\n');
  await chmod(ffmpegPath, 0o755);
  const id = await ask('flac');
  const job = exportJob({ ...installation.options(), ffmpegPath, makeExport: startExport });
  const payload = { exportId: id };
  const failure = await job
    .run({ id: 'x', payload, signal: new AbortController().signal })
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: 'RenderError', code: 'ffmpeg-failed', retry: true });
  expect(await readdir(exportsFolder)).toEqual([]);
  expect(await stateOf(id)).toBe('making');
  await job.giveUp(payload, (failure as Error).message);
  const failed = (await catalog.exports.byId(id))!;
  expect(failed).toMatchObject({ state: 'failed', failure: expect.stringMatching(/SIGKILL/) as string });
  expect(failed.expires_at!.getTime()).toBeGreaterThan(Date.now());
  await job.run({ id: 'x', payload, signal: new AbortController().signal });
  expect(await readdir(exportsFolder)).toEqual([]);
});

test('a speaker who is erased while it is made is in nothing that is kept', async () => {
  const { catalog, exportsFolder } = installation;
  const id = await ask('opus');
  const job = exportJob({
    ...installation.options(),
    async makeExport(request, options) {
      const made = await startExport(request, options);
      await catalog.exports.endAllOf(session.id);
      return made;
    },
  });
  const run = job.run({ id: 'x', payload: { exportId: id }, signal: new AbortController().signal });
  await expect(run).rejects.toThrow(GiveUpError);
  expect(await readdir(exportsFolder)).toEqual([]);
  expect((await catalog.exports.byId(id))?.failure).toContain('A speaker was erased');
});

test('stems are those of the last master, and made anew after the next', { timeout: 60_000 }, async () => {
  const { catalog, exportsFolder } = installation;
  const episode = await installation.record(await twoVoices());
  session = (await catalog.sessions.byId(episode.session_id))!;
  const workers = await installation.startWorkers();
  onTestFinished(() => workers.close());
  const mastered = async () => (await catalog.episodes.byId(episode.id))?.state;
  await expect.poll(mastered, patience).toBe('ready');
  const samplesOf = async (id: string) => {
    await expect.poll(() => stateOf(id), patience).toBe('ready');
    const { name, files } = (await catalog.exports.byId(id))!;
    expect(name).toMatch(/ - mastered$/);
    const tracks = files.filter(({ name: file }) => file.endsWith('.flac'));
    expect(tracks.map(({ name: file }) => file.slice(name!.length))).toEqual([
      ...[' - 01 Inès.flac', ' - 02 Tobias.flac'],
    ]);
    expect(await readdir(path.join(exportsFolder, id))).toHaveLength(files.length);
    return flacSamples(path.join(exportsFolder, id, tracks[0]!.name));
  };
  const first = await ask('stems');
  const samples = await samplesOf(first);
  expect(await ask('stems')).toBe(first);
  await catalog.transaction(async (trx) => {
    const edit = { cuts: [{ startUs: 1_000_000, endUs: 3_000_000 }] };
    await trx.episodes.remaster(session.guild_id, episode.id, edit);
    await trx.queue.enqueue('master', { sessionId: session.id, episodeId: episode.id });
  });
  await expect.poll(mastered, patience).toBe('ready');
  const second = await ask('stems');
  expect(second).not.toBe(first);
  expect(await samplesOf(second)).toBe(samples - 96_000);
});
