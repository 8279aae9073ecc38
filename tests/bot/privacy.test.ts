/** What a member wants for themselves: not to be recorded, to be told, to be forgotten. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSession } from '../../recorder/session/reader.ts';
import { becomesAudible } from '../../src/bot/recording/newcomers.ts';
import { en } from '../../templates/messages/en.ts';
import { eventually, openHouse, speech, type House } from './support/house.ts';

let house: House;
async function record(title: string): Promise<{ sessionId: string; folder: string }> {
  const { host, guest, stage, lobby, account, core } = house;
  host.joinVoice(stage, { speaker: true });
  guest.joinVoice(stage, { speaker: true });
  const started = await host.runCommand('record start', { channel: stage, title }, lobby);
  expect(started.text()).toContain('Recording');
  await stage.room().whenConnected(account.userId);
  const { sessionId } = core.live()[0]!;
  return { sessionId, folder: path.join(house.dataFolder, 'sessions', sessionId) };
}

const heard = () => house.core.live()[0]?.speakers.map(({ userId }) => userId) ?? [];

test.each([
  ['comes into the channel', { channelId: null }, { channelId: '1' }, true],
  ['comes into another one', { channelId: null }, { channelId: '2' }, false],
  ['comes to listen', { channelId: null }, { channelId: '1', suppress: true }, false],
  ['steps onto the stage', { channelId: '1', suppress: true }, { channelId: '1', suppress: false }, true],
  ['mutes', { channelId: '1', suppress: false }, { channelId: '1', suppress: false }, false],
  ['leaves', { channelId: '1' }, { channelId: null }, false],
])('somebody who %s', (_, before, after, told) => {
  const state = (fields: { channelId: string | null; suppress?: boolean }) => ({
    suppress: false,
    ...fields,
  });
  expect(becomesAudible(state(before), state(after), '1')).toBe(told);
});

test('who opts out while a recording begins is not in it', async () => {
  house = await openHouse({
    passes: (message) => {
      // Written down, and told to a recorder that does not know the session yet.
      if (message.type === 'start') void house.catalog.members.refuse(house.guild.id, house.guest.id);
      return true;
    },
  });
  try {
    const { host, guest, lobby } = house;
    const { folder } = await record('Just in time');
    await Promise.all([guest.speak(speech(20)), host.speak(speech(20))]);
    await eventually(heard, (users) => users.includes(host.id));
    await host.runCommand('record stop', {}, lobby);
    const { tracks } = await eventually(
      () => readSession(folder),
      ({ sealed }) => sealed,
    );
    expect(tracks.map(({ userId }) => userId)).toEqual([host.id]);
  } finally {
    await house.close();
  }
}, 30_000);

describe('in a server', () => {
  beforeEach(async () => {
    house = await openHouse();
  });
  afterEach(() => house.close());

  test('who opts out is not recorded, before and during, and can come back', async () => {
    const { guest, host, lobby } = house;
    const { folder } = await record('Opting out');
    await Promise.all([guest.speak(speech(20)), host.speak(speech(20))]);
    await eventually(heard, (users) => users.includes(guest.id) && users.includes(host.id));
    const out = await guest.runCommand('privacy opt-out', {}, lobby);
    expect(out.text()).toBe(en.privacy.optedOut(true));
    expect((await guest.runCommand('privacy status', {}, lobby)).text()).toMatch(
      /not been recorded in this server since <t:/,
    );
    const told = await host.runCommand('record status', {}, lobby);
    expect(told.ephemeral).toBe(true);
    expect(told.text()).toContain(
      '2 people have been told. Opted out, so nothing of them is kept: **Tobias**.',
    );
    await guest.speak(speech(20));
    const back = await guest.runCommand('privacy opt-in', {}, lobby);
    expect(back.text()).toBe(en.privacy.optedIn(true));
    await host.runCommand('record stop', {}, lobby);
    const session = await eventually(
      () => readSession(folder),
      ({ sealed }) => sealed,
    );
    // 20 packets and the five silent ones that end a spurt, once and not twice.
    expect(session.tracks.find(({ userId }) => userId === guest.id)!.packets).toBeLessThanOrEqual(25);
    expect(session.gaps.map(({ reason }) => reason)).toEqual(['consent']);
    expect(session.consent.map(({ event }) => event)).toEqual(['told', 'refused', 'allowed']);
    expect(session.consent[0]!.userIds.sort()).toEqual([host.id, guest.id].sort());
  }, 30_000);

  test('a recording that begins later knows of it, also after the application died', async () => {
    const { guest, host, lobby } = house;
    await guest.runCommand('privacy opt-out', {}, lobby);
    const { folder } = await record('Opted out before');
    await house.die();
    await house.start();
    await Promise.all([guest.speak(speech(20)), host.speak(speech(20))]);
    await eventually(heard, (users) => users.includes(host.id));
    await eventually(
      () => host.runCommand('record stop', {}, lobby),
      () => true,
    );
    const session = await eventually(
      () => readSession(folder),
      ({ sealed }) => sealed,
    );
    expect(session.tracks.map(({ userId }) => userId)).toEqual([host.id]);
    await guest.runCommand('privacy opt-in', {}, lobby);
  }, 30_000);

  test('who can be heard from now on is told by name, once, and the ledger has it; soundboards are labelled', async () => {
    const { guest, host, hall, lobby } = house;
    host.joinVoice(hall);
    await host.runCommand('record start', { channel: hall, title: 'Latecomers' }, lobby);
    const { sessionId } = house.core.live()[0]!;
    guest.joinVoice(hall);
    const told = await hall.nextMessage(({ content }) => content.includes('so is what you say'));
    expect(told.content).toBe(en.notice.newcomers([`<@${guest.id}>`]));
    expect(told.mentions.map(({ id }) => id)).toEqual([guest.id]);
    guest.playSound('77');
    const folder = path.join(house.dataFolder, 'sessions', sessionId);
    const session = await eventually(
      () => readSession(folder),
      ({ soundEffects, consent }) => soundEffects.length > 0 && consent.length > 1,
    );
    expect(session.consent[1]).toMatchObject({ event: 'told', userIds: [guest.id] });
    expect(session.soundEffects).toMatchObject([{ userId: guest.id, name: 'soundboard 77' }]);

    // Who asks to be forgotten is not recorded on, and the host sees that too.
    const question = await guest.runCommand('privacy forget-me', {}, lobby);
    const answer = await guest.press(question.reply!, `privacy:forget:${guest.id}`);
    await answer.until(({ content }) =>
      content.includes('In the recording that runs now nothing more of you'),
    );
    await eventually(
      () => house.link().liveIn(house.guild.id),
      (live) => live?.refusedUserIds?.includes(guest.id) === true,
    );
    const status = await host.runCommand('record status', {}, lobby);
    expect(status.text()).toContain(
      '2 people have been told. Opted out, so nothing of them is kept: **Tobias**.',
    );
  }, 30_000);

  test('forget me: asked once more, then gone from the folder, and the published episode is made again', async () => {
    const { guest, host, lobby, catalog } = house;
    const { sessionId, folder } = await record('To be forgotten');
    await Promise.all([guest.speak(speech(30)), host.speak(speech(30))]);
    await eventually(heard, (users) => users.length === 2);
    const ending = await host.runCommand('record stop', {}, lobby);
    await ending.until(({ content }) => content.includes('is mastered'), 15_000);
    await host.runCommand('episode publish', {}, lobby);
    const episodeOf = async () => (await catalog.episodes.listFor(house.guild.id, { sessionId }))[0]!;
    const published = await eventually(episodeOf, ({ state }) => state === 'published');
    const question = await guest.runCommand('privacy forget-me', {}, lobby);
    expect(question.text()).toContain('It cannot be undone');
    const states: string[] = [];
    const unwatch = catalog.watch((event) => {
      if (event.type === 'episode') states.push(event.state);
    });
    const answer = await guest.press(question.reply!, `privacy:forget:${guest.id}`);
    await answer.until(({ content }) => content.includes('What you said was destroyed'));
    expect((await readFile(path.join(folder, 'journal.jsonl'), 'utf8')).includes(guest.id)).toBe(false);
    await eventually(
      () => states,
      (seen) => seen.includes('mastering') && seen.includes('ready'),
    );
    unwatch();
    expect((await episodeOf()).guid).toBe(published.guid);
    expect((await episodeOf()).published_at).toEqual(published.published_at);
  }, 40_000);

  test('forget me while it records: what was exported of it ends at once, and what was since when it is sealed', async () => {
    const { guest, host, lobby, catalog, guild } = house;
    const { sessionId } = await record('Downloaded too soon');
    await Promise.all([guest.speak(speech(20)), host.speak(speech(20))]);
    await eventually(heard, (users) => users.length === 2);
    const made = async (format: 'wav' | 'flac') => {
      const wanted = { guildId: guild.id, sessionId, requestedBy: host.id, format };
      const { export: asked } = await catalog.exports.request(wanted);
      await catalog.exports.markReady(asked.id, {
        ...{ name: 'x', files: [], expiresAt: new Date(Date.now() + 3_600_000) },
      });
      return asked.id;
    };
    const ended = async () => (await catalog.exports.listExpired(new Date())).map(({ id }) => id);
    const before = await made('wav');
    const question = await guest.runCommand('privacy forget-me', {}, lobby);
    const answer = await guest.press(question.reply!, `privacy:forget:${guest.id}`);
    await answer.until(({ content }) => content.includes('In the recording that runs now'));
    expect(await ended()).toEqual([before]);
    const since = await made('flac');
    await host.runCommand('record stop', {}, lobby);
    await eventually(ended, (ids) => ids.includes(since));
  }, 30_000);
});
