/** What the doctor says of what cannot be arranged on a machine at will. */
import type { Socket } from 'node:dgram';
import { GatewayCloseCodes, PermissionFlagsBits } from 'discord.js';
import { expect, test } from 'vitest';
import { refusal } from '../../src/bot/client.ts';
import { overviewFindings, permissionFindings } from '../../src/cli/doctor/channels.ts';
import { enlargeReceiveBuffer } from '../../recorder/voice/receive-buffer.ts';
import { checkClock } from '../../src/cli/doctor/discord.ts';
import { receiveBufferFinding } from '../../src/cli/doctor/machine.ts';
import { checkCertificates, checkDataFolder } from '../../src/cli/doctor/storage.ts';
import { checkTranscription } from '../../src/cli/doctor/transcription.ts';
import { scratchFolder, stagecast } from './support/command-line.ts';
import { type Answer, startEndpoint } from '../transcript/support/loopback-endpoint.ts';

test.each([
  ['in step', 0, 'good', /to the second/],
  ['a second off, as the answer takes time', 1_400, 'good', /to the second/],
  ['fast', 90_000, 'warning', /^90 s ahead of Discord's/],
  ['slow', -7_000, 'warning', /^7 s behind Discord's/],
  ['unknown', NaN, 'warning', /did not tell/],
])('a clock that is %s', (_, apartMs, verdict, seen) => {
  const oursMs = 1_000_000;
  const finding = checkClock(oursMs - apartMs, oursMs);
  expect(finding).toMatchObject({ verdict, seen: expect.stringMatching(seen) as string });
  expect(finding.remedy === undefined).toBe(verdict === 'good');
});

test.each([
  ['as large as asked for', 4 * 2 ** 20, 'good', undefined],
  ['larger', 8 * 2 ** 20, 'good', undefined],
  [
    'a byte too small',
    4 * 2 ** 20 - 1,
    'warning',
    'sysctl -w net.core.rmem_max=4194304 lets the recorder ride out stalls of the machine',
  ],
  [
    'Linux’s own',
    212_992,
    'warning',
    'sysctl -w net.core.rmem_max=4194304 lets the recorder ride out stalls of the machine',
  ],
] as const)('a receive buffer that is %s', (_, grantedBytes, verdict, remedy) => {
  // A socket on a system that grants so much: it doubles what it says on Linux (socket(7), SO_RCVBUF).
  const said = grantedBytes * (process.platform === 'linux' ? 2 : 1);
  const asked: number[] = [];
  const socket = {
    setRecvBufferSize: (bytes: number) => void asked.push(bytes),
    getRecvBufferSize: () => said,
  } as Partial<Socket> as Socket;
  const finding = receiveBufferFinding(enlargeReceiveBuffer(socket));
  expect(asked).toEqual([4 * 2 ** 20]);
  expect(finding).toEqual({
    topic: 'receive buffer',
    verdict,
    seen: `${(grantedBytes / 2 ** 20).toFixed(1)} MiB granted for UDP`,
    ...(remedy === undefined ? {} : { remedy }),
  });
});

const NO_SIGNS = { nicknamePrefix: undefined, channelStatus: false, spokenNotice: false };
const ALL_SIGNS = { nicknamePrefix: '🔴', channelStatus: true, spokenNotice: true };
const placeWith = (where: string, isStage: boolean, inServer: bigint, inChannel = inServer) => ({
  ...{ where, isStage },
  standing: { inServer, inChannel, userLimit: 0, present: 0, inside: false },
});

test('permissions: recording is a must, the rest is for webinars, and the place to mend it is named', () => {
  const { ViewChannel, Connect, SendMessages, CreateEvents } = PermissionFlagsBits;
  const standing = {
    inServer: ViewChannel | Connect | SendMessages,
    inChannel: ViewChannel | Connect | CreateEvents,
    userLimit: 0,
    present: 0,
    inside: false,
  };
  const place = { where: '#Stage, Server', isStage: true, standing };
  expect(permissionFindings(place, NO_SIGNS)).toEqual([
    {
      topic: 'may record',
      verdict: 'fault',
      seen: '#Stage, Server: lacks Send Messages',
      remedy: "allow it in the channel's settings, Permissions",
    },
    {
      topic: 'may open a stage',
      verdict: 'warning',
      seen: '#Stage, Server: lacks Manage Channels, Mute Members, Move Members',
      remedy: 'allow it in Server Settings, Roles',
    },
    { topic: 'may plan webinars', verdict: 'good', seen: '#Stage, Server' },
  ]);
});

test('permissions: the signs that the settings ask for need theirs, by the kind of channel', () => {
  const { ViewChannel, Connect, SendMessages, ChangeNickname, Speak } = PermissionFlagsBits;
  const basic = ViewChannel | Connect | SendMessages;
  const seen = (isStage: boolean, inServer: bigint, inChannel = inServer) =>
    permissionFindings(placeWith('#x', isStage, inServer, inChannel), ALL_SIGNS)
      .slice(3)
      .map((finding) => `${finding.verdict}: ${finding.topic}: ${finding.seen}`);
  expect(seen(true, basic)).toEqual([
    'warning: may change its name: #x: lacks Change Nickname',
    'warning: may show a status: #x: lacks Manage Channels, Mute Members, Move Members',
    'warning: may speak a notice: #x: lacks Mute Members',
  ]);
  expect(seen(false, basic | ChangeNickname | Speak, basic)).toEqual([
    // A nickname is the server's.
    'good: may change its name: #x',
    'warning: may show a status: #x: lacks Set Voice Channel Status',
    'warning: may speak a notice: #x: lacks Speak',
  ]);
});

test('permissions: without a channel all of them are looked at; that none is open is a fault', () => {
  const { ViewChannel, Connect, SendMessages, Speak } = PermissionFlagsBits;
  const open = placeWith('#Hall, Server', false, ViewChannel | Connect | SendMessages);
  const hidden = placeWith(
    '#Stage, Server',
    true,
    ViewChannel | Connect | SendMessages,
    Connect | SendMessages,
  );
  expect(overviewFindings([], NO_SIGNS)).toEqual([]);
  expect(overviewFindings([open], NO_SIGNS)).toEqual([
    { topic: 'may record', verdict: 'good', seen: 'in all of 1 voice and stage channels' },
  ]);
  expect(overviewFindings([open, hidden], NO_SIGNS)).toMatchObject([
    { verdict: 'warning', seen: 'not in 1 of 2: #Stage, Server lacks View Channel' },
  ]);
  const all = overviewFindings(
    Array.from({ length: 7 }, () => hidden),
    NO_SIGNS,
  );
  expect(all).toMatchObject([
    {
      verdict: 'fault',
      seen: expect.stringMatching(/^not in 7 of 7: .*; and 2 more$/) as string,
      remedy: expect.stringContaining('--channel') as string,
    },
  ]);
  const speaking = placeWith('#Round', false, Speak);
  expect(
    overviewFindings([speaking, hidden], { ...NO_SIGNS, spokenNotice: true }).map(({ seen }) => seen)[1],
  ).toBe('not in 1 of 2: #Stage, Server lacks Mute Members');
});

test('a disk below the floor is a fault, because nothing could be recorded', async () => {
  const folder = await scratchFolder();
  expect((await checkDataFolder(folder, 0)).verdict).not.toBe('fault');
  expect(await checkDataFolder(folder, 2 ** 60)).toMatchObject({
    verdict: 'fault',
    seen: expect.stringContaining('DISK_FLOOR_MB') as string,
    remedy: expect.stringContaining('lower DISK_FLOOR_MB') as string,
  });
});

test('a certificate that is not there is a fault; without one nothing is said', async () => {
  expect(await checkCertificates(undefined)).toBeUndefined();
  expect(await checkCertificates('/nowhere/ca.pem')).toMatchObject({
    verdict: 'fault',
    seen: expect.stringContaining('DISCORD_CA_FILE is no certificate') as string,
  });
});

test.concurrent.for([
  ['alone', {}, 1, /✗ Discord +no DISCORD_TOKEN\n +→ .*only the demo runs/],
  [
    'as one machine of several',
    { DATABASE_URL: 'postgresql://stagecast:x@127.0.0.1:1/stagecast' },
    1,
    /! Discord +no DISCORD_TOKEN\n +→ fine for a worker/,
  ],
] as const)('without a token and without a network nothing is ready: %s', async ([, env, code, says]) => {
  const { stdout, exitCode } = await stagecast(['doctor'], {
    ...env,
    DISCORD_API_URL: 'http://127.0.0.1:1/api',
  });
  expect(stdout).toMatch(says);
  expect(stdout).toMatch(/✗ Discord +http:\/\/127\.0\.0\.1:1\/api cannot be reached/);
  expect(exitCode).toBe(code);
});

test.runIf(process.platform === 'linux')('a data folder where nothing can be made is a fault', async () => {
  for (const folder of ['/proc', '/proc/stagecast/data'])
    expect(await checkDataFolder(folder, 0)).toMatchObject({
      verdict: 'fault',
      remedy: expect.stringContaining('DATA_FOLDER') as string,
    });
});

test.each([
  [GatewayCloseCodes.AuthenticationFailed, /DISCORD_TOKEN.*Reset Token/],
  [GatewayCloseCodes.DisallowedIntents, /intent.*Developer Portal/],
  [GatewayCloseCodes.ShardingRequired, /code 4011/],
])('the gateway closing with %i is told with its remedy', (code, says) => {
  expect(refusal(code).message).toMatch(says);
});

const transcription = { key: 'sk-secret', model: 'whisper-1', language: undefined };

test('without an endpoint no transcripts are made, and that is said', async () => {
  expect(await checkTranscription(undefined)).toEqual({
    topic: 'transcripts',
    verdict: 'good',
    seen: 'none are made, because TRANSCRIBE_URL is not set',
  });
});

test('an endpoint is good when it takes a second of audio with the key and the model', async () => {
  const endpoint = await startEndpoint();
  const finding = await checkTranscription({ ...transcription, url: endpoint.url });
  expect(finding).toEqual({
    topic: 'transcripts',
    verdict: 'good',
    seen: `${endpoint.url} answers, with model whisper-1`,
  });
  expect(endpoint.requests).toMatchObject([
    { authorization: 'Bearer sk-secret', wav: { rateHz: 16_000, seconds: 1 }, heard: [] },
  ]);
});

test.each<[string, Answer, RegExp]>([
  ['the key', { status: 401, json: {} }, /refuses the key/],
  ['an address or a model', { status: 404, json: {} }, /TRANSCRIBE_MODEL/],
  ['any more for now', { status: 429, headers: { 'Retry-After': '1' } }, /status 429/],
])('an endpoint that does not take %s is a warning, after one request', async (_, answer, says) => {
  const endpoint = await startEndpoint(() => answer);
  const finding = await checkTranscription({ ...transcription, url: endpoint.url });
  expect(finding).toMatchObject({ verdict: 'warning', seen: expect.stringMatching(says) as string });
  expect(JSON.stringify(finding)).not.toContain('sk-secret');
  expect(endpoint.requests).toHaveLength(1);
});
