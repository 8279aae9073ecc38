/** The arithmetic of permissions, as the documentation lays it out. */
import { OverwriteType, PermissionFlagsBits, type APIOverwrite, type APIRole } from 'discord-api-types/v10';
import { expect, test } from 'vitest';
import type { ChannelState, GuildState, MemberState } from '../../src/simulator/state/model.ts';
import {
  bitsOf,
  channelPermissions,
  guildPermissions,
  missingFrom,
  type PermissionName,
} from '../../src/simulator/state/permissions.ts';

const GUILD = '1';
const roles: Record<string, PermissionName[]> = {
  [GUILD]: ['ViewChannel', 'Connect'],
  speakers: ['Speak'],
  hosts: ['MuteMembers'],
  admins: ['Administrator'],
};
const guild = {
  id: GUILD,
  ownerId: 'owner',
  roles: new Map(
    Object.entries(roles).map(([id, names]) => [id, { permissions: bitsOf(names).toString() } as APIRole]),
  ),
  members: new Map(
    Object.entries({
      owner: [],
      plain: [],
      speaker: ['speakers'],
      host: ['speakers', 'hosts'],
      admin: ['admins'],
      ghost: ['no-such-role'],
    }).map(([id, held]) => [id, { roles: new Set(held) } as unknown as MemberState]),
  ),
} as unknown as GuildState;

type Row = [id: string, type: 'role' | 'member', allow: PermissionName[], deny: PermissionName[]];
const channel = (rows: Row[]) =>
  ({
    overwrites: rows.map(([id, type, allow, deny]): APIOverwrite => ({
      id,
      type: type === 'role' ? OverwriteType.Role : OverwriteType.Member,
      allow: bitsOf(allow).toString(),
      deny: bitsOf(deny).toString(),
    })),
  }) as unknown as ChannelState;

test.each<[string, PermissionName[]]>([
  ['plain', ['ViewChannel', 'Connect']],
  ['ghost', ['ViewChannel', 'Connect']],
  ['speaker', ['ViewChannel', 'Connect', 'Speak']],
  ['host', ['ViewChannel', 'Connect', 'Speak', 'MuteMembers']],
  ['stranger', []],
])('%s holds in the guild what the roles add up to', (user, expected) => {
  expect(guildPermissions(guild, user)).toBe(bitsOf(expected));
});

test.each(['owner', 'admin'])('%s holds everything, whatever the channel denies', (user) => {
  const closed = channel([
    [GUILD, 'role', [], ['ViewChannel']],
    [user, 'member', [], ['ViewChannel', 'Connect']],
  ]);
  const names = Object.keys(PermissionFlagsBits) as PermissionName[];
  expect(missingFrom(guildPermissions(guild, user), names)).toEqual([]);
  expect(missingFrom(channelPermissions(guild, closed, user), names)).toEqual([]);
});

test.each<[string, string, Row[], PermissionName[]]>([
  ['no overwrite changes nothing', 'plain', [], ['ViewChannel', 'Connect']],
  ['@everyone loses', 'plain', [[GUILD, 'role', [], ['Connect']]], ['ViewChannel']],
  [
    'a role wins over @everyone',
    'speaker',
    [
      ['speakers', 'role', ['Connect'], []],
      [GUILD, 'role', [], ['Connect']],
    ],
    ['ViewChannel', 'Connect', 'Speak'],
  ],
  [
    'among roles, allow wins over deny, in any order',
    'host',
    [
      ['speakers', 'role', ['Stream'], []],
      ['hosts', 'role', [], ['Stream', 'Speak']],
    ],
    ['ViewChannel', 'Connect', 'MuteMembers', 'Stream'],
  ],
  [
    'the member wins over the roles',
    'speaker',
    [
      ['speaker', 'member', [], ['Speak']],
      ['speakers', 'role', ['Speak'], []],
    ],
    ['ViewChannel', 'Connect'],
  ],
  [
    "another's overwrites do not count",
    'plain',
    [
      ['speakers', 'role', ['Speak'], []],
      ['host', 'member', ['Speak'], []],
      // A member overwrite never applies by a role's id, nor the other way round.
      ['plain', 'role', ['Speak'], []],
    ],
    ['ViewChannel', 'Connect'],
  ],
  [
    'who cannot view can do nothing',
    'host',
    [['host', 'member', ['Speak', 'ManageChannels'], ['ViewChannel']]],
    [],
  ],
  ['a stranger gets nothing by @everyone', 'stranger', [], []],
])('%s', (_, user, rows, expected) => {
  expect(channelPermissions(guild, channel(rows), user)).toBe(bitsOf(expected));
});
