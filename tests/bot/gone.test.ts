/** Channels and servers that are gone, or only seem so; and gateway sessions that go on, or begin anew. */
import { afterEach, expect, test } from 'vitest';
import { en } from '../../templates/messages/en.ts';
import { eventually, openHouse, speech, type House } from './support/house.ts';

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

async function recording(): Promise<House> {
  const scene = (house = await openHouse());
  const { stage, lobby, host, account } = scene;
  host.joinVoice(stage, { speaker: true });
  await host.runCommand('record start', { channel: stage, title: 'Talk' }, lobby);
  await stage.room().whenConnected(account.userId);
  await host.speak(speech(20));
  return scene;
}

const shards = ({ toRecorder }: House, since = 0) =>
  toRecorder.slice(since).flatMap((each) => (each.type === 'shard' ? [[each.ready, each.resumed]] : []));
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
});

test.each(['runs', 'is dead'])('the bot is banned while the application %s', async (application) => {
  const scene = await recording();
  const { guild, neighbour, host, core, account, catalog } = scene;
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
  expect(await catalog.sessions.listFor(guild.id)).toMatchObject([{ state: 'sealed', speakers: 1 }]);
  // No server is shared any more, so Discord lets nothing through; the other server does not notice.
  expect(host.inbox.messages()).toEqual([]);
  const idle = await neighbour.host.runCommand('record status', {}, neighbour.lobby);
  expect(idle.text()).toContain(en.record.idle);
});

test('a moderator takes the bot out: it ends at once, and its host is told', async () => {
  const { guild, stage, host, core, account } = await recording();
  guild.owner.disconnect(account.userId);
  const told = await stage.nextMessage(({ content }) => content.startsWith('⏹️ A moderator took me out'));
  expect(told.mentions.map(({ id }) => id)).toEqual([host.id]);
  expect(core.live()).toEqual([]);
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

test('a gateway session that resumes leaves the voice connection alone; a new one asks for it anew', async () => {
  const scene = await recording();
  const { account, core, toRecorder, stage, host } = scene;
  const servers = () => toRecorder.filter(({ type }) => type === 'voice-server').length;
  const [before, asked] = [toRecorder.length, servers()];
  account.dropGateway();
  await eventually(
    () => shards(scene, before),
    (told) => told.some(([ready]) => ready === true),
  );
  expect(shards(scene, before)).toEqual([
    [false, undefined],
    [true, true],
  ]);
  expect([servers(), core.live()[0]?.state]).toEqual([asked, 'recording']);

  const since = toRecorder.length;
  account.invalidateSession();
  await eventually(servers, (count) => count > asked);
  expect(shards(scene, since).at(-1)).toEqual([true, undefined]);
  await eventually(
    () => core.live()[0]?.state,
    (state) => state === 'recording',
  );
  await stage.room().whenConnected(account.userId);
  const heard = () => core.live()[0]!.speakers[0]!;
  const { packets: earlier } = heard();
  const { packets } = await host.speak(speech(20));
  await eventually(heard, (speaker) => speaker.packets === earlier + packets);
  expect(heard().lost).toBe(0);
});
