import {
  ApplicationCommandOptionType,
  DiscordAPIError,
  RateLimitError,
  RESTJSONErrorCodes as Code,
} from 'discord.js';
import { expect, test } from 'vitest';
import type { SealedSession, SessionStatus } from '../../recorder/protocol.ts';
import { commandDefinitions } from '../../src/bot/commands/definitions.ts';
import { statusEmbed } from '../../src/bot/commands/record/status-view.ts';
import { shortTime } from '../../src/bot/commands/webinar/choices.ts';
import { plain } from '../../src/bot/plain-text.ts';
import { RecorderRefusal } from '../../src/bot/recorder-link.ts';
import { endingLines } from '../../src/bot/recording/ending.ts';
import { warningText } from '../../src/bot/recording/warnings.ts';
import { commands, completions } from '../../src/bot/registry.ts';
import { UserError, wordingFor } from '../../src/bot/user-error.ts';
import { NotInCatalogError, StateError } from '../../src/catalog/index.ts';
import { textsFor } from '../../templates/messages/index.ts';
import { en } from '../../templates/messages/en.ts';

test.each<[SealedSession['reason'], number, boolean, string[]]>([
  ['stop', 2, false, [en.ending.stop('Talk', 61), en.episode.waiting(0)]],
  ['stop', 2, true, [en.ending.thanks('Talk', 61), en.episode.waiting(0)]],
  ['stop', 0, false, [en.ending.stop('Talk', 61), en.ending.nobodySpoke]],
  [
    'shutdown',
    1,
    false,
    [`${en.ending.shutdown('Talk', 61)} ${en.ending.startedBy('<@9>')}`, en.episode.waiting(0)],
  ],
  [
    'disconnected',
    1,
    true,
    [`${en.ending.disconnected('Talk', 61)} ${en.ending.startedBy('<@9>')}`, en.episode.waiting(0)],
  ],
  [
    'disk-full',
    1,
    false,
    [`${en.ending['disk-full']('Talk', 61)} ${en.ending.startedBy('<@9>')}`, en.episode.waiting(0)],
  ],
  [
    'removed',
    1,
    false,
    [`${en.ending.removed('Talk', 61)} ${en.ending.startedBy('<@9>')}`, en.episode.waiting(0)],
  ],
  [
    'channel-gone',
    1,
    false,
    [`${en.ending['channel-gone']('Talk', 61)} ${en.ending.startedBy('<@9>')}`, en.episode.waiting(0)],
  ],
  [
    'recovered',
    1,
    false,
    [`${en.ending.recovered('Talk', 61)} ${en.ending.startedBy('<@9>')}`, en.episode.waiting(0)],
  ],
  [
    'empty',
    1,
    false,
    [`${en.ending.empty('Talk', 61)} ${en.ending.startedBy('<@9>')}`, en.episode.waiting(0)],
  ],
  [
    'silence',
    1,
    true,
    [`${en.ending.silence('Talk', 61)} ${en.ending.startedBy('<@9>')}`, en.episode.waiting(0)],
  ],
  [
    'untold',
    1,
    false,
    [`${en.ending.untold('Talk', 61)} ${en.ending.startedBy('<@9>')}`, en.episode.waiting(0)],
  ],
  [
    'max-length',
    1,
    false,
    [`${en.ending['max-length']('Talk', 61)} ${en.ending.startedBy('<@9>')}`, en.episode.waiting(0)],
  ],
])('an end by %s with %i speakers (thanks: %s)', (reason, speakers, thanks, expected) => {
  const sealed = { reason, speakers, durationUs: 61e6 };
  expect(endingLines({ sealed, title: 'Talk', thanks, host: '<@9>' }, en)).toEqual(expected);
});

const discordError = (code: number, status: number) =>
  new DiscordAPIError({ code, message: 'as Discord says' }, code, status, 'POST', 'https://x', {});

test.each<[unknown, string | undefined]>([
  [new UserError((say) => say.errors.chooseChannel), en.errors.chooseChannel],
  [
    new StateError({ noun: 'webinar', state: 'scheduled', title: '*Ears* <@1>' }),
    en.errors.webinarState.scheduled(plain('*Ears* <@1>')),
  ],
  [new StateError({ noun: 'webinar', state: 'live', title: 'Ears' }), en.errors.webinarState.live('Ears')],
  [
    new StateError({ noun: 'episode', state: 'published', title: '**Ears**', failure: null }),
    en.errors.episodeState.published('\\*\\*Ears\\*\\*'),
  ],
  [
    new StateError({ noun: 'episode', state: 'failed', title: 'Ears', failure: 'No ffmpeg.' }),
    '“Ears” has failed: No ffmpeg.',
  ],
  [
    new StateError({ noun: 'episode', state: 'failed', title: 'Ears', failure: null }),
    en.errors.episodeState.failed('Ears', null),
  ],
  [
    new StateError({ noun: 'imported episode', state: 'published', title: '*Ears*' }),
    en.errors.imported('\\*Ears\\*'),
  ],
  [new StateError({ noun: 'export', state: 'making' }), en.errors.exportState.making],
  [new NotInCatalogError('show'), en.errors.notHere('show')],
  [new NotInCatalogError('session'), en.errors.notHere('recording')],
  [new RecorderRefusal('disk-full', 'x'), en.errors.diskFull],
  [new RecorderRefusal('checking', 'x'), en.errors.checking],
  [new RecorderRefusal('silent', 'x'), en.errors.recorderSilent],
  [new RecorderRefusal('stopping', 'x'), en.errors.recorderBusy],
  [new RecorderRefusal('failed', 'x'), undefined],
  [discordError(Code.UnknownChannel, 404), en.errors.gone],
  [discordError(Code.MissingAccess, 403), en.errors.noAccess],
  [discordError(Code.MissingPermissions, 403), en.errors.denied],
  [discordError(Code.MaximumNumberOfUncompletedGuildScheduledEventsReached, 400), en.errors.tooManyEvents],
  [discordError(Code.InvalidFormBodyOrContentType, 400), undefined],
  [new RateLimitError({} as never), en.errors.tooFast],
  [new Error('ours'), undefined],
  ['thrown by mistake', undefined],
])('%s is worded', (error, expected) => {
  expect(wordingFor(error)?.(en)).toBe(expected);
});

const live = (
  speakers: SessionStatus['speakers'],
  state: SessionStatus['state'] = 'recording',
  health: SessionStatus['health'] = 'good',
): SessionStatus => ({
  ...{ sessionId: '00000000-0000-4000-8000-000000000001', guildId: '1', channelId: '2' },
  ...{ title: 'Talk', state, health, startedAtMs: 0, elapsedUs: 125e6, speakers, toldPeople: 3 },
});
const speaker = (index: number) => ({
  ...{ userId: `${index}`, displayName: `Person ${index} ${'*'.repeat(90)}` },
  ...{ packets: 500 + index, lost: 5, lastHeardUs: 124e6 },
});

test('the status names place, time, starter, interest and speakers, the most talkative first', () => {
  const input = {
    live: live([speaker(1), speaker(2)]),
    startedByUserId: '9',
    interested: 12,
    optedOut: ['Ana', '*Bo*'],
  };
  const { title, description } = statusEmbed(input, en).toJSON();
  expect(title).toBe('Recording “Talk”');
  expect(description).toContain('<#2> · 2 min 05 s · all is well\nStarted by <@9>');
  expect(description).toContain(en.webinar.interested(12));
  expect(description).toContain(
    '3 people have been told. Opted out, so nothing of them is kept: **Ana** and **\\*Bo\\***.',
  );
  expect(description).toMatch(/Person 2[^]*Person 1/);
  expect(description).toContain('1.0 % lost · heard just now');
});

test('a hundred speakers with long names fit into an embed', () => {
  const speakers = Array.from({ length: 100 }, (_, index) => speaker(index));
  const crowd = speakers.map(({ displayName }) => displayName);
  const { description } = statusEmbed(
    { live: live(speakers), startedByUserId: undefined, interested: undefined, optedOut: crowd },
    en,
  ).toJSON();
  expect(description!.length).toBeLessThanOrEqual(4_096);
  expect(description).toContain(en.record.moreSpeakers(80));
});

test('nobody yet, and a lost connection, are said', () => {
  const input = {
    live: live([], 'reconnecting'),
    startedByUserId: undefined,
    interested: undefined,
    optedOut: [],
  };
  const { description } = statusEmbed(input, en).toJSON();
  expect(description).toContain(en.record.states.reconnecting);
  expect(description).toContain(en.record.nobodyYet);
  expect(description).toContain('3 people have been told. Nobody here has opted out.');
  const moved = statusEmbed({ ...input, live: { ...input.live, untold: true } }, en).toJSON();
  expect(moved.description).not.toContain('have been told. ');
});

test.each(['deaf', 'undecryptable', 'server-deaf'] as const)(
  'a recorder that is %s is not well',
  (health) => {
    const input = {
      live: live([], 'recording', health),
      startedByUserId: undefined,
      interested: undefined,
      optedOut: [],
    };
    const { description, color } = statusEmbed(input, en).toJSON();
    expect(description).toContain(en.record.health[health]);
    const well = statusEmbed({ ...input, live: live([]) }, en).toJSON();
    expect([well.description, well.color]).not.toEqual([description, color]);
  },
);

test.each([
  ['server-deaf', en.warning.deaf('<@1>')],
  ['disk', en.warning.disk('<@1>')],
  ['deaf', en.warning.unheard('<@1>')],
  ['undecryptable', en.warning.undecryptable('<@1>')],
  ['hearing', en.warning.hearing('<@1>')],
  ['quiet', en.warning.quiet('<@1>')],
  ['unwelcome', en.warning.unwelcome('<@1>')],
  ['returned', en.warning.returned('<@1>')],
  ['connection-lost', undefined],
  ['from the future', undefined],
])('the warning %s', (code, expected) => {
  expect(warningText(code, '<@1>', en)).toBe(expected);
});

test('what Discord is told to offer, and what is answered, are the same', () => {
  const offered = commandDefinitions(en).flatMap(
    ({ name, options = [] }): { path: string; option: object }[] => {
      const below = options.filter(({ type }) => type === ApplicationCommandOptionType.Subcommand);
      return below.length > 0
        ? below.map((option) => ({ path: `${name} ${option.name}`, option }))
        : [{ path: name, option: options }];
    },
  );
  expect(offered.map(({ path }) => path).sort()).toEqual([...commands.keys()].sort());
  const completed = offered.filter(({ option }) => JSON.stringify(option).includes('"autocomplete":true'));
  expect(completed.map(({ path }) => path).sort()).toEqual([...completions.keys()].sort());
});

test.each([['fr'], ['en-GB'], ['pt-BR'], ['']])('the locale “%s” has texts', (locale) => {
  expect(textsFor(locale).errors.serverOnly).not.toBe('');
});

test('a choice shows the time in the server’s zone', () => {
  expect(shortTime(new Date('2026-12-01T18:00:00Z'), 'Europe/Brussels', 'en-GB')).toMatch(/1 Dec.*19:00/);
});
