/** Holds what came out against what was put in: the recording against the simulator's truth, the feed against itself. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createFfmpegRunner } from '../mastering/ffmpeg.ts';
import { measureFile } from '../mastering/measure.ts';
import { readSession, readTrackPackets } from '../../recorder/session/reader.ts';
import { alignmentOf, pairPackets, type Check, type TimedPacket } from './checks.ts';
import type { Performance } from './play.ts';
import type { Scene } from './scene.ts';

const TARGET_LUFS = -19;
const LOUDNESS_TOLERANCE_LU = 0.5;
const CEILING_DBTP = -1;
/** What a busy machine may cost in real time; on a clock that a test moves, 1 ms. */
const ALIGNMENT_LIMIT_US = 5_000;

/** Every packet that was sent must stand in its speaker's track, byte for byte, at its place. */
export async function verifyRecording({ hall }: Scene, sessionFolder: string): Promise<Check[]> {
  const { truth } = hall.room();
  const session = await readSession(sessionFolder);
  const speakers = truth.userIds();
  const results = await Promise.all(
    speakers.map(async (userId) => {
      const kept: TimedPacket[] = [];
      for (const track of session.tracks.filter((each) => each.userId === userId))
        for await (const { opus, startUs } of readTrackPackets(track)) kept.push({ opus, atUs: startUs });
      const sent = truth.of(userId).map(({ opus, dueUs }) => ({ opus, atUs: dueUs }));
      return pairPackets(sent, kept);
    }),
  );
  const wanted = results.reduce((sum, result) => sum + result.wanted, 0);
  const pairs = results.flatMap((result) => result.pairs);
  const { worstUs } = alignmentOf(pairs);
  return [
    {
      name: 'one track per speaker',
      ok: session.tracks.length === speakers.length && session.sealed,
      detail: session.tracks.map(({ displayName }) => displayName).join(', '),
    },
    {
      name: 'every packet kept',
      ok: wanted > 0 && pairs.length === wanted,
      detail: `${pairs.length} of ${wanted}, of speech, byte for byte`,
    },
    {
      name: 'alignment',
      ok: worstUs <= ALIGNMENT_LIMIT_US,
      detail: `worst packet ${(worstUs / 1000).toFixed(2)} ms from the truth (limit ${ALIGNMENT_LIMIT_US / 1000} ms)`,
    },
  ];
}

/** Attributes of the newest item's enclosure, as the feed has them. */
export function enclosureIn(feed: string): { url: string; length: number; type: string } | undefined {
  const tag = /<enclosure\b[^>]*>/.exec(feed)?.[0];
  const attribute = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(tag ?? '')?.[1];
  const [url, length, type] = [attribute('url'), attribute('length'), attribute('type')];
  return url === undefined || length === undefined || type === undefined
    ? undefined
    : { url: url.replaceAll('&amp;', '&'), length: Number(length), type };
}

/** The feed, its enclosure, the page and the raw tracks, fetched as an app, a browser and a producer would. */
export async function verifyPublication(performance: Performance, scratchFolder: string): Promise<Check[]> {
  const feedResponse = await fetch(performance.feedUrl);
  const feed = await feedResponse.text();
  const enclosure = enclosureIn(feed);
  if (!feedResponse.ok || enclosure === undefined)
    return [{ name: 'feed', ok: false, detail: `${performance.feedUrl} answered ${feedResponse.status}` }];
  const head = await fetch(enclosure.url, { method: 'HEAD' });
  const range = await fetch(enclosure.url, { headers: { range: 'bytes=0-1023' } });
  const rangeBytes = (await range.arrayBuffer()).byteLength;
  const audio = new Uint8Array(await (await fetch(enclosure.url)).arrayBuffer());
  const isWhole =
    audio.byteLength === enclosure.length && head.headers.get('content-length') === String(enclosure.length);

  const audioPath = path.join(scratchFolder, 'downloaded.mp3');
  await writeFile(audioPath, audio);
  const runner = createFfmpegRunner({
    ffmpegPath: process.env['FFMPEG_PATH'] || 'ffmpeg',
    ffprobePath: process.env['FFPROBE_PATH'] || 'ffprobe',
  });
  const { integratedLufs, truePeakDbtp } = await measureFile(runner, audioPath);
  runner.close();
  const page = await fetch(performance.pageUrl);
  const hasPlayer = (await page.text()).includes('<audio');
  const raw = await fetch(performance.rawTracksUrl);
  const zip = Buffer.from(await raw.arrayBuffer());
  const tracks = countEntries(zip, '.opus');
  const isLoud =
    Math.abs(integratedLufs - TARGET_LUFS) <= LOUDNESS_TOLERANCE_LU && truePeakDbtp <= CEILING_DBTP;
  return [
    {
      name: 'feed and enclosure',
      ok: isWhole && range.status === 206 && rangeBytes === 1024,
      detail: `${enclosure.type}, ${enclosure.length} bytes named, ${audio.byteLength} served, ranges ${range.status}`,
    },
    {
      name: 'loudness',
      ok: isLoud,
      detail: `${integratedLufs.toFixed(1)} LUFS (target ${TARGET_LUFS}), peak ${truePeakDbtp.toFixed(1)} dBTP`,
    },
    { name: 'episode page', ok: page.ok && hasPlayer, detail: `${page.status}, with a player` },
    {
      name: 'raw tracks',
      ok: raw.ok && tracks > 0,
      detail: `${tracks} Opus tracks, ${(zip.length / 1e6).toFixed(1)} MB`,
    },
  ];
}

/** Names in a zip's central directory (APPNOTE 4.3.12) that end in `suffix`. */
function countEntries(zip: Buffer, suffix: string): number {
  const signature = Buffer.from('PK\x01\x02', 'latin1');
  let count = 0;
  for (let at = zip.indexOf(signature); at !== -1; at = zip.indexOf(signature, at + 1)) {
    const nameBytes = zip.readUInt16LE(at + 28);
    if (zip.toString('utf8', at + 46, at + 46 + nameBytes).endsWith(suffix)) count += 1;
  }
  return count;
}
