import { PermissionFlagsBits as P } from 'discord.js';
import { expect, test } from 'vitest';
import {
  findings,
  STAGE_MODERATOR,
  TO_RECORD,
  type Finding,
  type Standing,
} from '../../src/bot/permissions.ts';

const RECORDING = P.ViewChannel | P.Connect | P.SendMessages;
const standing = (fields: Partial<Standing> = {}): Standing => ({
  inChannel: RECORDING,
  inServer: RECORDING,
  userLimit: 0,
  present: 0,
  inside: false,
  ...fields,
});

test.each<[string, Partial<Standing>, Finding[]]>([
  ['all is there', {}, []],
  [
    'nothing at all',
    { inChannel: 0n, inServer: 0n },
    [
      { missing: 'ViewChannel', takenBy: 'server' },
      { missing: 'Connect', takenBy: 'server' },
      { missing: 'SendMessages', takenBy: 'server' },
    ],
  ],
  [
    'an overwrite takes it',
    { inChannel: RECORDING & ~P.Connect },
    [{ missing: 'Connect', takenBy: 'channel' }],
  ],
  ['an overwrite grants what no role does', { inServer: 0n }, []],
  ['room for one more', { userLimit: 3, present: 2 }, []],
  ['full', { userLimit: 3, present: 3 }, [{ full: true, userLimit: 3 }]],
  ['full, but the bot is one of them', { userLimit: 3, present: 3, inside: true }, []],
  ['full, but it may move members', { userLimit: 3, present: 3, inChannel: RECORDING | P.MoveMembers }, []],
  [
    'full and closed: both are told',
    { userLimit: 1, present: 1, inChannel: RECORDING & ~P.Connect },
    [
      { missing: 'Connect', takenBy: 'channel' },
      { full: true, userLimit: 1 },
    ],
  ],
])('to record: %s', (_, fields, expected) => {
  expect(findings(standing(fields), TO_RECORD)).toEqual(expected);
});

test('a stage moderator is three permissions, each named', () => {
  const missing = findings(standing({ inServer: RECORDING | P.MuteMembers }), STAGE_MODERATOR);
  expect(missing).toEqual([
    { missing: 'ManageChannels', takenBy: 'server' },
    { missing: 'MuteMembers', takenBy: 'channel' },
    { missing: 'MoveMembers', takenBy: 'server' },
  ]);
});
