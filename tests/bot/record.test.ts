import { afterEach, expect, test } from 'vitest';
import { en } from '../../templates/messages/en.ts';
import {
  buttonOf,
  eventually,
  links,
  openHouse,
  speech,
  type House,
  type HouseOptions,
} from './support/house.ts';

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

async function enter(options?: HouseOptions): Promise<House> {
  return (house = await openHouse(options));
}

test('a stage is recorded, stopped, mastered, published: what the host, the guests and the channel read', async () => {
  const { discord, stage, lobby, host, guest, account, catalog, guild, toRecorder } = await enter();
  host.joinVoice(stage, { speaker: true });
  guest.joinVoice(stage);

  const started = await host.runCommand('record start', { channel: stage, title: 'Night *talk*' }, lobby);
  expect(started.ephemeral).toBe(true);
  expect(started.text()).toBe(en.record.started(`<#${stage.id}>`, 'Night \\*talk\\*'));

  // People were told before the recorder was asked to start: the request carries the notice's id.
  const [notice] = stage.messages();
  expect(notice?.content).toBe(en.notice.recording(`<@${host.id}>`, 'Night \\*talk\\*'));
  const request = toRecorder.find((message) => message.type === 'start');
  expect(request?.session).toMatchObject({
    notice: { channelId: stage.id, messageId: notice?.id },
    people: [
      { userId: host.id, displayName: 'Inès' },
      { userId: guest.id, displayName: 'Tobias' },
    ],
  });
  expect(stage.present()).toContain(account.userId);

  // Anybody may ask what is kept.
  const about = await guest.press(notice!, buttonOf(notice!, 'session:about:'));
  expect(about.ephemeral).toBe(true);
  expect(about.text()).toBe(en.notice.about(`<@${host.id}>`, 'Night \\*talk\\*'));

  const again = await host.runCommand('record start', { channel: stage }, lobby);
  expect(again.text()).toContain(`<#${stage.id}>`);
  expect(again.text()).toContain(`<@${host.id}> started it`);

  await stage.room().whenConnected(account.userId);
  await host.speak(speech(40));
  const marked = await host.runCommand('record marker', { name: '  First\n\tquestion ' }, lobby);
  expect(marked.text()).toMatch(/^📍 Marked “First question” at \d+ s\.$/);
  // A part of it for other programs, while it runs.
  const part = { format: 'wav', from: '0:00.5', to: '1:00' };
  const early = await host.runCommand('record tracks', part, lobby);
  const [live] = await catalog.sessions.listLive(guild.id);
  const range = { fromUs: 500_000, toUs: 60_000_000 };
  const wanted = { guildId: guild.id, sessionId: live!.id, requestedBy: host.id };
  const { export: ofPart, isNew: partIsNew } = await catalog.exports.request({
    ...{ ...wanted, format: 'wav', range },
  });
  expect(partIsNew).toBe(false);
  expect(early.ephemeral).toBe(true);
  expect(early.text()).toBe(en.episode.tracksMaking('Night \\*talk\\*', 'WAV', links.tracks(ofPart.id)));
  for (const [fields, refusal] of [
    [{ from: 'soon' }, en.errors.clockUnclear('soon')],
    [{ from: '2:00', to: '1:00' }, en.errors.rangeBackwards],
  ] as const)
    expect((await host.runCommand('record tracks', { format: 'flac', ...fields }, lobby)).text()).toBe(
      refusal,
    );
  const nameless = await host.runCommand('record marker', { name: ' \u200b\n' }, lobby);
  expect(nameless.text()).toBe(en.errors.markerEmpty);
  const status = await eventually(
    () => host.runCommand('record status', {}, lobby),
    (answer) => answer.text().includes('**Inès**'),
  );
  expect(status.text()).toContain(en.record.statusTitle('Night \\*talk\\*'));

  const stopped = await host.runCommand('record stop', {}, lobby);
  const ready = await stopped.until(({ content }) => content.includes(en.episode.ready('Night \\*talk\\*')));
  expect(ready.content).toContain('1 h 00 min · −19.0 LUFS · peak −1.3 dBTP · 1 chapter');
  const [session] = await catalog.sessions.listFor(guild.id);
  expect(session).toMatchObject({ state: 'sealed', speakers: 1, title: 'Night *talk*' });
  expect(JSON.stringify(ready.components)).toContain(links.rawTracks(session!.id));

  // The channel's chat: the notice is closed, and one message follows the episode, without the bearer link.
  const closed = await stage.nextMessage(({ id, content }) => id === notice?.id && content.startsWith('⏹️'));
  const later = await guest.press(closed, buttonOf(closed, 'session:about:'));
  expect(later.text()).toBe(about.text());
  const panel = await stage.nextMessage(({ content }) => content.includes(en.episode.forHosts));
  expect(panel.content).toMatch(/^⏹️ The recording of “Night \\\*talk\\\*” has ended/);
  expect(JSON.stringify(stage.messages())).not.toContain('signature=secret');

  // Raw tracks are for hosts, and only for the one who asks.
  const refused = await guest.press(panel, buttonOf(panel, 'session:raw:'));
  expect(refused.text()).toBe(en.errors.notYours(`<@${host.id}>`));
  const raw = await host.press(panel, buttonOf(panel, 'session:raw:'));
  expect(raw.ephemeral).toBe(true);
  expect(raw.text()).toContain(links.rawTracks(session!.id));
  // Asked for twice, made once; another host's question would lead to the same.
  const flac = buttonOf(raw.reply!, 'session:tracks:flac:');
  const asked = [await host.press(raw.reply!, flac), await host.press(raw.reply!, flac)];
  const { export: made, isNew } = await catalog.exports.request({
    ...{ guildId: guild.id, sessionId: session!.id, requestedBy: guest.id, format: 'flac' },
  });
  expect({ isNew, ...made }).toMatchObject({ isNew: false, state: 'making', requested_by: host.id });
  for (const answer of asked) {
    expect(answer.ephemeral).toBe(true);
    expect(answer.text()).toBe(en.episode.tracksMaking('Night \\*talk\\*', 'FLAC', links.tracks(made.id)));
  }

  // The last recording, as the button has it.
  const typed = await host.runCommand('record tracks', { format: 'flac' }, lobby);
  expect(typed.text()).toBe(asked[0]!.text());

  expect((await guest.press(panel, buttonOf(panel, 'episode:publish:'))).text()).toBe(en.errors.notAllowed);
  const offered = await host.autocomplete('episode publish', { episode: 'night' }, 'episode', lobby);
  expect(offered.choices).toMatchObject([{ name: 'Night *talk*' }]);
  const publishing = await host.press(panel, buttonOf(panel, 'episode:publish:'));
  const published = await publishing.until(({ content }) => content.includes('is published'));
  const [show] = await catalog.shows.listFor(guild.id);
  expect(published.content).toContain(links.feed(show!.slug));
  await stage.nextMessage(({ id, content }) => id === panel.id && content.includes('is published'));

  // One message, and each of its states sent once.
  const edits = discord.requests
    .filter(({ method, path }) => method === 'PATCH' && path.endsWith(`/messages/${panel.id}`))
    .map(({ body }) => (body as { content: string }).content);
  expect(new Set(edits).size).toBe(edits.length);

  const list = await host.runCommand('episode list', {}, lobby);
  expect(list.text()).toContain(en.episode.states.published);
  expect(discord.requests.filter(({ status }) => status >= 400)).toEqual([]);
});
