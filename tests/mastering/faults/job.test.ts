import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
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

/**
 * Kills each of the first renders of an episode once it has written something, which is before its end: what it made is
 * copied into the media store by its parent, and its scratch folder goes with the try.
 */
function killRenders(episodeId: string, { times }: { times: number }) {
  const killed = new Set<number>();
  const written = path.join(installation.scratchFolder, `master-${episodeId}`, '.render-*', '*');
  const looking = setInterval(() => {
    if (killed.size >= times || globSync(written).length === 0) return;
    for (const pid of renders()) {
      if (killed.has(pid)) continue;
      process.kill(pid, 'SIGKILL');
      killed.add(pid);
    }
  }, 20);
  onTestFinished(() => clearInterval(looking));
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
  const once = killRenders(unlucky.id, { times: 1 });
  const always = killRenders(doomed.id, { times: Infinity });
  const workers = await installation.startWorkers();
  onTestFinished(() => workers.close());
  const stateOf = async ({ id }: { id: string }) => (await catalog.episodes.byId(id))?.state;
  await expect.poll(() => stateOf(unlucky), patience).toBe('ready');
  await expect.poll(() => stateOf(doomed), patience).toBe('failed');

  expect(once.size).toBe(1);
  const { renditions } = (await catalog.episodes.byId(unlucky.id))!;
  expect((await media.list(`media/${unlucky.show_id}/`)).sort()).toEqual(
    renditions.map(({ media_key: key }) => key).sort(),
  );
  // The first try and two more.
  expect(always.size).toBe(3);
  expect((await catalog.episodes.byId(doomed.id))!.failure).toMatch(
    /^Mastering failed: The render process died \(SIGKILL\).* The recording itself is untouched\.$/s,
  );
  expect(await media.list(`media/${doomed.show_id}/`)).toEqual([]);
  await expect.poll(() => readdir(scratchFolder), patience).toEqual([]);
  expect(await Promise.all([checksums(folderOf(unlucky)), checksums(folderOf(doomed))])).toEqual(before);
});
