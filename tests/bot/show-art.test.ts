import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { crc32, deflateSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { smallCoverKey } from '../../publisher/site/cover.ts';
import { createShowArt } from '../../src/jobs/show-art.ts';
import { en } from '../../templates/messages/en.ts';
import { ffmpegForTest, temporaryFolder } from '../mastering/support/signals.ts';
import { openHouse, type House } from './support/house.ts';

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});
const enter = async (): Promise<House> => (house = await openHouse());

async function picture(name: string, size = '1400x1400', options: string[] = []) {
  const file = path.join(await temporaryFolder(), name);
  await ffmpegForTest().run({
    inputs: [{ options: ['-f', 'lavfi'], path: `testsrc2=s=${size}` }],
    options: ['-frames:v', '1', ...options],
    output: file,
  });
  return readFile(file);
}
const sent = (bytes: Uint8Array, name = 'cover.jpg') => ({ name, contentType: 'image/jpeg', bytes });

/** ITU-T T.81, B.2.4.6: a segment of an application, as cameras write places into. */
function withAside(jpeg: Buffer, words: string): Buffer {
  const body = Buffer.from(`Exif\0\0${words}`);
  const head = Buffer.from([0xff, 0xe1, (body.length + 2) >> 8, (body.length + 2) & 255]);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}

/** PNG specification, 5.3. */
function withChunk(png: Buffer, type: string, data: Buffer): Buffer {
  const said = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(said));
  const chunk = Buffer.concat([length, said, check]);
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
}

/** A header alone, with four components: what print shops save. */
function cmyk(): Buffer {
  const frame = [0xff, 0xc0, 0, 20, 8, 1400 >> 8, 1400 & 255, 1400 >> 8, 1400 & 255, 4];
  return Buffer.from([0xff, 0xd8, ...frame, ...Array<number>(12).fill(1), 0xff, 0xd9]);
}

test('a host sends a show its art: it is kept under its hash without what cameras write, and with a small copy', async () => {
  const { host, lobby, catalog, media, guild } = await enter();
  const image = host.upload(sent(withAside(await picture('a.jpg'), 'My house'), 'whatever.png'));
  const answer = await host.runCommand('show art', { image }, lobby);
  expect(answer.ephemeral).toBe(true);
  await answer.until(({ content }) => content.includes('has new art'), 30_000);
  const [show] = await catalog.shows.listFor(guild.id);
  expect(answer.text()).toBe(en.art.set(show!.title, 1400));
  expect(show!.feed_revision).toBe(1);
  const key = show!.cover_key!;
  const stored = await buffer((await media.read(key))!.body);
  expect(key).toBe(`art/${show!.id}/${createHash('sha256').update(stored).digest('hex')}.jpg`);
  expect(stored.includes('My house')).toBe(false);
  expect((await media.head(key))!.contentType).toBe('image/jpeg');
  const small = path.join(await temporaryFolder(), 'small.webp');
  await writeFile(small, await buffer((await media.read(smallCoverKey(key)))!.body));
  const { streams } = await ffmpegForTest().probe(small);
  expect(streams[0]).toMatchObject({ codec_name: 'webp', width: 448, height: 448 });

  // A PNG that says so of itself, whatever its name; what is only less than perfect is taken, and said.
  const png = withChunk(
    await picture('b.png', '1400x1400', ['-pix_fmt', 'gray']),
    'tEXt',
    Buffer.from('a\0My house'),
  );
  const other = await host.runCommand('show art', { image: host.upload(sent(png)), show: show!.id }, lobby);
  const { content } = await other.until((message) => message.content.includes('has new art'), 30_000);
  expect(content).toContain('The art is saved as grey. Save it as RGB');
  const after = (await catalog.shows.byId(show!.id))!;
  expect([after.cover_key!.endsWith('.png'), after.feed_revision]).toEqual([true, 2]);
  expect((await buffer((await media.read(after.cover_key!))!.body)).includes('My house')).toBe(false);
  // Who read the former feed still finds what it named.
  expect(await media.head(key)).toBeDefined();
});

test.each<[string, () => Promise<Uint8Array>, RegExp]>([
  ['a text', () => Promise.resolve(Buffer.from('no picture')), /no known kind\. Upload a JPEG or PNG/],
  ['a GIF', () => picture('a.gif'), /is a GIF\. Upload a JPEG or PNG/],
  ['not square', () => picture('a.jpg', '1600x1400'), /1600 by 1400 pixels: not square\. Crop it/],
  ['too small', () => picture('a.png', '600x600'), /too small\. Make it 1400 to 3000 pixels/],
  ['too large', () => picture('a.jpg', '3002x3002'), /too large\. Make it 1400 to 3000 pixels/],
  ['for print', () => Promise.resolve(cmyk()), /CMYK.*Save it as RGB/],
  ['cut off', async () => (await picture('a.jpg')).subarray(0, 50_000), /read to its end\. Save it anew/],
  ['a cut PNG', async () => (await picture('a.png')).subarray(0, 50_000), /read to its end\. Save it anew/],
  [
    'a huge file',
    () => Promise.resolve(Buffer.alloc(10 * 2 ** 20 + 1)),
    /larger than 10 MiB\. Send a smaller/,
  ],
])('art that is %s is refused with a remedy, and nothing changes', async (_, make, words) => {
  const { host, lobby, catalog, media, guild } = await enter();
  const answer = await host.runCommand('show art', { image: host.upload(sent(await make())) }, lobby);
  expect((await answer.until(({ content }) => content !== '', 30_000)).content).toMatch(words);
  expect((await catalog.shows.listFor(guild.id))[0]).toMatchObject({ cover_key: null, feed_revision: 0 });
  expect(await media.list('art/')).toEqual([]);
});

test('a picture whose colour profile unpacks to a quarter of a gigabyte is refused, and one like it is not', async () => {
  const { host, lobby, media } = await enter();
  const png = await picture('a.png');
  const send = async (profileBytes: number) => {
    const profile = Buffer.concat([Buffer.from('p\0\0'), deflateSync(Buffer.alloc(profileBytes))]);
    const image = host.upload(sent(withChunk(png, 'iCCP', profile)));
    const answer = await host.runCommand('show art', { image }, lobby);
    return (await answer.until(({ content }) => content !== '', 30_000)).content;
  };
  expect(await send(2 ** 28)).toMatch(/read to its end/);
  expect(await media.list('art/')).toEqual([]);
  expect(await send(2 ** 10)).toContain('has new art');
});

test('another server’s show is not there, and nothing is fetched from elsewhere', async () => {
  const { catalog, guild, media, neighbour, host, lobby } = await enter();
  const show = await catalog.shows.createDefaultFor({ id: guild.id, name: 'Ours' });
  const image = neighbour.host.upload(sent(cmyk()));
  const theirs = await neighbour.host.runCommand('show art', { image, show: show.id }, neighbour.lobby);
  expect(theirs.text()).toContain('no such show');
  const offered = await host.autocomplete('show art', { show: 'our' }, 'show', lobby);
  expect(offered.choices).toEqual([{ name: 'Ours', value: show.id }]);
  const programs = { ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe' };
  const art = createShowArt({ catalog, media, scratchFolder: await temporaryFolder(), ...programs });
  for (const url of ['http://169.254.169.254/latest/meta-data', 'file:///etc/passwd'])
    await expect(art.set({ guildId: guild.id, showId: show.id, url })).rejects.toThrow('not kept by Discord');
  await expect(
    art.set({ guildId: neighbour.guild.id, showId: show.id, url: 'https://cdn.discordapp.com/a' }),
  ).rejects.toThrow('no such show');
});
