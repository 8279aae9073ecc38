import { randomUUID } from 'node:crypto';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lineOf } from '../../src/cli/rescan/report.ts';
import { rescanSessions, sessionEntries, type Finding } from '../../src/cli/rescan/rescan.ts';
import { newGuild, openTestCatalog, type TestCatalog } from '../catalog/support/test-catalog.ts';
import { numberedOpus } from '../recorder/support/network.ts';
import { writeSampleSession } from '../recorder/support/sample-session.ts';
import { STACK, stagecast } from './support/command-line.ts';

let opened: TestCatalog;
let sessionsFolder: string;
beforeEach(async () => {
  opened = await openTestCatalog();
  sessionsFolder = path.join(opened.options.dataFolder, 'sessions');
  await mkdir(sessionsFolder);
});
afterEach(() => opened.remove());

const speaker = {
  ...{ userId: '1', displayName: 'Ada' },
  spurts: [{ startUs: 0, packets: Array.from({ length: 50 }, (_, number) => numberedOpus(number, 0xf8, 8)) }],
};

async function record(guildId: string, title: string, options: { seal?: false; spoken?: false } = {}) {
  const sessionId = randomUUID();
  const speakers = options.spoken === false ? [] : [speaker];
  const rest = options.seal === undefined ? {} : { seal: options.seal };
  const folder = path.join(sessionsFolder, sessionId);
  await writeSampleSession(folder, { ...{ sessionId, guildId, title, speakers, durationUs: 2e6 }, ...rest });
  return sessionId;
}

const rescan = async (): Promise<Finding[]> =>
  rescanSessions({
    entries: await sessionEntries(sessionsFolder),
    ...{ catalog: opened.catalog, sessionsFolder },
    nameOfGuild: (guildId) => Promise.resolve(`Named ${guildId}`),
  });
const kinds = (findings: readonly Finding[]) => findings.map(({ kind }) => kind).sort();

test('the catalog was lost: every session is back, in a show of its server, and its episode will be mastered', async () => {
  const [here, there] = [newGuild(), newGuild()];
  const first = await record(here.id, 'One');
  const second = await record(here.id, 'Two');
  const third = await record(there.id, 'Three');
  const silent = await record(there.id, 'Nobody spoke', { spoken: false });
  const { catalog } = opened;
  // One of the servers is known, by its own name.
  await catalog.guilds.upsert({ id: there.id, name: 'Next door' });
  expect(kinds(await rescan())).toEqual(Array.from({ length: 4 }, () => 'taken-in'));

  const shows = await catalog.shows.listFor(here.id);
  expect(shows.map(({ title }) => title)).toEqual([`Named ${here.id}`]);
  expect((await catalog.shows.listFor(there.id)).map(({ title }) => title)).toEqual(['Next door']);
  expect(await catalog.sessions.byId(first)).toMatchObject({
    ...{ state: 'sealed', title: 'One', guild_id: here.id, channel_id: '200', started_by: '300' },
    ...{ show_id: shows[0]!.id, duration_us: 2e6, speakers: 1 },
    started_at: new Date(Date.UTC(2026, 10, 22, 19)),
    ended_at: new Date(Date.UTC(2026, 10, 22, 19, 0, 2)),
  });
  const episodes = await catalog.episodes.listFor(here.id);
  expect(episodes.map(({ session_id, state }) => [session_id, state]).sort()).toEqual(
    [first, second].map((id) => [id, 'mastering']).sort(),
  );
  expect((await catalog.episodes.listFor(there.id)).map(({ session_id }) => session_id)).toEqual([third]);
  expect(await catalog.sessions.byId(silent)).toMatchObject({ state: 'sealed', speakers: 0 });
});

test('run again it finds everything known, and makes nothing twice', async () => {
  const guild = newGuild();
  await record(guild.id, 'One');
  await rescan();
  expect(kinds(await rescan())).toEqual(['known']);
  expect(await opened.catalog.sessions.listFor(guild.id)).toHaveLength(1);
  expect(await opened.catalog.episodes.listFor(guild.id)).toHaveLength(1);
});

test('a session that the catalog lost sight of keeps its show; one that is open is left to the recorder', async () => {
  const guild = newGuild();
  const { catalog } = opened;
  await catalog.shows.createDefaultFor(guild);
  const show = await catalog.shows.create(guild.id, { title: 'Another show' });
  const id = await record(guild.id, 'One');
  await catalog.sessions.create({
    ...{ id, guildId: guild.id, showId: show.id, channelId: '200', title: 'One', startedBy: '300' },
    startedAt: new Date(),
  });
  const open = await record(guild.id, 'Still open', { seal: false });
  expect(kinds(await rescan())).toEqual(['open', 'taken-in']);
  expect(await catalog.sessions.byId(id)).toMatchObject({ state: 'sealed', show_id: show.id });
  expect(await catalog.sessions.byId(open)).toBeUndefined();
});

test('what cannot be read is named and left as it is; so is what has no folder', async () => {
  const guild = newGuild();
  const id = await record(guild.id, 'One');
  await rescan();
  await cp(path.join(sessionsFolder, id), path.join(sessionsFolder, 'a copy'), { recursive: true });
  await rm(path.join(sessionsFolder, id), { recursive: true });
  await mkdir(path.join(sessionsFolder, 'broken'));
  await writeFile(path.join(sessionsFolder, 'broken', 'journal.jsonl'), '{"type":"hea');
  await writeFile(path.join(sessionsFolder, 'a file'), '');
  const findings = await rescan();
  expect(kinds(findings)).toEqual(['no-folder', 'unreadable', 'unreadable']);
  const lines = findings.map(lineOf).join('\n');
  expect(lines).toMatch(/a copy: left as it is\. .*give the folder this name/);
  expect(lines).toMatch(/broken: left as it is\. .*journal does not begin with a header/);
  expect(lines).toContain(`${id}: the catalog knows “One”`);
  expect((await readdir(sessionsFolder)).sort()).toEqual(['a copy', 'a file', 'broken']);
  expect(await readFile(path.join(sessionsFolder, 'broken', 'journal.jsonl'), 'utf8')).toBe('{"type":"hea');
});

test('each folder that could not be read is named with why; a link to one is followed', async () => {
  const guild = newGuild();
  const linked = await record(guild.id, 'Elsewhere');
  await rename(path.join(sessionsFolder, linked), path.join(opened.options.dataFolder, 'elsewhere'));
  await symlink('../elsewhere', path.join(sessionsFolder, linked));
  await symlink('in circles', path.join(sessionsFolder, 'in circles'));
  await mkdir(path.join(sessionsFolder, 'denied', 'journal.jsonl'), { recursive: true });
  const closed = await record(guild.id, 'Closed');
  await chmod(path.join(sessionsFolder, closed), 0);
  const findings = await rescan();
  await chmod(path.join(sessionsFolder, closed), 0o700);
  const lines = findings.map(lineOf).join('\n');
  expect(lines).toContain(`+ ${linked}: `);
  expect(lines).toMatch(/! in circles: left as it is\. ELOOP: /);
  expect(lines).toMatch(/! denied: left as it is\. .*no journal that can be read \(EISDIR: /);
  // The superuser may read what is closed to everybody.
  const isRoot = process.getuid?.() === 0;
  expect(lines).toMatch(
    isRoot ? new RegExp(`\\+ ${closed}: `) : new RegExp(`! ${closed}: left as it is\\..*\\(EACCES: `),
  );
});

test('what cannot be used at all is a sentence, and the exit code says so', async () => {
  await opened.catalog.close();
  const { dataFolder } = opened.options;
  const env = { LOG_LEVEL: 'silent', DISCORD_API_URL: 'http://127.0.0.1:1/api' };
  // Takes no file, whoever asks: /proc is the file system of the system itself.
  const nowhere = await stagecast(['rescan'], { ...env, DATA_FOLDER: '/proc/stagecast' });
  expect(nowhere.stderr).toMatch(/DATA_FOLDER cannot be used \(.*Set it to a folder/);
  await rm(sessionsFolder, { recursive: true });
  await symlink('sessions', sessionsFolder);
  const circle = await stagecast(['rescan'], { ...env, DATA_FOLDER: dataFolder });
  expect(circle.stderr).toMatch(/The recordings cannot be read \(ELOOP: .*correct DATA_FOLDER/);
  await rm(sessionsFolder);
  await mkdir(path.join(sessionsFolder, 'broken'), { recursive: true });
  const broken = await stagecast(['rescan'], { ...env, DATA_FOLDER: dataFolder });
  expect(broken.stdout).toContain('! broken: left as it is.');
  expect([nowhere, circle, broken].map(({ exitCode }) => exitCode)).toEqual([2, 2, 1]);
  expect(nowhere.stderr + circle.stderr + broken.stderr).not.toMatch(STACK);
});

test('the command says what it found, and names the process in its way', async () => {
  const guild = newGuild();
  await record(guild.id, 'One');
  const { dataFolder } = opened.options;
  const env = { DATA_FOLDER: dataFolder, LOG_LEVEL: 'silent' };
  const refused = await stagecast(['rescan'], env);
  expect(refused.stderr).toContain(`in use by process ${process.pid}`);
  expect(refused.exitCode).toBe(2);
  await opened.catalog.close();
  const { stdout, exitCode } = await stagecast(['rescan'], env);
  expect(stdout).toContain(`“One”, 0 min, 1 speakers, taken into the show “Server ${guild.id}”`);
  expect(stdout).toMatch(/^1 session folders: 1 taken in/m);
  expect(exitCode).toBe(0);
});
