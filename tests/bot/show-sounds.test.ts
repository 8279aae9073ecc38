import { afterEach, expect, test } from 'vitest';
import { createShowSounds } from '../../src/jobs/show-sounds.ts';
import { en } from '../../templates/messages/en.ts';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ffmpegForTest, temporaryFolder } from '../mastering/support/signals.ts';
import { openHouse, type House } from './support/house.ts';

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});
const enter = async (): Promise<House> => (house = await openHouse());

async function sound(name: string, seconds: number, expression = '0.2*sin(2*PI*330*t)') {
  const file = path.join(await temporaryFolder(), name);
  await ffmpegForTest().run({
    inputs: [{ options: ['-f', 'lavfi'], path: `aevalsrc='${expression}':s=8000:d=${seconds}` }],
    options: ['-metadata', 'title=Secret name'],
    output: file,
  });
  return { name, contentType: 'audio/mpeg', bytes: await readFile(file) };
}

test('a host sends a show its sounds; they are kept encoded anew, replaced, and taken away', async () => {
  const { host, lobby, catalog, media, guild } = await enter();
  const intro = host.upload(await sound('intro.mp3', 2));
  const bed = host.upload(await sound('bed.ogg', 4));
  const set = await host.runCommand('show sounds', { intro, bed }, lobby);
  const done = await set.until(({ content }) => content.includes('has:'));
  expect(done.content).toContain(en.sounds.set('bed', 4));
  expect(done.content).toMatch(/The intro is set \(2\.\d s\)/);
  expect(done.content).toContain('has: intro, bed.');
  expect(set.ephemeral).toBe(true);
  const [show] = await catalog.shows.listFor(guild.id);
  expect(show!.intro_key).toMatch(new RegExp(`^sounds/${show!.id}/intro-[0-9a-f]{64}\\.flac$`));
  const stored = await buffer((await media.read(show!.intro_key!))!.body);
  expect(stored.subarray(0, 4).toString()).toBe('fLaC');
  expect(stored.includes('Secret name')).toBe(false);

  const other = await host.runCommand('show sounds', { intro: host.upload(await sound('b.wav', 1)) }, lobby);
  await other.until(({ content }) => content.includes(en.sounds.set('intro', 1)));
  expect(await media.list(`sounds/${show!.id}/`)).toHaveLength(2);
  const taken = await host.runCommand('show sounds', { remove: 'intro' }, lobby);
  const left = await taken.until(({ content }) => content.includes(en.sounds.removed('intro')));
  expect(left.content).toContain('has: bed.');
  expect(await media.list(`sounds/${show!.id}/`)).toEqual([expect.stringContaining('/bed-')]);
  const none = await host.runCommand('show sounds', { remove: 'intro' }, lobby);
  await none.until(({ content }) => content.includes(en.sounds.none('intro')));
});

test.each<[string, () => Promise<{ name: string; contentType: string; bytes: Uint8Array }>, RegExp]>([
  [
    'a text',
    () => Promise.resolve({ name: 'intro.mp3', contentType: 'audio/mpeg', bytes: Buffer.from('no sound') }),
    /intro cannot be read as sound\. Set another sound file/,
  ],
  ['silence', () => sound('intro.wav', 2, '0'), /intro is silent/],
  ['too short', () => sound('intro.wav', 0.1), /shorter than a fifth of a second/],
  ['too long', () => sound('intro.mp3', 182), /intro is longer than 3 minutes/],
])(
  'an intro that is %s is refused with a remedy, and the bed sent with it is taken',
  async (_, make, words) => {
    const { host, lobby, catalog, guild } = await enter();
    const sent = { intro: host.upload(await make()), bed: host.upload(await sound('bed.wav', 1)) };
    const answer = await host.runCommand('show sounds', sent, lobby);
    const { content } = await answer.until((message) => message.content.includes('has:'), 30_000);
    expect(content).toMatch(words);
    expect(content).toContain('has: bed.');
    expect((await catalog.shows.listFor(guild.id))[0]).toMatchObject({ intro_key: null });
  },
);

test('another server’s show is not there, and members do not see the command', async () => {
  const { host, lobby, catalog, guild, neighbour } = await enter();
  const show = await catalog.shows.createDefaultFor({ id: guild.id, name: 'Ours' });
  const theirs = await neighbour.host.runCommand('show sounds', { show: show.id }, neighbour.lobby);
  expect(theirs.text()).toContain('no such show');
  const offered = await host.autocomplete('show sounds', { show: 'our' }, 'show', lobby);
  expect(offered.choices).toEqual([{ name: 'Ours', value: show.id }]);
  const guest = guild.addMember({ displayName: 'Guest' });
  await expect(guest.runCommand('show sounds', {}, lobby)).rejects.toThrow(/does not see/);
});

test.each([
  'http://169.254.169.254/latest/meta-data',
  'file:///etc/passwd',
  'https://cdn.discordapp.com.example.org/a',
])('nothing is fetched from %s', async (url) => {
  const { catalog, guild, media } = await enter();
  const show = await catalog.shows.createDefaultFor({ id: guild.id, name: 'Ours' });
  const sounds = createShowSounds({
    ...{
      catalog,
      media,
      scratchFolder: await temporaryFolder(),
      ffmpegPath: 'ffmpeg',
      ffprobePath: 'ffprobe',
    },
  });
  const sent = { guildId: guild.id, showId: show.id, kind: 'intro' as const, url };
  await expect(sounds.set(sent)).rejects.toThrow('not kept by Discord');
});
