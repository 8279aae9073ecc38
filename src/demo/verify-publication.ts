/** Holds what was published against what was played: fetched as an app, a browser and a producer would. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createFfmpegRunner, type FfmpegRunner } from '../mastering/ffmpeg.ts';
import { measureFile } from '../mastering/measure.ts';
import type { Check } from './checks.ts';
import { readFeed, type ReadFeed, type ReadFile, type ReadItem } from './feed-reading.ts';
import type { Performance, Programme } from './play.ts';

const TARGET_LUFS = -19;
const LOUDNESS_TOLERANCE_LU = 0.5;
const CEILING_DBTP = -1;
/** What two encoders may add to the same sound at its ends. */
const LENGTH_TOLERANCE_SECONDS = 0.2;

/** Its checks, in the order of a person's interest. `scratchFolder` keeps the downloads, to be listened to. */
export async function verifyPublication(
  performance: Performance,
  programme: Programme,
  scratchFolder: string,
): Promise<Check[]> {
  const response = await fetch(performance.feedUrl);
  const feed = readOrFault(await response.text());
  const [item] = feed instanceof Error ? [] : feed.items;
  if (!response.ok || feed instanceof Error || item?.enclosure === undefined)
    return [
      {
        name: 'feed',
        ok: false,
        detail: `${performance.feedUrl} answered ${response.status}, ${feed instanceof Error ? feed.message : 'without an enclosure'}`,
      },
    ];
  const ffmpeg = createFfmpegRunner({
    ffmpegPath: process.env['FFMPEG_PATH'] || 'ffmpeg',
    ffprobePath: process.env['FFPROBE_PATH'] || 'ffprobe',
  });
  try {
    const mp3 = await download(item.enclosure, path.join(scratchFolder, 'downloaded.mp3'));
    const { integratedLufs, truePeakDbtp } = await measureFile(ffmpeg, mp3.path);
    const isLoud =
      Math.abs(integratedLufs - TARGET_LUFS) <= LOUDNESS_TOLERANCE_LU && truePeakDbtp <= CEILING_DBTP;
    return [
      feedCheck(feed, item, performance, programme),
      {
        name: 'feed and enclosure',
        ok: mp3.isWhole && mp3.hasRanges,
        detail: `${item.enclosure.type}, ${item.enclosure.length} bytes named, ${mp3.bytes} served, ${mp3.hasRanges ? 'by range too' : 'no ranges'}`,
      },
      {
        name: 'loudness',
        ok: isLoud,
        detail: `${integratedLufs.toFixed(1)} LUFS (target ${TARGET_LUFS}), peak ${truePeakDbtp.toFixed(1)} dBTP`,
      },
      await m4aCheck(item, ffmpeg, scratchFolder, mp3.path),
      await chaptersCheck(item, programme),
      await pageCheck(performance, programme),
      await rawTracksCheck(performance, programme),
    ];
  } finally {
    ffmpeg.close();
  }
}

function readOrFault(xml: string): ReadFeed | Error {
  try {
    return readFeed(xml);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** What directories refuse a feed without (podcasters.apple.com, "RSS feed requirements"). */
export function feedCheck(
  feed: ReadFeed,
  item: ReadItem,
  { pageUrl }: Pick<Performance, 'pageUrl'>,
  { title }: Pick<Programme, 'title'>,
): Check {
  const lacks = [
    ...(['title', 'link', 'language', 'imageUrl'] as const).filter((name) => feed[name] === ''),
    ...(['guid', 'pubDate'] as const).filter((name) => item[name] === ''),
    ...(feed.items.length === 1 ? [] : [`one item (it has ${feed.items.length})`]),
    ...(item.title === title ? [] : [`the title “${title}”`]),
    ...(item.link === pageUrl ? [] : [`the link ${pageUrl}`]),
    ...(item.durationSeconds > 0 ? [] : ['a duration']),
  ];
  return {
    name: 'feed',
    ok: lacks.length === 0,
    detail: lacks.length === 0 ? `well-formed, “${item.title}” in it` : `lacks ${lacks.join(', ')}`,
  };
}

interface Download {
  path: string;
  bytes: number;
  /** As long as the feed and HEAD say. */
  isWhole: boolean;
  hasRanges: boolean;
}

async function download({ url, length }: ReadFile, to: string): Promise<Download> {
  const head = await fetch(url, { method: 'HEAD' });
  const range = await fetch(url, { headers: { range: 'bytes=0-1023' } });
  const rangeBytes = (await range.arrayBuffer()).byteLength;
  const audio = new Uint8Array(await (await fetch(url)).arrayBuffer());
  await writeFile(to, audio);
  return {
    path: to,
    bytes: audio.byteLength,
    isWhole: audio.byteLength === length && head.headers.get('content-length') === String(length),
    hasRanges: range.status === 206 && rangeBytes === 1024,
  };
}

async function m4aCheck(
  { alternates }: ReadItem,
  ffmpeg: FfmpegRunner,
  scratchFolder: string,
  mp3Path: string,
): Promise<Check> {
  const name = 'M4A';
  const m4a = alternates.find(({ type }) => type.startsWith('audio/mp4') || type === 'audio/x-m4a');
  if (m4a === undefined) return { name, ok: false, detail: 'the feed names none' };
  const {
    path: file,
    isWhole,
    hasRanges,
    bytes,
  } = await download(m4a, path.join(scratchFolder, 'downloaded.m4a'));
  const [probed, mp3] = await Promise.all([ffmpeg.probe(file), ffmpeg.probe(mp3Path)]);
  const codec = probed.streams.find(({ codec_type }) => codec_type === 'audio')?.codec_name ?? 'no sound';
  const [seconds, wanted] = [Number(probed.format.duration), Number(mp3.format.duration)];
  const { truePeakDbtp } = await measureFile(ffmpeg, file);
  return {
    name,
    ok:
      isWhole &&
      hasRanges &&
      codec === 'aac' &&
      Math.abs(seconds - wanted) <= LENGTH_TOLERANCE_SECONDS &&
      truePeakDbtp <= CEILING_DBTP,
    detail: `${codec}, ${bytes} bytes, ${seconds.toFixed(1)} s as the MP3's ${wanted.toFixed(1)} s, peak ${truePeakDbtp.toFixed(1)} dBTP`,
  };
}

/** Each marker of the host is a chapter, in order, inside the episode. */
async function chaptersCheck(
  { chaptersUrl, durationSeconds }: ReadItem,
  { markers }: Programme,
): Promise<Check> {
  const name = 'chapters';
  if (chaptersUrl === undefined) return { name, ok: false, detail: 'the feed names none' };
  const response = await fetch(chaptersUrl);
  const { chapters } = (await response.json()) as { chapters: { startTime: number; title: string }[] };
  return { name, ...chaptersVerdict(chapters, markers, durationSeconds) };
}

/** The time before the first marker is a chapter of its own. */
export function chaptersVerdict(
  chapters: readonly { startTime: number; title: string }[],
  markers: Programme['markers'],
  durationSeconds: number,
): { ok: boolean; detail: string } {
  const found = chapters.slice(1);
  const rise = chapters.every(
    ({ startTime }, index) =>
      startTime < durationSeconds &&
      (index === 0 ? startTime === 0 : startTime > chapters[index - 1]!.startTime),
  );
  const named = found.length === markers.length && markers.every(({ name }, at) => found[at]!.title === name);
  return {
    ok: rise && named,
    detail: chapters.map(({ startTime, title }) => `${startTime.toFixed(1)} s ${title}`).join(', ') || 'none',
  };
}

async function pageCheck({ pageUrl }: Performance, { title }: Programme): Promise<Check> {
  const page = await fetch(pageUrl);
  const html = await page.text();
  const hasPlayer = /<audio\b/.test(html);
  const hasTitle = html.includes(title.replaceAll('&', '&amp;'));
  return {
    name: 'episode page',
    ok: page.ok && hasPlayer && hasTitle,
    detail: `${page.status}, ${hasPlayer ? 'with' : 'without'} a player, ${hasTitle ? 'with' : 'without'} its title`,
  };
}

async function rawTracksCheck({ rawTracksUrl }: Performance, { lines }: Programme): Promise<Check> {
  const wanted = new Set(lines.map(({ speaker }) => speaker)).size;
  const raw = await fetch(rawTracksUrl);
  const zip = Buffer.from(await raw.arrayBuffer());
  const tracks = countEntries(zip, '.opus');
  return {
    name: 'raw tracks',
    ok: raw.ok && tracks === wanted,
    detail: `${tracks} Opus tracks of ${wanted} speakers, ${(zip.length / 1e6).toFixed(1)} MB`,
  };
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
