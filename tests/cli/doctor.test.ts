/** What the doctor says of what cannot be arranged on a machine at will. */
import { GatewayCloseCodes, PermissionFlagsBits } from 'discord.js';
import { expect, test } from 'vitest';
import { refusal } from '../../src/bot/client.ts';
import { checkClock, permissionFindings } from '../../src/cli/doctor/discord.ts';
import { checkDataFolder } from '../../src/cli/doctor/storage.ts';

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
