import { afterEach, expect, test } from 'vitest';
import { publishDue } from '../../src/jobs/publish-due.ts';
import { en } from '../../templates/messages/en.ts';
import { mastered, recordedEpisode } from '../catalog/support/stories.ts';
import { quietLogger } from '../catalog/support/test-catalog.ts';
import { buttonOf, eventually, openHouse, type House } from './support/house.ts';

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

async function enter() {
  house = await openHouse();
  const { catalog, guild } = house;
  const story = await recordedEpisode(catalog, { guild: { id: guild.id, name: 'Open Stage' } });
  await catalog.episodes.markReady(story.episode.id, mastered());
  const now = async () => (await catalog.episodes.byId(story.episode.id))!;
  const publish = async () => {
    await catalog.episodes.publish(guild.id, story.episode.id);
    await catalog.episodes.markPublished(story.episode.id);
  };
  return { ...house, ...story, now, publish, guild };
}

test('an episode is planned in the server’s time zone, goes out by itself, and a plan is taken back', async () => {
  const { host, lobby, catalog, guild, episode, now } = await enter();
  await catalog.guilds.updateSettings(guild.id, { timeZone: 'Europe/Brussels' });
  const offered = await host.autocomplete('episode schedule', { episode: 'tal' }, 'episode', lobby);
  expect(offered.choices).toEqual([{ name: 'Talk', value: episode.id }]);

  const when = '2099-07-01 19:00';
  const planned = await host.runCommand('episode schedule', { episode: episode.id, when }, lobby);
  const at = new Date('2099-07-01T17:00:00Z');
  expect(planned.ephemeral).toBe(true);
  expect(planned.text()).toBe(en.schedule.planned('Talk', at.getTime() / 1000));
  expect((await now()).publish_at).toEqual(at);
  const list = await host.runCommand('episode list', {}, lobby);
  expect(list.text()).toContain(en.schedule.line(at.getTime() / 1000));

  const never = { episode: episode.id, when: ' Never' };
  expect((await host.runCommand('episode schedule', never, lobby)).text()).toBe(
    en.schedule.takenBack('Talk'),
  );
  expect((await now()).publish_at).toBeNull();
  expect((await host.runCommand('episode schedule', never, lobby)).text()).toBe(
    en.schedule.notPlanned('Talk'),
  );

  await host.runCommand('episode schedule', { episode: episode.id, when }, lobby);
  await publishDue({ catalog, logger: quietLogger }, new Date('2099-07-01T17:00:30Z'));
  const out = await eventually(now, ({ state }) => state === 'published');
  expect([out.published_at, out.publish_at]).toEqual([at, null]);
  const late = await host.runCommand('episode schedule', { episode: episode.id, when }, lobby);
  expect(late.text()).toBe(en.errors.episodeState.published('Talk'));
});

test('a time that is past, or none, is answered with what to write', async () => {
  const { host, lobby, episode, now } = await enter();
  const past = { episode: episode.id, when: '2001-01-01 10:00' };
  expect((await host.runCommand('episode schedule', past, lobby)).text()).toContain('is in the past');
  const unclear = { episode: episode.id, when: 'soon' };
  expect((await host.runCommand('episode schedule', unclear, lobby)).text()).toBe(
    en.errors.whenUnclear('soon', 'UTC'),
  );
  expect((await now()).publish_at).toBeNull();
  const long = { episode: episode.id, when: 'x'.repeat(61) };
  await expect(host.runCommand('episode schedule', long, lobby)).rejects.toThrow(/60/);
});

test('withdrawing asks once more, says what stays out of reach, and leaves what brings it back', async () => {
  const { host, lobby, catalog, show, episode, now, publish } = await enter();
  const early = await host.runCommand('episode withdraw', { episode: episode.id }, lobby);
  expect(early.text()).toBe(en.errors.episodeState.ready('Talk'));
  await publish();
  const { guid, published_at } = await now();
  const offered = await host.autocomplete('episode withdraw', { episode: '' }, 'episode', lobby);
  expect(offered.choices).toEqual([{ name: 'Talk', value: episode.id }]);

  const asked = await host.runCommand('episode withdraw', { episode: episode.id }, lobby);
  expect(asked.ephemeral).toBe(true);
  expect(asked.text()).toContain('out of reach');
  expect((await now()).state).toBe('published');
  const before = (await catalog.shows.byId(show.id))!.feed_revision;
  const button = buttonOf(asked.reply!, 'episode:withdraw:');
  const done = await host.press(asked.reply!, button);
  expect(done.text()).toBe(en.withdraw.done('Talk'));
  expect(await now()).toMatchObject({ state: 'ready', guid, published_at });
  expect((await now()).withdrawn_at).not.toBeNull();
  expect((await catalog.shows.byId(show.id))!.feed_revision).toBe(before + 1);
  // Its page is gone, so the list does not lead there.
  expect((await host.runCommand('episode list', {}, lobby)).text()).not.toContain('https://');
  const twice = await host.press(asked.reply!, button);
  expect(twice.text()).toBe(en.errors.episodeState.ready('Talk'));
});

test('what is said of an episode is changed by options, and its notes by a form', async () => {
  const { host, lobby, catalog, guild, show, episode, now, publish } = await enter();
  const card = await host.runCommand('episode edit', { episode: episode.id }, lobby);
  expect(card.ephemeral).toBe(true);
  expect(card.text()).toContain(`${en.describe.kinds.full} · ${en.describe.visibilities.public}`);
  expect(card.text()).toContain(en.describe.noNotes);
  expect((await catalog.shows.byId(show.id))!.feed_revision).toBe(0);

  await publish();
  const said = { title: '  Ears\n*first* ', kind: 'bonus', season: 2, number: 7, visibility: 'unlisted' };
  const edited = await host.runCommand('episode edit', { episode: episode.id, ...said }, lobby);
  expect(await now()).toMatchObject({ ...said, title: 'Ears *first*' });
  expect(edited.text()).toContain('**Ears \\*first\\***');
  expect(edited.text()).toContain('a bonus episode · season 2 · number 7 · unlisted');
  expect(edited.text()).toContain(en.describe.follows);
  const none = { season: 0, visibility: 'members' };
  const members = await host.runCommand('episode edit', { episode: episode.id, ...none }, lobby);
  expect(await now()).toMatchObject({ season: null, number: 7, visibility: 'members' });
  expect(members.text()).toContain(en.describe.noMembers);

  const opened = await host.press(edited.reply!, buttonOf(edited.reply!, 'episode:notes:'));
  expect(opened.modal).toMatchObject({ title: en.describe.notesForm, fields: ['text'] });
  const notes = 'First line\n\nSecond, with https://example.org';
  const sent = await host.submitModal(opened, { text: notes });
  expect(sent.ephemeral).toBe(true);
  expect((await now()).notes).toBe(notes);
  expect(sent.text()).toContain('> First line Second');
  const again = await host.press(edited.reply!, buttonOf(edited.reply!, 'episode:notes:'));
  await host.submitModal(again, { text: '' });
  expect((await now()).notes).toBe('');

  // What a form would cut it does not open.
  await catalog.episodes.describe(guild.id, episode.id, { notes: 'n'.repeat(4_001) });
  const long = await host.press(edited.reply!, buttonOf(edited.reply!, 'episode:notes:'));
  expect(long.text()).toBe(en.errors.formShort(4_001, 4_000));
  expect(long.ephemeral).toBe(true);
});

test('a title that shows nothing is refused, and one that is too long never leaves Discord', async () => {
  const { host, lobby, episode, now } = await enter();
  const empty = await host.runCommand('episode edit', { episode: episode.id, title: '\u200b \u2800' }, lobby);
  expect(empty.text()).toBe(en.errors.nameEmpty);
  expect((await now()).title).toBe('Talk');
  const long = { episode: episode.id, title: 'x'.repeat(256) };
  await expect(host.runCommand('episode edit', long, lobby)).rejects.toThrow(/255/);
  const negative = { episode: episode.id, season: -1 };
  await expect(host.runCommand('episode edit', negative, lobby)).rejects.toThrow(/season/);
});

test('another server’s hosts reach none of it, and members see none of it', async () => {
  const { lobby, guest, neighbour, rest, episode, now, publish } = await enter();
  await publish();
  const named = { episode: episode.id };
  for (const [path, options] of [
    ['episode schedule', { ...named, when: 'in 1 hour' }],
    ['episode withdraw', named],
    ['episode edit', { ...named, title: 'Ours now' }],
  ] as const) {
    const answer = await neighbour.host.runCommand(path, options, neighbour.lobby);
    expect(answer.text()).toContain('no such episode');
    const offered = await neighbour.host.autocomplete(path, { episode: '' }, 'episode', neighbour.lobby);
    expect(offered.choices).toEqual([]);
    await expect(guest.runCommand(path, options, lobby)).rejects.toThrow(/does not see/);
  }
  // Custom ids are no secret, and neither is an ordinary member kept from a message with buttons.
  const ids = [`episode:withdraw:${episode.id}`, `episode:notes:${episode.id}`];
  const components = [
    { type: 1, components: ids.map((custom_id) => ({ type: 2, style: 2, label: 'x', custom_id })) },
  ];
  const forge = (channelId: string) =>
    rest('POST', `/channels/${channelId}/messages`, { content: 'x', components }) as Promise<{ id: string }>;
  const [there, here] = [await forge(neighbour.lobby.id), await forge(lobby.id)];
  for (const id of ids) {
    expect((await neighbour.host.press(there, id)).text()).toContain('no such episode');
    const refused = await guest.press(here, id);
    expect(refused.text()).toBe(en.errors.notAllowed);
    expect(refused.modal).toBeUndefined();
  }
  expect(await now()).toMatchObject({ title: 'Talk', state: 'published' });
});
