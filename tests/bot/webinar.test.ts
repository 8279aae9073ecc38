import { GuildScheduledEventEntityType, GuildScheduledEventStatus } from 'discord-api-types/v10';
import { afterEach, expect, test } from 'vitest';
import { en } from '../../templates/messages/en.ts';
import { eventually, openHouse, speech, type House } from './support/house.ts';

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});
const enter = async (): Promise<House> => (house = await openHouse());

const schedule = ({ host, stage, lobby }: House, values: Record<string, string | { id: string }> = {}) =>
  host.runCommand(
    'webinar schedule',
    { title: 'Open ears', when: 'in 20 minutes', channel: stage, ...values },
    lobby,
  );

test('a webinar is planned, wished for, opened, recorded and closed', async () => {
  const scene = await enter();
  const { discord, guild, stage, lobby, host, guest, account, catalog } = scene;
  const planned = await schedule(scene);
  const [event] = guild.events();
  expect(event).toMatchObject({ name: 'Open ears', channel_id: stage.id, entity_type: 1 });
  const startsAt = Math.floor(Date.parse(event!.scheduled_start_time) / 1000);
  expect(planned.text()).toContain(`<t:${startsAt}:F>`);
  expect(Math.abs(startsAt - (Date.now() / 1000 + 1200))).toBeLessThan(60);
  guest.subscribe(event!);
  const idle = await host.runCommand('record status', {}, lobby);
  expect(idle.text()).toContain(en.webinar.next('Open ears', startsAt, `<#${stage.id}>`));
  expect(idle.text()).toContain(en.webinar.interested(1));

  const offered = await host.autocomplete('webinar start', { webinar: 'ears' }, 'webinar', lobby);
  expect(offered.choices?.[0]?.name).toMatch(/^Open ears · /);
  host.joinVoice(stage, { speaker: true });
  const webinar = String(offered.choices?.[0]?.value);
  const started = await host.runCommand('webinar start', { webinar }, lobby);
  expect(started.text()).toBe(en.webinar.started('Open ears', `<#${stage.id}>`));
  expect(stage.stageInstance()).toMatchObject({ topic: 'Open ears', guild_scheduled_event_id: event!.id });
  expect(guild.events()[0]?.status).toBe(GuildScheduledEventStatus.Active);
  for (const values of [{ webinar }, {} as Record<string, string>])
    expect((await host.runCommand('webinar start', values, lobby)).text()).toBe(
      en.errors.webinarState.live('Open ears'),
    );

  await stage.room().whenConnected(account.userId);
  await host.speak(speech(20));
  const status = await host.runCommand('record status', {}, lobby);
  expect(status.text()).toContain(en.webinar.interested(1));

  const ended = await host.runCommand('webinar end', {}, lobby);
  await ended.until(({ content }) => content.includes('is mastered'));
  const thanks = await stage.nextMessage(({ content }) => content.startsWith('💛 That was “Open ears”'));
  expect(thanks.content).not.toContain('secret');
  await eventually(
    () => [guild.events()[0]?.status, stage.stageInstance()],
    ([state, instance]) => state === GuildScheduledEventStatus.Completed && instance === undefined,
  );
  expect(await catalog.webinars.listFor(guild.id)).toMatchObject([{ id: webinar, state: 'ended' }]);
  const [session] = await catalog.sessions.listFor(guild.id);
  expect(session).toMatchObject({ webinar_id: webinar, title: 'Open ears', state: 'sealed' });
  expect(discord.requests.filter(({ status: code }) => code >= 400)).toEqual([]);
});

test('a stage that a moderator opened first is as good (150006)', async () => {
  const scene = await enter();
  const { guild, stage, lobby, host, rest } = scene;
  await schedule(scene);
  await rest('POST', '/stage-instances', { channel_id: stage.id, topic: 'Already on' });
  expect((await host.runCommand('webinar start', {}, lobby)).text()).toContain('is live');
  expect(stage.stageInstance()?.topic).toBe('Already on');
  expect(guild.events()[0]?.status).toBe(GuildScheduledEventStatus.Active);
});

test.each([
  { opened: 'by others', stays: true },
  { opened: 'by us', stays: false },
])('when the join fails, a stage opened $opened stays: $stays', async ({ stays }) => {
  const scene = (house = await openHouse({ passes: (message) => message.type !== 'voice-server' }));
  const { guild, stage, lobby, host, rest, catalog } = scene;
  await schedule(scene);
  if (stays) await rest('POST', '/stage-instances', { channel_id: stage.id, topic: 'Already on' });
  const answer = await host.runCommand('webinar start', {}, lobby);
  expect(answer.text()).toBe(en.errors.couldNotJoin(`<#${stage.id}>`));
  expect(stage.stageInstance() !== undefined).toBe(stays);
  expect(guild.events()[0]?.status).toBe(GuildScheduledEventStatus.Scheduled);
  expect(await catalog.webinars.listFor(guild.id)).toMatchObject([{ state: 'scheduled' }]);
});

test('a webinar that is cancelled in Discord is cancelled here, also while the bot is away', async () => {
  const scene = await enter();
  const { guild, lobby, host, catalog, rest } = scene;
  const remove = (id: string) => rest('DELETE', `/guilds/${guild.id}/scheduled-events/${id}`);
  await schedule(scene);
  await remove(guild.events()[0]!.id);
  const states = async () => (await catalog.webinars.listFor(guild.id)).map(({ state }) => state);
  await eventually(states, (now) => now[0] === 'cancelled');
  expect((await host.runCommand('webinar start', {}, lobby)).text()).toBe(en.errors.noWebinar);

  await schedule(scene, { when: 'in 2 hours' });
  await schedule(scene, { when: 'in 3 hours', title: 'This one stays' });
  await scene.die();
  await remove(guild.events()[0]!.id);
  await scene.start();
  await eventually(states, (now) => now.filter((state) => state === 'cancelled').length === 2);
  expect(await states()).toContain('scheduled');
});

test('an event that is begun and ended in Discord’s own interface is none to start any more', async () => {
  const scene = await enter();
  const { guild, lobby, host, catalog, rest } = scene;
  await schedule(scene);
  const { id } = guild.events()[0]!;
  const become = (status: GuildScheduledEventStatus) =>
    rest('PATCH', `/guilds/${guild.id}/scheduled-events/${id}`, { status });
  await become(GuildScheduledEventStatus.Active);
  expect(await catalog.webinars.listFor(guild.id)).toMatchObject([{ state: 'scheduled' }]);
  await become(GuildScheduledEventStatus.Completed);
  await eventually(
    () => catalog.webinars.listFor(guild.id),
    ([webinar]) => webinar?.state === 'cancelled',
  );
  expect((await host.runCommand('webinar start', {}, lobby)).text()).toBe(en.errors.noWebinar);
});

test('a webinar that is edited in Discord is edited here, also while the bot is away, and recorded where it is now', async () => {
  const scene = await enter();
  const { guild, hall, lobby, host, catalog, rest, core } = scene;
  await schedule(scene);
  const edit = (body: object) =>
    rest('PATCH', `/guilds/${guild.id}/scheduled-events/${guild.events()[0]!.id}`, body);
  const planned = async () => (await catalog.webinars.listFor(guild.id))[0];
  const startMs = Date.parse(guild.events()[0]!.scheduled_start_time);
  await edit({ name: 'Wide ears', scheduled_end_time: new Date(startMs + 90 * 60_000).toISOString() });
  await eventually(planned, (webinar) => webinar?.title === 'Wide ears' && webinar.duration_minutes === 90);
  await scene.die();
  await edit({ channel_id: hall.id, entity_type: GuildScheduledEventEntityType.Voice });
  await scene.start();
  await eventually(planned, (webinar) => webinar?.channel_id === hall.id);
  await host.runCommand('webinar start', {}, lobby);
  expect(core.live()).toMatchObject([{ title: 'Wide ears', channelId: hall.id }]);
});

test.each([
  ['yesterday-ish', en.errors.whenUnclear('yesterday-ish', 'UTC')],
  ['2020-01-01 10:00', en.errors.whenPast(1577872800)],
])('a start at “%s” is refused with what to write', async (when, expected) => {
  const scene = await enter();
  expect((await schedule(scene, { when })).text()).toBe(expected);
  expect(scene.guild.events()).toEqual([]);
});

test('a webinar without a recording can still be closed', async () => {
  const scene = await enter();
  const { guild, stage, lobby, host } = scene;
  await schedule(scene);
  await host.runCommand('webinar start', {}, lobby);
  const stopped = await host.runCommand('record stop', {}, lobby);
  await stopped.until(({ content }) => content.includes('Nobody spoke'));
  const ended = await host.runCommand('webinar end', {}, lobby);
  expect(ended.text()).toBe(en.webinar.closed('Open ears'));
  await eventually(
    () => stage.stageInstance(),
    (instance) => instance === undefined,
  );
  // Stage and event are closed at once, each in its own time.
  await eventually(
    () => guild.events()[0]?.status,
    (status) => status === GuildScheduledEventStatus.Completed,
  );
  expect((await host.runCommand('webinar end', {}, lobby)).text()).toBe(en.errors.noLiveWebinar);
});
