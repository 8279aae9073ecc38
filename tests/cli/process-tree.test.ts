/** Whole process trees that cannot start: the port or the folder is somebody else's, or Discord refuses the token. */
import type { AddressInfo } from 'node:net';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type APIApplicationCommand, REST, Routes } from 'discord.js';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { commands } from '../../src/bot/registry.ts';
import { prepareCatalog } from '../catalog/support/test-catalog.ts';
import { openHouse, voiceOf, applicationPid, type House } from '../e2e/support/house.ts';
import { forksIn, scratchFolder, STACK, stagecast } from './support/command-line.ts';
import { freePort, listenAnywhere } from './support/ports.ts';

/** An installation that runs, on a machine without ffmpeg. */
let house: House;
let env: Record<string, string>;
/** Of those that cannot start. */
let folder: string;
beforeAll(async () => {
  house = await openHouse('stage', {
    FFMPEG_PATH: '/nonexistent/ffmpeg',
    FFPROBE_PATH: '/nonexistent/ffprobe',
  });
  const { discord, bot } = house.scene;
  folder = await mkdtemp(path.join(os.tmpdir(), 'stagecast-cli-'));
  await prepareCatalog(folder);
  env = { DISCORD_TOKEN: bot.token, DISCORD_API_URL: discord.apiUrl, HTTP_HOST: '127.0.0.1' };
}, 60_000);
afterAll(async () => {
  await house.close();
  await rm(folder, { recursive: true, force: true });
});

test('one that runs says so in a plain sentence, and where', async () => {
  const { logPath, baseUrl } = house.installation;
  const log = await readFile(logPath, 'utf8');
  expect(log).toContain(`\nStagecast is up (bot, worker, api). Pages and feeds: ${baseUrl}/ `);
});

test('the port is taken: the port and its setting are named, and nothing is forked again', async () => {
  const other = await listenAnywhere();
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const fresh = path.join(folder, 'fresh');
  const ending = await stagecast(['all'], { ...env, DATA_FOLDER: fresh, HTTP_PORT: String(port) });
  expect(ending.stderr).toContain(`Port ${port} is taken`);
  expect(ending.stderr).toContain('HTTP_PORT');
  expect(ending.stderr).not.toMatch(STACK);
  expect([ending.exitCode, forksIn(ending)]).toEqual([2, 1]);
  // Before anything that takes long was begun.
  expect(await readdir(fresh)).not.toContain('catalog');
});

test('Discord refuses the token: said once, with the remedy', async () => {
  const port = await freePort();
  const settings = { DATA_FOLDER: folder, DISCORD_TOKEN: 'aaa.bbb.ccc', HTTP_PORT: String(port) };
  const ending = await stagecast(['all'], { ...env, ...settings });
  expect(ending.stderr).toContain('Discord refuses DISCORD_TOKEN');
  expect(ending.stderr).toContain('Reset Token');
  expect(ending.stderr).not.toMatch(STACK);
  expect([ending.exitCode, forksIn(ending)]).toEqual([2, 1]);
});

test('register-commands says so too, and works with the right token', async () => {
  const [refused, { exitCode, stdout }] = await Promise.all([
    stagecast(['register-commands'], { ...env, DISCORD_TOKEN: 'aaa.bbb.ccc' }),
    stagecast(['register-commands'], env),
  ]);
  expect(refused.stderr).toMatch(/DISCORD_TOKEN is refused by Discord: reset it/);
  expect(refused.stderr).not.toMatch(STACK);
  expect(refused.exitCode).toBe(2);
  const { applicationId, token } = house.scene.bot;
  const rest = new REST({ version: '10', api: house.scene.discord.apiUrl }).setToken(token);
  const registered = (await rest.get(Routes.applicationCommands(applicationId))) as APIApplicationCommand[];
  // Whatever has a handler can be typed.
  const handled = new Set([...commands.keys()].map((typed) => typed.split(' ')[0]));
  expect(registered.map(({ name }) => name).sort()).toEqual([...handled].sort());
  expect([exitCode, stdout]).toEqual([
    0,
    expect.stringMatching(new RegExp(`^${handled.size} commands are registered`)),
  ]);
});

test('a second process on the same data folder: the holder is named', async () => {
  const { pid, dataFolder } = house.installation;
  const shared = { ...env, DATA_FOLDER: dataFolder };
  const [recorder, application] = await Promise.all([
    stagecast(['all'], shared),
    stagecast(['application', '--roles', 'worker'], shared),
  ]);
  expect(recorder.stderr).toContain(`${dataFolder} is in use by process ${pid} (the recorder)`);
  expect(recorder.stderr).not.toMatch(STACK);
  expect([recorder.exitCode, forksIn(recorder)]).toEqual([2, 0]);
  expect(application.stderr).toContain(`in use by process ${await applicationPid(house.installation)}`);
  expect(application.stderr).not.toMatch(STACK);
  // Not 2, on which a recorder would end: after a crash the application before may still be closing.
  expect(application.exitCode).toBe(1);
  expect((await fetch(`${house.installation.baseUrl}/healthz`)).status).toBe(200);
});

test('without ffmpeg the doctor says so, and what to do', async () => {
  const port = new URL(house.installation.baseUrl).port;
  const { exitCode, stdout } = await stagecast(['doctor'], {
    ...env,
    FFMPEG_PATH: '/nonexistent/ffmpeg',
    HTTP_PORT: port,
  });
  expect(stdout).toMatch(
    /✗ ffmpeg +"\/nonexistent\/ffmpeg" could not be started\n +→ .*npm run setup.*FFMPEG_PATH/,
  );
  expect(stdout).toMatch(
    /! web port +Port \d+ is taken by another program\..* set HTTP_PORT.*\n +→ fine if Stagecast runs now/,
  );
  expect(stdout).toMatch(/✓ clock +agrees with Discord's/);
  expect(stdout).toMatch(/✓ Discord +logged in as stagecast/i);
  expect(stdout).toMatch(/✓ gateway +every intent is granted; in 1 server/);
  expect(stdout).toMatch(/✓ may record +in all of \d+ voice and stage channels/);
  expect(stdout).toMatch(/✓ database +embedded/);
  expect(stdout).toMatch(/✓ feeds +\S/);
  expect(stdout).toContain('1 fault to mend first.');
  expect(exitCode).toBe(1);
});

test('the doctor looks at the permissions in a channel, and at a database', async () => {
  const { hall, lobby } = house.scene;
  const unreachable = { ...env, DATABASE_URL: 'postgresql://stagecast:s3cret@127.0.0.1:1/stagecast' };
  const [{ stdout }, text, unknown, named] = await Promise.all([
    stagecast(['doctor', '--channel', hall.id], unreachable),
    stagecast(['doctor', '--channel', lobby.id], { ...env, ALERT_CHANNEL: lobby.id }),
    stagecast(['doctor', '--channel', '1'], { ...env, ALERT_CHANNEL: '123456789012345678' }),
    stagecast(['doctor', '--channel', 'hall'], env),
  ]);
  expect(stdout).toMatch(/✓ may record +#.*\n✓ may open a stage +#.*\n✓ may plan webinars +#/);
  expect(stdout).toMatch(/✗ database +.*127\.0\.0\.1:1\/stagecast cannot be used/);
  expect(stdout).not.toContain('s3cret');
  expect(text.stdout).toMatch(/✗ channel +\d+ is no voice or stage channel\n +→ give the id/);
  expect(text.stdout).toMatch(/✓ alerts +#/);
  expect(unknown.stdout).toMatch(
    /✗ alerts +the bot sees no channel with the id 1234.*\n +→ set ALERT_CHANNEL/,
  );
  expect(unknown.stdout).toMatch(/✗ channel +the bot sees no channel with the id 1\n/);
  expect(named.stderr).toMatch(/Copy Channel ID/);
});

test('the doctor names what is wrong in the settings, and looks at the rest as it is set', async () => {
  const scratch = await scratchFolder();
  await writeFile(path.join(scratch, 'file'), '');
  const { exitCode, stdout } = await stagecast(['doctor'], {
    ...env,
    DISCORD_TOKEN: 'aaa.bbb.ccc',
    RAW_LINK_DAYS: '0',
    DATA_FOLDER: path.join(scratch, 'file', 'data'),
    HTTP_PORT: '0x50',
  });
  expect(stdout).toMatch(/✗ settings +HTTP_PORT must be .*; RAW_LINK_DAYS must be /);
  expect(stdout).toMatch(/✗ data folder +.*\n +→ set DATA_FOLDER/);
  expect(stdout).toMatch(/✗ Discord +the token is refused\n +→ reset it in the Developer Portal/);
  expect(stdout).toContain('3 faults to mend first.');
  expect(exitCode).toBe(1);
});

test('without ffmpeg a recording is kept, its mastering fails with the remedy, and the process lives on', async () => {
  const { scene, installation } = house;
  const { hall, host, lobby, bot } = scene;
  const before = await applicationPid(installation);
  host.joinVoice(hall, { speaker: true });
  await host.runCommand('record start', { channel: hall, title: 'No tools' }, lobby);
  await hall.room().whenConnected(bot.userId);
  await host.speak(voiceOf('tobias-2.opus'));
  const ending = await host.runCommand('record stop', {}, lobby);
  const { content } = await ending.until(
    ({ content: said }) => said.includes('could not be finished'),
    30_000,
  );
  expect(content).toMatch(/could not be started\. Install ffmpeg 5\.1 or later/);
  expect(content).toContain('FFMPEG');
  expect(content).toContain('safe');
  expect(content).not.toMatch(STACK);
  expect(await applicationPid(installation)).toBe(before);
  expect((await host.runCommand('record status', {}, lobby)).text()).toContain('Nothing is being recorded');
}, 60_000);
