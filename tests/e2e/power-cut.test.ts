/**
 * A power cut: the whole installation stands on a file system of its own, and the image of that file system is copied at the
 * moment of a kill. What the copy lacks is what no sync had brought to the disk.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openSoakHouse } from '../../bench/soak/house.ts';
import { judge } from '../../bench/soak/judge.ts';
import { speech } from '../../bench/soak/round.ts';
import { recoverSession } from '../../recorder/session/recover.ts';
import { openCatalog } from '../../src/catalog/index.ts';
import { prepareCatalog, quietLogger } from '../catalog/support/test-catalog.ts';

const run = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;

/** A file system in a file. Nothing but syncs, or a quarter of an hour, brings its journal to the disk. */
function mountImage(image: string, mountPoint: string): boolean {
  mkdirSync(mountPoint);
  onTestFinished(() => void spawnSync('umount', ['-l', mountPoint]));
  return run('mount', '-o', 'loop,commit=900', image, mountPoint);
}

test('a power cut costs at most a second of each track; catalog, folders and acknowledged markers are there', async ({
  skip,
}) => {
  const scratch = mkdtempSync(path.join(tmpdir(), 'stagecast-power-'));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const [disk, image, copy] = ['disk', 'image', 'copy'].map((name) => path.join(scratch, name)) as [
    string,
    string,
    string,
  ];
  const mayMount = process.platform === 'linux' && process.getuid?.() === 0;
  const made = mayMount && run('truncate', '-s', '1G', image) && run('mkfs.ext4', '-q', '-F', image);
  skip(!made || !mountImage(image, disk), 'this process may not mount the image of a file system (loop)');

  // Made before, and brought to the disk as its first boot would: that is thousands of syncs.
  const dataBefore = path.join(disk, 'data');
  await prepareCatalog(dataBefore);
  expect(run('sync', '-f', dataBefore)).toBe(true);
  const house = await openSoakHouse(2, dataBefore);
  onTestFinished(() => house.close());
  const { discord, servers, bot } = house;
  const marked: string[][] = [];
  for (const { host, hall, lobby } of servers) {
    const started = await host.runCommand('record start', { channel: hall, title: 'Power' }, lobby);
    expect(started.text()).toContain('Recording **Power**');
    await hall.room().whenConnected(bot.userId);
    await Promise.all(
      hall
        .room()
        .speakers()
        .map((speaker) => speaker.whenAudible()),
    );
  }
  const speak = (count: number, from: number) =>
    servers.flatMap(({ people }) =>
      people.map((person, at) => person.speak(speech(count, 1, from + at * 10_000))),
    );
  await Promise.all(speak(10, 5_000));
  const sinceUs = discord.clock.nowUs();
  const talking = speak(200, 0);
  await sleep(1_700);
  for (const { host, lobby } of servers) {
    const answer = await host.runCommand('record marker', { name: 'Just in time' }, lobby);
    marked.push(answer.text().includes('Marked') ? ['Just in time'] : []);
  }
  const recorderKilledUs = discord.clock.nowUs();
  process.kill(-house.installation().pid, 'SIGKILL');
  expect(run('cp', '--sparse=always', image, copy)).toBe(true);
  await Promise.all(talking);

  const after = path.join(scratch, 'after');
  expect(mountImage(copy, after)).toBe(true);
  const dataFolder = path.join(after, 'data');
  const catalog = await openCatalog({ dataFolder, logger: quietLogger });
  const sessions = await catalog.sessions.listAll();
  await catalog.close();
  expect(sessions.map(({ state, title }) => [state, title])).toEqual(
    servers.map(() => ['recording', 'Power']),
  );
  const folders = readdirSync(path.join(dataFolder, 'sessions'));
  expect(folders.sort()).toEqual(sessions.map(({ id }) => id).sort());
  for (const { id, channel_id } of sessions) {
    const folder = path.join(dataFolder, 'sessions', id);
    await recoverSession(folder);
    const at = servers.findIndex(({ hall }) => hall.id === channel_id);
    const room = servers[at]!.hall.room();
    const evidence = { folder, room, sinceUs, recorderKilledUs, continued: false, markers: marked[at]! };
    const verdict = await judge(evidence);
    expect(verdict).toMatchObject({ tracks: 2, lost: 0, lostMarkers: 0, complaints: [] });
    expect(marked[at]).toEqual(['Just in time']);
    expect(verdict.tailMs).toBeLessThanOrEqual(1_000);
    expect(verdict.packets).toBeGreaterThan(0);
  }
});
