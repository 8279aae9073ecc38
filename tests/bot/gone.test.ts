/** Channels and servers that are gone, or only seem so; and gateway sessions that go on, or begin anew. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { en } from '../../templates/messages/en.ts';
import { eventually, openHouse, speech, type House } from './support/house.ts';

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

async function recording() {
  const logged: string[] = [];
  const scene = { ...(house = await openHouse({ logged })), logged };
  const { stage, lobby, host, account } = scene;
  host.joinVoice(stage, { speaker: true });
  await host.runCommand('record start', { channel: stage, title: 'Talk' }, lobby);
  await stage.room().whenConnected(account.userId);
  await host.speak(speech(20));
  return scene;
}

const gone = ({ toRecorder }: House) => toRecorder.filter(({ type }) => type === 'gone');
const episodeIsReady = ({ catalog, guild }: House) =>
  eventually(
    () => catalog.episodes.listFor(guild.id),
    (episodes) => episodes[0]?.state === 'ready',
  );

test.each(['runs', 'is dead'])('the channel is deleted while the application %s', async (application) => {
  const scene = await recording();
  const { guild, stage, host, core, account } = scene;
  const isDead = application === 'is dead';
  if (isDead) await scene.die();
  stage.delete();
  if (isDead) await scene.start();
  // Its chat is gone with it.
  const told = await host.inbox.nextMessage(({ content }) => content.includes('The channel was deleted'));
  expect(told.content.split('\n')).toMatchObject([
    en.direct.from(guild.name),
    expect.stringMatching(/^⏹️ The channel was deleted.*“Talk”/),
    en.direct.episodeLater,
  ]);
  expect(told.components).toEqual([]);
  expect(gone(scene)).toEqual([{ type: 'gone', guildId: guild.id, channelId: stage.id }]);
  expect(core.live()).toEqual([]);
  await episodeIsReady(scene);
  expect(account.gatewaySessions().length).toBeGreaterThan(0);
  expect(scene.logged.join('')).not.toContain('"stack"');
});

test.each(['runs', 'is dead'])('the bot is banned while the application %s', async (application) => {
  const scene = await recording();
  const { guild, neighbour, host, core, account, catalog, logged } = scene;
  const unreached = () => logged.filter((line) => line.includes('the end of a recording was not announced'));
  const isDead = application === 'is dead';
  if (isDead) await scene.die();
  account.ban(guild);
  if (isDead) await scene.start();
  await eventually(
    () => core.live().length,
    (live) => live === 0,
  );
  expect(gone(scene)).toEqual([{ type: 'gone', guildId: guild.id }]);
  await episodeIsReady(scene);
  const [session] = await catalog.sessions.listFor(guild.id);
  expect(session).toMatchObject({ state: 'sealed', speakers: 1 });
  const journal = await readFile(
    path.join(scene.dataFolder, 'sessions', session!.id, 'journal.jsonl'),
    'utf8',
  );
  expect(journal).toContain('"type":"sealed","reason":"server-gone"');
  expect(await eventually(unreached, (lines) => lines.length > 0)).toEqual([
    expect.stringContaining('"err":"DiscordAPIError[50278]: Cannot send messages to this user"'),
  ]);
  expect(logged.join('')).not.toContain('"stack"');
  // No server is shared any more, so Discord lets nothing through; the other server does not notice.
  expect(host.inbox.messages()).toEqual([]);
  const idle = await neighbour.host.runCommand('record status', {}, neighbour.lobby);
  expect(idle.text()).toContain(en.record.idle);
});

test('taken out while nobody could say so, the bot comes back and tells; taken out before its eyes, it ends', async () => {
  const scene = await recording();
  const { guild, stage, lobby, host, core, account, logged } = scene;
  await scene.die();
  guild.owner.disconnect(account.userId);
  await scene.start();
  await stage.nextMessage(({ content }) => content === en.warning.returned(`<@${host.id}>`));
  expect(core.live()[0]?.state).toBe('recording');
  guild.owner.disconnect(account.userId);
  const told = await stage.nextMessage(({ content }) => content.startsWith('⏹️ A moderator took me out'));
  expect(told.mentions.map(({ id }) => id)).toEqual([host.id]);
  expect(core.live()).toEqual([]);

  // The message goes with its channel: a line in the log, and no fault of ours.
  await episodeIsReady(scene);
  stage.delete();
  await host.runCommand('episode publish', {}, lobby);
  const behind = () => logged.filter((line) => line.includes('a message could not be kept in step'));
  expect(await eventually(behind, (lines) => lines.length > 0)).toEqual([
    expect.stringMatching(/"err":"(Error \[ChannelNotCached\]|DiscordAPIError\[10003\])/),
  ]);
  expect(logged.join('')).not.toContain('"stack"');
});

test('an outage of the server ends nothing', async () => {
  const scene = await recording();
  const { guild, stage, host, lobby, core } = scene;
  const present = stage.present();
  guild.outage(true);
  guild.outage(false);
  const stopped = await host.runCommand('record marker', { name: 'Still here' }, lobby);
  expect(stopped.text()).toContain('Marked “Still here”');
  expect(core.live()[0]?.state).toBe('recording');
  expect([gone(scene), stage.present()]).toEqual([[], present]);
});

test('a gateway session that resumes leaves voice alone; a new one asks anew, and looks where the bot still is', async () => {
  const scene = await recording();
  const { account, core, toRecorder, guild, stage, host, neighbour } = scene;
  const den = neighbour.guild.createChannel({ kind: 'voice', name: 'Den' });
  neighbour.host.joinVoice(den);
  await neighbour.host.runCommand('record start', { channel: den, title: 'Next' }, neighbour.lobby);
  const live = (guildId: string) => core.live().find((each) => each.guildId === guildId);
  expect(live(neighbour.guild.id)?.state).toBe('recording');
  const shards = (since: number) =>
    toRecorder
      .slice(since)
      .flatMap((each) =>
        each.type === 'shard' && each.guildId === guild.id ? [[each.ready, each.resumed]] : [],
      );
  const servers = () => toRecorder.filter(({ type }) => type === 'voice-server').length;
  const [before, asked] = [toRecorder.length, servers()];
  account.dropGateway();
  await eventually(
    () => shards(before),
    (told) => told.some(([ready]) => ready === true),
  );
  expect(shards(before)).toEqual([
    [false, undefined],
    [true, true],
  ]);
  expect([servers(), live(guild.id)?.state]).toEqual([asked, 'recording']);

  const since = toRecorder.length;
  account.invalidateSession();
  // The session that would have told of it is over.
  account.ban(neighbour.guild);
  await eventually(servers, (count) => count > asked);
  expect(shards(since).at(-1)).toEqual([true, undefined]);
  await stage.room().whenConnected(account.userId);
  await eventually(
    () => [live(guild.id)?.state, live(neighbour.guild.id)],
    ([here, there]) => here === 'recording' && there === undefined,
  );
  expect(gone(scene)).toEqual([{ type: 'gone', guildId: neighbour.guild.id }]);
  const heard = () => live(guild.id)!.speakers[0]!;
  const { packets: earlier } = heard();
  const { packets } = await host.speak(speech(20));
  await eventually(heard, (speaker) => speaker.packets === earlier + packets);
  expect(heard().lost).toBe(0);
});
