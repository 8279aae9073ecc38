import { PermissionFlagsBits as P, PermissionsBitField } from 'discord.js';
import { expect, test } from 'vitest';
import { assertHostOr, isHost } from '../../src/bot/access.ts';
import { UserError } from '../../src/bot/user-error.ts';
import { en } from '../../templates/messages/en.ts';

test.each([
  ['nothing', 0n, false],
  ['what everybody has', P.ViewChannel | P.Connect | P.SendMessages, false],
  ['Manage Channels', P.ManageChannels, false],
  ['Manage Events', P.ManageEvents, true],
  ['Manage Server', P.ManageGuild, true],
  ['Administrator', P.Administrator, true],
])('who has %s is a host: %s', (_, held, expected) => {
  expect(isHost(new PermissionsBitField(held))).toBe(expected);
});

test.each([
  ['a host', '1', true, '2', undefined],
  ['whoever began it', '1', false, '1', undefined],
  ['somebody else', '1', false, '2', en.errors.notYours('<@2>')],
  ['nobody known began it', '1', false, undefined, en.errors.notAllowed],
])('%s', (_, id, allowed, ownerId, expected) => {
  let refusal: unknown;
  try {
    assertHostOr(ownerId, { member: { id }, isHost: allowed });
  } catch (error) {
    refusal = error;
  }
  expect(refusal instanceof UserError ? refusal.wording(en) : refusal).toBe(expected);
});
