import { Events, Partials, Client, type TextChannel } from 'discord.js';
import { GatewayIntentBits } from 'discord-api-types/v10';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NotPossibleError } from '../../src/simulator/index.ts';
import { parseEmoji } from '../../src/simulator/state/reactions.ts';
import { ask, furnish } from './furnish.ts';

const { Guilds, GuildMessageReactions } = GatewayIntentBits;
let scene: Awaited<ReturnType<typeof furnish>>;
let client: Client<true>;
let channel: TextChannel;
beforeEach(async () => {
  scene = await furnish({ permissions: [], checkAnswers: true });
  client = new Client({
    intents: [Guilds, GuildMessageReactions],
    partials: [Partials.Message],
    rest: { api: scene.discord.apiUrl },
  });
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(scene.bot.token);
  await ready;
  channel = client.channels.cache.get(scene.text.id) as TextChannel;
});
afterEach(async () => {
  await client.destroy();
  await scene.discord.close();
});
const standing = () => scene.text.messages().at(-1)!;

test('reactions are told, counted, listed and taken back', async () => {
  const { person, bot, discord } = scene;
  const sent = await channel.send('react');
  const told = new Promise((resolve) =>
    client.once(Events.MessageReactionAdd, ({ emoji }, user) => resolve([emoji.name, user.id])),
  );
  person.react(standing(), '👏');
  expect(await told).toEqual(['👏', person.id]);
  await sent.react('👏');
  await sent.react('🎉');
  expect(standing().reactions).toMatchObject([
    { emoji: { name: '👏' }, count: 2, me: true },
    { emoji: { name: '🎉' }, count: 1 },
  ]);
  const reaction = (await sent.fetch(true)).reactions.cache.get('👏')!;
  expect([...(await reaction.users.fetch()).keys()].sort()).toEqual([person.id, bot.userId].sort());
  await reaction.users.remove(bot.userId);
  person.react(standing(), '👏');
  expect(standing().reactions).toMatchObject([{ emoji: { name: '🎉' }, count: 1 }]);
  expect(discord.requests.flatMap(({ answerFaults = [] }) => answerFaults)).toEqual([]);
});

test('a twenty-first emoji is one too many, and joining one is not', async () => {
  await channel.send('react');
  const faces = Array.from({ length: 21 }, (_, index) => String.fromCodePoint(0x1f600 + index));
  const react = (emoji: string) =>
    ask(
      scene.discord,
      scene.bot,
      `PUT /channels/${channel.id}/messages/${standing().id}/reactions/${encodeURIComponent(emoji)}/@me`,
    );
  for (const face of faces.slice(0, 20)) scene.person.react(standing(), face);
  expect(await react(faces[20]!)).toMatchObject({ status: 400, body: { code: 30010 } });
  expect((await react(faces[0]!)).status).toBe(204);
});

test('a new reaction takes ADD_REACTIONS, one that stands does not', async () => {
  const sent = await channel.send('react');
  scene.guild.owner.react(standing(), '👏');
  scene.text.overwrite(scene.guild, { deny: ['AddReactions'] });
  await expect(sent.react('🎉')).rejects.toMatchObject({ code: 50013 });
  await sent.react('👏');
  expect(() => scene.person.react(standing(), '🎉')).toThrow(NotPossibleError);
  scene.person.react(standing(), '👏');
  expect(standing().reactions).toMatchObject([{ count: 3 }]);
});

test.each<[string, string | null | undefined]>([
  ['👏', null],
  ['👩‍💻', null],
  ['1️⃣', null],
  ['🇧🇪', null],
  ['wave:123', '123'],
  ['nonsense', undefined],
  ['', undefined],
])('“%s” is an emoji of id %s', (text, id) => {
  expect(parseEmoji(text)?.id).toBe(id);
});

test('what has no route is found among the unanswered', async () => {
  await expect(channel.messages.react('1', 'nonsense')).rejects.toMatchObject({ code: 10008 });
  expect(scene.discord.unanswered()).toEqual([]);
  expect((await ask(scene.discord, scene.bot, 'GET /nowhere')).status).toBe(404);
  expect(scene.discord.unanswered()).toMatchObject([{ method: 'GET', path: '/nowhere', status: 404 }]);
});

test('after a resumable op 9 discord.js resumes its session on the same connection', async () => {
  const before = scene.bot.gatewaySessions();
  const resumed = new Promise((resolve) => client.once(Events.ShardResume, resolve));
  scene.bot.invalidateSession({ resumable: true });
  await resumed;
  expect(scene.bot.gatewaySessions()).toEqual(before);
  const heard = new Promise((resolve) => client.once(Events.ChannelCreate, ({ name }) => resolve(name)));
  scene.guild.createChannel({ kind: 'text', name: 'after' });
  expect(await heard).toBe('after');
});
