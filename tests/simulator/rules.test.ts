/** The rules of Discord's prose: messages, commands, events, callbacks, options, forms. */
import {
  ApplicationCommandOptionType as OptionType,
  ComponentType,
  GuildScheduledEventEntityType,
  GuildScheduledEventPrivacyLevel,
  GuildScheduledEventStatus as Status,
  InteractionResponseType as Response,
  InteractionType as Kind,
  type APIApplicationCommand,
} from 'discord-api-types/v10';
import { expect, test } from 'vitest';
import { filledForm, pressData } from '../../src/simulator/people/components.ts';
import { commandData, NotPossibleError, seesCommand } from '../../src/simulator/people/options.ts';
import { nestFaults } from '../../src/simulator/rest/errors.ts';
import { eventFaults, isFinished, mayBecome } from '../../src/simulator/rest/event-rules.ts';
import { callbackFaults } from '../../src/simulator/rest/interaction-rules.ts';
import { messageFaults } from '../../src/simulator/rest/message-rules.ts';
import { commandFaults } from '../../src/simulator/rest/routes/commands.ts';

const text = (length: number) => 'x'.repeat(length);
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const paths = (faults: readonly { path: string; code: string }[]) =>
  faults.map(({ path, code }) => `${path} ${code}`);
const row = (buttons: number) => ({ type: 1, components: times(buttons, { type: 2 }) });
const LONG = 'BASE_TYPE_MAX_LENGTH';

test.each<[string, Record<string, unknown>, string[]]>([
  ['2000 characters fit', { content: text(2000) }, []],
  ['2001 do not', { content: text(2001) }, [`content ${LONG}`]],
  ['ten embeds fit', { embeds: times(10, { title: 'x' }) }, []],
  ['eleven do not', { embeds: times(11, { title: 'x' }) }, [`embeds ${LONG}`]],
  [
    '6000 characters over all embeds fit',
    { embeds: [{ description: text(4000) }, { title: text(2000) }] },
    [],
  ],
  [
    'every part of an embed counts',
    { embeds: [{ description: text(5998), author: { name: 'x' }, fields: [{ name: 'x', value: 'x' }] }] },
    [`embeds ${LONG}`],
  ],
  ['five rows of five buttons fit', { components: times(5, row(5)) }, []],
  ['a sixth row does not', { components: times(6, row(1)) }, [`components ${LONG}`]],
  ['nor a sixth button', { components: [row(5), row(6)] }, [`components.1.components ${LONG}`]],
  ['components of the second version have no rows', { flags: 1 << 15, components: times(6, row(1)) }, []],
  ['nothing is no message', { tts: false }, [' MESSAGE_EMPTY']],
  ['null is nothing', { content: null, embeds: null }, [' MESSAGE_EMPTY']],
  ['a poll is a message', { poll: {} }, []],
])('message: %s', (_, body, expected) => {
  expect(paths(messageFaults(body, true))).toEqual(expected);
});

test('an edit may leave everything out', () => {
  expect(messageFaults({}, false)).toEqual([]);
});

test.each<[string, unknown[], string[]]>([
  ['a name and a description', [{ name: 'record', description: 'Records' }], []],
  ['other scripts', [{ name: 'запись', description: 'x' }], []],
  ['capitals', [{ name: 'Record', description: 'x' }], ['0.name APPLICATION_COMMAND_INVALID_NAME']],
  ['spaces', [{ name: 'a b', description: 'x' }], ['0.name APPLICATION_COMMAND_INVALID_NAME']],
  ['33 characters', [{ name: text(33), description: 'x' }], ['0.name APPLICATION_COMMAND_INVALID_NAME']],
  ['no description', [{ name: 'a' }], ['0.description BASE_TYPE_BAD_LENGTH']],
  ['101 characters of it', [{ name: 'a', description: text(101) }], ['0.description BASE_TYPE_BAD_LENGTH']],
  ['a menu command, which has none', [{ name: 'Add Marker', type: 3 }], []],
  [
    'a fault below',
    [
      {
        name: 'a',
        description: 'x',
        options: [
          { name: 'ok', description: 'x' },
          { name: 'B', description: 'x' },
        ],
      },
    ],
    ['0.options.1.name APPLICATION_COMMAND_INVALID_NAME'],
  ],
  [
    '26 choices',
    [{ name: 'a', description: 'x', options: [{ name: 'o', description: 'x', choices: times(26, {}) }] }],
    [`0.options.0 ${LONG}`],
  ],
])('command: %s', (_, commands, expected) => {
  expect(paths(commandFaults(commands as Parameters<typeof commandFaults>[0]))).toEqual(expected);
});

const message = { content: 'x' };
test.each<[string, Kind, boolean, Response, Record<string, unknown>, string[]]>([
  ['a command is answered', Kind.ApplicationCommand, false, Response.ChannelMessageWithSource, message, []],
  [
    'a command updates nothing',
    Kind.ApplicationCommand,
    false,
    Response.UpdateMessage,
    message,
    ['type BASE_TYPE_CHOICES'],
  ],
  ['a button updates', Kind.MessageComponent, true, Response.UpdateMessage, {}, []],
  [
    'a form answers no form',
    Kind.ModalSubmit,
    true,
    Response.Modal,
    { components: [{}] },
    ['type BASE_TYPE_CHOICES'],
  ],
  ['a form of a button updates', Kind.ModalSubmit, true, Response.DeferredMessageUpdate, {}, []],
  [
    'a form of a command does not',
    Kind.ModalSubmit,
    false,
    Response.DeferredMessageUpdate,
    {},
    ['type BASE_TYPE_CHOICES'],
  ],
  [
    'typing is not deferred',
    Kind.ApplicationCommandAutocomplete,
    false,
    Response.DeferredChannelMessageWithSource,
    {},
    ['type BASE_TYPE_CHOICES'],
  ],
  [
    '25 choices',
    Kind.ApplicationCommandAutocomplete,
    false,
    Response.ApplicationCommandAutocompleteResult,
    { choices: times(25, {}) },
    [],
  ],
  [
    '26 choices',
    Kind.ApplicationCommandAutocomplete,
    false,
    Response.ApplicationCommandAutocompleteResult,
    { choices: times(26, {}) },
    ['data.choices BASE_TYPE_BAD_LENGTH'],
  ],
  [
    'a form without fields',
    Kind.ApplicationCommand,
    false,
    Response.Modal,
    {},
    ['data.components BASE_TYPE_BAD_LENGTH'],
  ],
  [
    'a form of six',
    Kind.ApplicationCommand,
    false,
    Response.Modal,
    { components: times(6, {}) },
    ['data.components BASE_TYPE_BAD_LENGTH'],
  ],
  [
    'an empty reply',
    Kind.ApplicationCommand,
    false,
    Response.ChannelMessageWithSource,
    {},
    ['data MESSAGE_EMPTY'],
  ],
])('callback: %s', (_, kind, hasSource, type, data, expected) => {
  expect(paths(callbackFaults({ type, data }, { kind, hasSource }))).toEqual(expected);
});

const NOW_MS = Date.parse('2026-05-01T12:00:00Z');
const talk: Parameters<typeof eventFaults>[0] = {
  name: 'Talk',
  entity_type: GuildScheduledEventEntityType.StageInstance,
  privacy_level: GuildScheduledEventPrivacyLevel.GuildOnly,
  channel_id: '7',
  scheduled_start_time: '2026-05-01T13:00:00Z',
};
test.each<[string, Record<string, unknown>, string[]]>([
  ['a stage event', {}, []],
  ['no name', { name: '' }, ['name BASE_TYPE_REQUIRED']],
  ['101 characters of name', { name: text(101) }, [`name ${LONG}`]],
  ['1001 of description', { description: text(1001) }, [`description ${LONG}`]],
  [
    'a start that is past',
    { scheduled_start_time: '2026-05-01T12:00:00Z' },
    ['scheduled_start_time GUILD_SCHEDULED_EVENT_SCHEDULE_PAST'],
  ],
  [
    'a start that is no time',
    { scheduled_start_time: 'soon' },
    ['scheduled_start_time GUILD_SCHEDULED_EVENT_SCHEDULE_PAST'],
  ],
  [
    'an end before the start',
    { scheduled_end_time: '2026-05-01T12:30:00Z' },
    ['scheduled_end_time GUILD_SCHEDULED_EVENT_END_BEFORE_START'],
  ],
  ['a stage event without a stage', { channel_id: null }, ['channel_id BASE_TYPE_REQUIRED']],
  [
    'an external one needs a place and an end',
    { entity_type: 3, channel_id: null },
    ['entity_metadata.location BASE_TYPE_REQUIRED', 'scheduled_end_time BASE_TYPE_REQUIRED'],
  ],
  [
    'and has no channel',
    { entity_type: 3, entity_metadata: { location: 'Hall' }, scheduled_end_time: '2026-05-01T14:00:00Z' },
    ['channel_id BASE_TYPE_CHOICES'],
  ],
])('event: %s', (_, fields, expected) => {
  expect(paths(eventFaults({ ...talk, ...fields }, NOW_MS, true))).toEqual(expected);
});

test('an event whose start has come can still be changed', () => {
  expect(eventFaults(talk, NOW_MS + 7_200_000, false)).toEqual([]);
});

test('events become active or canceled, then completed, and nothing after that', () => {
  const { Scheduled, Active, Completed, Canceled } = Status;
  const all = [Scheduled, Active, Completed, Canceled];
  const allowed = all.flatMap((from) =>
    all.filter((to) => from !== to && mayBecome(from, to)).map((to) => `${Status[from]} > ${Status[to]}`),
  );
  expect(allowed).toEqual(['Scheduled > Active', 'Scheduled > Canceled', 'Active > Completed']);
  expect(all.filter(isFinished)).toEqual([Completed, Canceled]);
});

test('faults nest by path', () => {
  expect(
    nestFaults([
      { path: 'embeds.0.title', code: 'A', message: 'a' },
      { path: '', code: 'B', message: 'b' },
    ]),
  ).toEqual({
    embeds: { 0: { title: { _errors: [{ code: 'A', message: 'a' }] } } },
    _errors: [{ code: 'B', message: 'b' }],
  });
});

const webinar = {
  id: '5',
  name: 'webinar',
  options: [
    {
      type: OptionType.Subcommand,
      name: 'schedule',
      options: [
        {
          type: OptionType.String,
          name: 'title',
          required: true,
          min_length: 2,
          max_length: 5,
          autocomplete: true,
        },
        { type: OptionType.Integer, name: 'minutes', min_value: 10, max_value: 90 },
        { type: OptionType.Channel, name: 'stage' },
        { type: OptionType.String, name: 'kind', choices: [{ name: 'A', value: 'a' }] },
      ],
    },
  ],
} as unknown as APIApplicationCommand;

test('options travel as the command lays them out', () => {
  expect(commandData([webinar], 'webinar schedule', { title: 'abc', stage: { id: '9' } })).toEqual({
    id: '5',
    name: 'webinar',
    type: 1,
    options: [
      {
        name: 'schedule',
        type: 1,
        options: [
          { name: 'title', type: 3, value: 'abc' },
          { name: 'stage', type: 7, value: '9' },
        ],
      },
    ],
  });
});

test.each<[string, string, Parameters<typeof commandData>[2], string | undefined, string]>([
  ['a command that is not there', 'record', {}, undefined, 'not registered'],
  ['a subcommand that is not there', 'webinar sing', {}, undefined, 'no subcommand "sing"'],
  ['no subcommand', 'webinar', {}, undefined, 'a subcommand is needed'],
  ['a required option left out', 'webinar schedule', {}, undefined, '"title" is required'],
  ['too short', 'webinar schedule', { title: 'a' }, undefined, 'takes 2 to 5'],
  ['too long', 'webinar schedule', { title: 'abcdef' }, undefined, 'takes 2 to 5'],
  ['out of range', 'webinar schedule', { title: 'abc', minutes: 5 }, undefined, 'takes 10 to 90'],
  ['not whole', 'webinar schedule', { title: 'abc', minutes: 10.5 }, undefined, 'takes no number'],
  ['the wrong kind', 'webinar schedule', { title: 'abc', stage: 'Stage' }, undefined, 'takes no string'],
  [
    'not among the choices',
    'webinar schedule',
    { title: 'abc', kind: 'b' },
    undefined,
    'not among the choices',
  ],
  ['not offered while typing', 'webinar schedule', { kind: 'a' }, 'kind', 'offers no choices'],
])('a person cannot send %s', (_, path, values, focused, complaint) => {
  const attempt = () => commandData([webinar], path, values, focused);
  expect(attempt).toThrow(NotPossibleError);
  expect(attempt).toThrow(complaint);
});

test.each<[string | null, bigint, boolean]>([
  [null, 0n, true],
  ['32', 32n, true],
  ['48', 32n, false],
  ['0', 32n, false],
  ['0', 8n, true],
])('a command that needs %s is seen by who holds %s: %s', (needed, held, seen) => {
  expect(seesCommand({ default_member_permissions: needed }, held)).toBe(seen);
});

const panel = [
  {
    type: ComponentType.ActionRow,
    components: [
      { type: ComponentType.Button, custom_id: 'go' },
      { type: ComponentType.Button, custom_id: 'off', disabled: true },
      {
        type: ComponentType.StringSelect,
        custom_id: 'menu',
        max_values: 2,
        options: [{ value: 'a' }, { value: 'b' }],
      },
    ],
  },
];
test.each<[string, string[] | undefined, string]>([
  ['gone', undefined, 'no component "gone"'],
  ['off', undefined, 'disabled'],
  ['go', ['a'], 'nothing to pick'],
  ['menu', undefined, 'pick something'],
  ['menu', [], 'does not take 0'],
  ['menu', ['c'], 'does not offer "c"'],
])('%s %j cannot be pressed', (customId, picked, complaint) => {
  expect(() => pressData(panel, customId, picked)).toThrow(complaint);
});
test('buttons press and menus pick', () => {
  expect(pressData(panel, 'go')).toEqual({ custom_id: 'go', component_type: 2 });
  expect(pressData(panel, 'menu', ['a', 'b'])).toEqual({
    custom_id: 'menu',
    component_type: 3,
    values: ['a', 'b'],
  });
});

const form = {
  customId: 'f',
  components: [
    { type: 18, id: 1, label: 'Name', component: { type: 4, id: 2, custom_id: 'name', max_length: 3 } },
    { type: 18, id: 3, label: 'Note', component: { type: 4, id: 4, custom_id: 'note', required: false } },
    { type: 10, id: 5, content: 'Thanks' },
  ],
};
test('a filled form keeps the shape of the one that was opened', () => {
  expect(filledForm(form, { name: 'Ada' })).toEqual([
    { type: 18, id: 1, component: { type: 4, id: 2, custom_id: 'name', value: 'Ada' } },
    { type: 18, id: 3, component: { type: 4, id: 4, custom_id: 'note', value: '' } },
    { type: 10, id: 5 },
  ]);
});
test.each<[Record<string, string>, string]>([
  [{}, '"name" must be filled in'],
  [{ name: 'Adele' }, 'takes 0 to 3'],
  [{ name: 'Ada', stray: 'x' }, 'no field "stray"'],
])('a form with %j cannot be sent', (values, complaint) => {
  expect(() => filledForm(form, values)).toThrow(complaint);
});
