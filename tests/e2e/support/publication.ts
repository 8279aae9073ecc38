/** What was published, fetched and read by libraries that are not ours, as a podcast app and a producer would. */
import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { parseFeed } from 'podcast-partytime';
import { expect } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { readFeed as readByApp } from '../../../src/demo/feed-reading.ts';
import { createFfmpegRunner } from '../../../src/mastering/ffmpeg.ts';
import { measureFile, type Measurement } from '../../../src/mastering/measure.ts';
import { faultsOf } from '../../publisher/feed/well-formed.ts';

/** Expects one item in a well-formed feed that a second parser reads as the first; answers the address of its audio. */
export async function readFeed(feedUrl: string, { title, pageUrl }: { title: string; pageUrl: string }) {
  const response = await fetch(feedUrl);
  expect(response.status).toBe(200);
  const xml = await response.text();
  expect(await faultsOf(xml)).toEqual([]);
  const enclosure = readByApp(xml).items[0]?.enclosure;
  expect(enclosure).toBeDefined();
  const feed = parseFeed(xml);
  expect(feed?.items).toHaveLength(1);
  const [item] = feed!.items;
  expect(item).toMatchObject({ title, link: pageUrl, enclosure });
  return { enclosure: enclosure!, feed: feed!, item: item! };
}

/** Bytes as GET, HEAD and a range past the end tell them. */
export async function measureServed(url: string) {
  const [head, whole] = await Promise.all([fetch(url, { method: 'HEAD' }), fetch(url)]);
  const bytes = (await whole.arrayBuffer()).byteLength;
  const beyond = await fetch(url, { headers: { range: `bytes=${bytes}-` } });
  await beyond.body?.cancel();
  return {
    bytes,
    headBytes: Number(head.headers.get('content-length')),
    type: whole.headers.get('content-type'),
    beyond: [beyond.status, beyond.headers.get('content-range')],
  };
}

/** Names and contents of a downloaded zip. */
export async function unzip(url: string): Promise<Map<string, Buffer>> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  const zip = await fromBufferPromise(Buffer.from(await response.arrayBuffer()), { strictFileNames: true });
  const entries = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry())
    entries.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
  return entries;
}

/** Loudness and true peak of served audio by ffmpeg's own meter. */
export async function measureAudio(url: string): Promise<Measurement> {
  const file = path.join(os.tmpdir(), `stagecast-e2e-${randomUUID()}.mp3`);
  const ffmpeg = createFfmpegRunner({
    ffmpegPath: process.env['FFMPEG_PATH'] || 'ffmpeg',
    ffprobePath: process.env['FFPROBE_PATH'] || 'ffprobe',
  });
  try {
    await writeFile(file, Buffer.from(await (await fetch(url)).arrayBuffer()));
    return await measureFile(ffmpeg, file);
  } finally {
    ffmpeg.close();
    await rm(file, { force: true });
  }
}
