import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { en } from '../../templates/messages/en.ts';
import { buttonOf, eventually, openHouse, speech, type House, type HouseOptions } from './support/house.ts';
import { mastered } from '../catalog/support/stories.ts';

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});
const enter = async (options?: HouseOptions): Promise<House> => (house = await openHouse(options));

test('the application dies in mid-recording: the next one carries on as if nothing had happened', async () => {
  const scene = await enter();
  const { stage, lobby, host, account, core, catalog, guild } = scene;
  host.joinVoice(stage, { speaker: true });
  await host.runCommand('record start', { channel: stage, title: 'Talk' }, lobby);
  await stage.room().whenConnected(account.userId);
  const [sessionId] = core.live().map((session) => session.sessionId);
  const speaking = host.speak(speech(150));
  await scene.die();
  expect(core.live()).toHaveLength(1);
  // A close with 1000 would have taken the bot out of the channel at once.
  expect(stage.present()).toContain(account.userId);
  await scene.start();
  const { packets } = await speaking;
  const heard = () => core.live()[0]?.speakers[0];
  await eventually(heard, (speaker) => speaker?.packets === packets);
  expect(heard()?.lost).toBe(0);

  // Its shard is ready, so the recorder asked for fresh voice credentials through it.
  expect(scene.toRecorder.filter(({ type }) => type === 'voice-server').length).toBeGreaterThan(1);
  const marked = await host.runCommand('record marker', { name: 'Back' }, lobby);
  expect(marked.text()).toContain('Marked “Back”');
  const stopped = await host.runCommand('record stop', {}, lobby);
  await stopped.until(({ content }) => content.includes('is mastered'));
  expect(await catalog.sessions.listFor(guild.id)).toMatchObject([
    { id: sessionId, state: 'sealed', speakers: 1 },
  ]);
  // The notice of the application before was found and closed.
  const notice = await stage.nextMessage(({ content }) => content.startsWith('⏹️ This channel was recorded'));
  expect(notice.content).toContain('“Talk”');
});

test('the application dies between “Stopping…” and the stop: the recording ends all the same', async () => {
  const scene = await enter({ passes: ({ type }) => type !== 'stop' });
  const { stage, lobby, host, account, core, catalog, guild } = scene;
  host.joinVoice(stage, { speaker: true });
  await host.runCommand('record start', { channel: stage, title: 'Talk' }, lobby);
  await stage.room().whenConnected(account.userId);
  await host.speak(speech(20));
  const stop = await host.runCommand('record stop', {}, lobby);
  expect(stop.text()).toBe(en.record.stopping);
  await scene.die();
  await eventually(
    () => core.live(),
    (live) => live.length === 0,
  );
  await scene.start();
  const sessions = () => catalog.sessions.listFor(guild.id);
  await eventually(sessions, ([session]) => session?.state === 'sealed');
  const ending = await stage.nextMessage(({ content }) => content.startsWith('⏹️ The recording'));
  expect(ending.content).not.toContain('crash');
  await eventually(
    () => stage.present(),
    (present) => !present.includes(account.userId),
  );
});

test('the application dies while a sound check listens: nobody listens on, nothing is kept, and the notice says so', async () => {
  const scene = await enter();
  const { hall, lobby, host, account, core, dataFolder, catalog, guild } = scene;
  host.joinVoice(hall);
  await host.runCommand('record check', { channel: hall, seconds: 30 }, lobby);
  await hall.room().whenConnected(account.userId);
  const [notice] = hall.messages();
  await host.speak(speech(20));
  await scene.die();
  const kept = () => readdir(path.join(dataFolder, 'sound-checks'));
  await eventually(kept, (folders) => folders.length === 0);
  await scene.start();
  await hall.nextMessage(({ id, content }) => id === notice?.id && content === en.notice.checked);
  await eventually(
    () => hall.present(),
    (present) => !present.includes(account.userId),
  );
  expect(core.live()).toEqual([]);
  expect(await catalog.sessions.listFor(guild.id)).toEqual([]);
});

test('a session that was sealed while nobody listened becomes one episode, however often it is told', async () => {
  const scene = await enter({ passes: (message) => message.type !== 'acknowledge' });
  const { stage, lobby, host, account, core, catalog, guild } = scene;
  host.joinVoice(stage, { speaker: true });
  await host.runCommand('record start', { channel: stage, title: 'Talk' }, lobby);
  await stage.room().whenConnected(account.userId);
  await host.speak(speech(20));
  await scene.die();
  const [live] = core.live();
  core.receive({ type: 'stop', requestId: 'by hand', sessionId: live!.sessionId });
  await eventually(
    () => core.live().length,
    (count) => count === 0,
  );
  await scene.start();
  const episodes = () => catalog.episodes.listFor(guild.id);
  await eventually(episodes, (all) => all.some(({ state }) => state === 'ready'));
  const panel = await stage.nextMessage(({ content }) => content.includes(en.episode.forHosts));

  // The recorder was never acknowledged, so it tells the next application again.
  await scene.die();
  await scene.start();
  await eventually(
    () => scene.toRecorder.filter(({ type }) => type === 'acknowledge').length,
    (count) => count >= 2,
  );
  expect(await episodes()).toHaveLength(1);
  expect(stage.messages().filter(({ content }) => content.startsWith('⏹️ The recording'))).toHaveLength(1);

  // The message of an application long gone still follows its episode.
  await host.press(panel, buttonOf(panel, 'episode:publish:'));
  await stage.nextMessage(({ id, content }) => id === panel.id && content.includes('is published'));
});

test('mastering is shown as it goes, fails with the reason, and is tried again by a button', async () => {
  let tries = 0;
  const scene: House = await enter({
    async master({ payload }) {
      tries += 1;
      const { catalog, guild } = scene;
      const episode = await catalog.episodes.byId(payload.episodeId);
      const where = { guildId: guild.id, showId: episode!.show_id, ...payload };
      await catalog.notify({ type: 'episode', ...where, state: 'mastering', percent: 40 });
      if (tries === 1) await catalog.episodes.markFailed(payload.episodeId, 'the scratch disk is full.');
      else await catalog.episodes.markReady(payload.episodeId, mastered());
    },
  });
  const { stage, lobby, host, account } = scene;
  host.joinVoice(stage, { speaker: true });
  await host.runCommand('record start', { channel: stage, title: 'Talk' }, lobby);
  await stage.room().whenConnected(account.userId);
  await host.speak(speech(20));
  const stopped = await host.runCommand('record stop', {}, lobby);
  const failed = await stopped.until(({ content }) => content.includes('the scratch disk is full'));
  expect(failed.content).toBe(en.episode.failed('Talk', 'the scratch disk is full.'));
  const panel = await stage.nextMessage(({ content }) => content.includes('the scratch disk is full'));
  const again = await host.press(panel, buttonOf(panel, 'episode:retry:'));
  await again.until(({ content }) => content.includes('is mastered'));
  await stage.nextMessage(({ id, content }) => id === panel.id && content.includes('is mastered'));
});

test('told but never begun: the next application takes the notice back', async () => {
  const scene = await enter();
  const { hall, host, catalog, guild, rest } = scene;
  await scene.die();
  // What a crash between the notice and the recorder's answer leaves behind.
  const show = await catalog.shows.createDefaultFor(guild);
  const id = randomUUID();
  await catalog.sessions.create({
    ...{ id, guildId: guild.id, showId: show.id, channelId: hall.id },
    ...{ title: 'Talk', startedBy: host.id, startedAt: new Date() },
  });
  const about = { type: 2, style: 2, label: 'x', custom_id: `session:about:${id}` };
  await rest('POST', `/channels/${hall.id}/messages`, {
    content: en.notice.recording(`<@${host.id}>`, 'Talk'),
    components: [{ type: 1, components: [about] }],
  });
  await scene.start();
  await hall.nextMessage(({ content }) => content === en.notice.notStarted);
  expect(await catalog.sessions.byId(id)).toMatchObject({ state: 'failed' });
});

test('a recording that the catalog has forgotten is taken in all the same', async () => {
  const scene = await enter();
  const { stage, lobby, host, account, guild, catalog } = scene;
  host.joinVoice(stage, { speaker: true });
  // The row is never written, as in a catalog that was restored from an older copy.
  const forget = vi.spyOn(catalog.sessions, 'create').mockResolvedValue(undefined as never);
  await host.runCommand('record start', { channel: stage, title: 'Lost' }, lobby);
  forget.mockRestore();
  await stage.room().whenConnected(account.userId);
  await host.speak(speech(20));
  const stopped = await host.runCommand('record stop', {}, lobby);
  await stopped.until(({ content }) => content.includes('is mastered'));
  expect(await catalog.sessions.listFor(guild.id)).toMatchObject([
    { title: 'Lost', state: 'sealed', started_by: account.userId, speakers: 1 },
  ]);
});
