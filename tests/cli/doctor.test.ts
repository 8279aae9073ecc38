/** What the doctor says of what cannot be arranged on a machine at will. */
import { GatewayCloseCodes, PermissionFlagsBits } from 'discord.js';
import { expect, test } from 'vitest';
import { refusal } from '../../src/bot/client.ts';
import { checkClock, permissionFindings } from '../../src/cli/doctor/discord.ts';
import { checkDataFolder } from '../../src/cli/doctor/storage.ts';
import { checkTranscription } from '../../src/cli/doctor/transcription.ts';
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

test('permissions: recording is a must, the rest is for webinars, and the place to mend it is named', () => {
  const { ViewChannel, Connect, SendMessages, CreateEvents } = PermissionFlagsBits;
  const standing = {
    inServer: ViewChannel | Connect | SendMessages,
    inChannel: ViewChannel | Connect | CreateEvents,
    userLimit: 0,
    present: 0,
    inside: false,
  };
  expect(permissionFindings('#Stage, Server', standing)).toEqual([
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

test.runIf(process.platform === 'linux')('a data folder where nothing can be made is a fault', async () => {
  for (const folder of ['/proc', '/proc/stagecast/data'])
    expect(await checkDataFolder(folder)).toMatchObject({
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
