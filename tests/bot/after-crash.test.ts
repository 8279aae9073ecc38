/** The recorder crashed and is back: recordings go on where people still are, and are sealed where they are not. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { afterEach, expect, test, beforeEach } from 'vitest';
import { openSessionWriter } from '../../recorder/session/writer.ts';
import { goesOn, type CrashSite } from '../../src/bot/recording/after-crash.ts';
import { en } from '../../templates/messages/en.ts';
import {
  eventually,
  openHouse,
  speech,
  type Before,
  type House,
  type HouseOptions,
} from './support/house.ts';

const site: CrashSite = {
  ...{ people: 2, agoMs: 30_000, limitMs: 600_000 },
  session: { state: 'recording' },
  webinar: undefined,
};
test.each<[string, Partial<CrashSite>, boolean]>([
  ['people are still there', {}, true],
  ['nobody is there any more', { people: 0 }, false],
  ['it was too long ago', { agoMs: 600_000 }, false],
  ['the operator wants none to go on', { limitMs: 0, agoMs: 0 }, false],
  ['a clock was set back', { agoMs: -5_000 }, true],
  ['the catalog was lost', { session: undefined }, true],
  ['it was given up', { session: { state: 'failed' } }, false],
  ['its webinar runs', { webinar: { state: 'live' } }, true],
  ['its webinar was ended meanwhile', { webinar: { state: 'ended' } }, false],
  ['its webinar was cancelled', { webinar: { state: 'cancelled' } }, false],
])('%s', (_name, more, expected) => {
  expect(goesOn({ ...site, ...more })).toBe(expected);
});

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

let sessionId: string;
beforeEach(() => {
  sessionId = randomUUID();
});
const startedAtMs = Date.now() - 60_000;

/** One second of the host's speech in a folder without a seal, and the row in the catalog. */
async function crashed({ guild, stage, host, guest, catalog, dataFolder }: Before): Promise<void> {
  const header = { sessionId, guildId: guild.id, channelId: stage.id, title: 'Talk', startedAtMs };
  let nowUs = 0;
  const writer = openSessionWriter(
    path.join(dataFolder, 'sessions', sessionId),
    { ...header, startedByUserId: host.id },
    { nowUs: () => nowUs },
  );
  const notice = { channelId: stage.id, messageId: '1', atMs: startedAtMs };
  const jukebox = '1'.repeat(18);
  writer.note({ type: 'told', ...notice, userIds: [host.id, guest.id, jukebox] });
  writer.person({ userId: jukebox, displayName: 'Jukebox', bot: true });
  for (const [index, opus] of speech(50).entries()) {
    nowUs = index * 20_000;
    writer.receive({
      userId: host.id,
      ssrc: 1,
      sequence: index,
      timestamp: index * 960,
      arrivalUs: nowUs,
      opus,
    });
    writer.tick();
  }
  const show = await catalog.shows.createDefaultFor(guild);
  await catalog.sessions.create({
    ...{ id: sessionId, guildId: guild.id, showId: show.id, channelId: stage.id },
    ...{ title: 'Talk', startedBy: host.id, startedAt: new Date(startedAtMs) },
  });
}

const enter = async (before: (scene: Before) => Promise<void>, options: HouseOptions = {}): Promise<House> =>
  (house = await openHouse({ before, ...options }));

test('people are there: they are told anew, then it goes on, as one session with one episode', async () => {
  const { stage, host, core, account, lobby, catalog, guild, toRecorder } = await enter(async (scene) => {
    await crashed(scene);
    scene.host.joinVoice(scene.stage, { speaker: true });
  });
  const notice = await stage.nextMessage(({ content }) =>
    content.includes(en.notice.goesOn(`<@${host.id}>`)),
  );
  expect(notice.content).toContain(en.notice.recording(`<@${host.id}>`, 'Talk'));
  expect(notice.mentions.map(({ id }) => id)).toEqual([host.id]);
  const resumed = toRecorder.find(({ type }) => type === 'resume');
  expect(resumed).toMatchObject({ session: { sessionId, notice: { messageId: notice.id } } });
  await stage.room().whenConnected(account.userId);
  await eventually(
    () => core.live()[0],
    (live) => live?.state === 'recording',
  );
  // Who was told before the crash, and has left, was told all the same; a bot is nobody.
  expect(core.live()[0]?.toldPeople).toBe(2);
  await host.speak(speech(20));
  const stopped = await host.runCommand('record stop', {}, lobby);
  await stopped.until(({ content }) => content.includes('is mastered'));
  expect(await catalog.sessions.listFor(guild.id)).toMatchObject([
    { id: sessionId, state: 'sealed', speakers: 1 },
  ]);
  expect((await catalog.sessions.byId(sessionId))!.duration_us).toBeGreaterThan(60e6);
  expect(await catalog.episodes.listFor(guild.id)).toHaveLength(1);
});

test('nobody is there: it is sealed, its host is told by name, and the episode is made', async () => {
  const { stage, host, core, catalog, guild } = await enter(crashed);
  const told = await stage.nextMessage(({ content }) => content.includes('was interrupted'));
  expect(told.content).toContain(`<@${host.id}>`);
  expect(told.mentions.map(({ id }) => id)).toEqual([host.id]);
  expect(core.live()).toEqual([]);
  expect(await catalog.sessions.listFor(guild.id)).toMatchObject([{ id: sessionId, state: 'sealed' }]);
  await eventually(
    () => catalog.episodes.listFor(guild.id),
    (episodes) => episodes.length === 1,
  );
});

test('the recorder refuses to go on: it is sealed, and the new notice says that nothing is recorded', async () => {
  const scene = await enter(
    async (before) => {
      await crashed(before);
      before.host.joinVoice(before.stage, { speaker: true });
    },
    {
      passes(message) {
        if (message.type === 'resume') message.session.sessionId = randomUUID();
        return true;
      },
    },
  );
  await scene.stage.nextMessage(({ content }) => content.startsWith('⏹️ This channel was recorded'));
  await scene.stage.nextMessage(({ content }) => content.includes('was interrupted. The'));
  expect(await scene.catalog.sessions.byId(sessionId)).toMatchObject({ state: 'sealed' });
  expect(scene.core.live()).toEqual([]);
});
