import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Installation, openInstallation, twoVoices } from '../../jobs/support/installation.ts';
import { checksums } from './support.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(() => installation.remove());

const patience = { timeout: 60_000, interval: 100 };

/** The render processes of this one's workers. */
const renders = (): number[] =>
  spawnSync('pgrep', ['-P', `${process.pid}`, '-f', 'render-process.ts'], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter(Boolean)
    .map(Number);

/** Kills each of the first renders of an episode, once it is so far. */
function killRenders(episodeId: string, { times, fromPercent }: { times: number; fromPercent: number }) {
  const killed = { times: 0 };
  let last = -1;
  const unwatch = installation.catalog.watch((event) => {
    if (event.type !== 'episode' || event.episodeId !== episodeId) return;
    const percent = event.percent ?? -1;
    const again = percent < last;
    last = percent;
    if (again || percent < fromPercent || killed.times >= times) return;
    const pids = renders();
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    if (pids.length > 0) [killed.times, last] = [killed.times + 1, 101];
  });
  onTestFinished(unwatch);
  return killed;
}

test('a render killed in the middle is made again by itself; one that dies each time fails with a sentence', async () => {
  const { catalog, media, sessionsFolder, scratchFolder } = installation;
  const [unlucky, doomed] = [
    await installation.record(await twoVoices()),
    await installation.record(await twoVoices()),
  ];
  const folderOf = (episode: { session_id: string }) => path.join(sessionsFolder, episode.session_id);
  const before = await Promise.all([checksums(folderOf(unlucky)), checksums(folderOf(doomed))]);
  const once = killRenders(unlucky.id, { times: 1, fromPercent: 1 });
  const always = killRenders(doomed.id, { times: Infinity, fromPercent: 0 });
  const workers = await installation.startWorkers();
  onTestFinished(() => workers.close());
  const stateOf = async ({ id }: { id: string }) => (await catalog.episodes.byId(id))?.state;
  await expect.poll(() => stateOf(unlucky), patience).toBe('ready');
  await expect.poll(() => stateOf(doomed), patience).toBe('failed');

  expect(once.times).toBe(1);
  const { renditions } = (await catalog.episodes.byId(unlucky.id))!;
  expect((await media.list(`media/${unlucky.show_id}/`)).sort()).toEqual(
    renditions.map(({ media_key: key }) => key).sort(),
  );
  // The first try and two more.
  expect(always.times).toBe(3);
  expect((await catalog.episodes.byId(doomed.id))!.failure).toMatch(
    /^Mastering failed: The render process died \(SIGKILL\).* The recording itself is untouched\.$/s,
  );
  expect(await media.list(`media/${doomed.show_id}/`)).toEqual([]);
  await expect.poll(() => readdir(scratchFolder), patience).toEqual([]);
  expect(await Promise.all([checksums(folderOf(unlucky)), checksums(folderOf(doomed))])).toEqual(before);
});
