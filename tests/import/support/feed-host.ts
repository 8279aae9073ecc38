/** A podcast host on this machine, as others are: ranges with If-Range, ETags, a feed in its own spelling. It can be told to fail. */
import { hash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { loopback } from '../../outside/loopback.ts';

/** Real files, made once for a worker of tests. */
let making: Promise<Record<'mp3' | 'mp3b' | 'm4a' | 'opus' | 'cover' | 'art', Buffer>> | undefined;
export const sampleFiles = () => (making ??= makeFiles());

async function makeFiles() {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'stagecast-samples-'));
  const ffmpeg = process.env['FFMPEG_PATH'] ?? 'ffmpeg';
  const make = async (name: string, ...words: string[]) => {
    const file = path.join(folder, name);
    await promisify(execFile)(ffmpeg, ['-v', 'error', '-f', 'lavfi', ...words, file]);
    return readFile(file);
  };
  const tone = (hertz: number, seconds: number) => ['-i', `sine=frequency=${hertz}:duration=${seconds}`];
  try {
    return {
      mp3: await make('a.mp3', ...tone(440, 20), '-b:a', '64k', '-metadata', 'title=Eins'),
      mp3b: await make('b.mp3', ...tone(330, 4), '-b:a', '64k'),
      m4a: await make('c.m4a', ...tone(220, 3)),
      opus: await make('d.opus', ...tone(550, 3)),
      cover: await make('cover.png', '-i', 'color=c=navy:s=1400x1400', '-frames:v', '1'),
      art: await make('art.jpg', '-i', 'color=c=red:s=1400x1400', '-frames:v', '1'),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface HostedFile {
  body: Buffer | string;
  type: string;
  status?: number;
  /** Breaks off once after so many bytes, for so many requests. */
  breakAfter?: number;
  breaks?: number;
  /** Sends in small pieces, with a pause after each. */
  pieceMs?: number;
}

export async function feedHost() {
  const files = new Map<string, HostedFile>();
  const sent = new Map<string, number>();
  const server = await loopback((request, response) => answer(request, response, files, sent));
  return {
    ...server,
    files,
    /** Bytes of a file that went out. */
    sent: (name: string) => sent.get(name) ?? 0,
    times: (name: string) => server.asked.filter(({ url }) => url === name).length,
    put: (name: string, body: Buffer | string, type: string, more: Partial<HostedFile> = {}) =>
      void files.set(name, { body, type, ...more }),
  };
}

export type FeedHost = Awaited<ReturnType<typeof feedHost>>;

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  files: Map<string, HostedFile>,
  sent: Map<string, number>,
): void {
  const name = request.url ?? '';
  const file = files.get(name);
  if (file === undefined) return void response.writeHead(404).end();
  if (file.status !== undefined) return void response.writeHead(file.status).end();
  const body = Buffer.from(file.body);
  const etag = `"${hash('sha256', body).slice(0, 16)}"`;
  const [, first] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  const isPart = first !== undefined && request.headers['if-range'] === etag;
  const from = isPart ? Number(first) : 0;
  if (from >= body.length && isPart) return void response.writeHead(416).end();
  response.writeHead(isPart ? 206 : 200, {
    ...{ 'Content-Type': file.type, 'Content-Length': body.length - from, ETag: etag },
    ...(isPart && { 'Content-Range': `bytes ${from}-${body.length - 1}/${body.length}` }),
  });
  const count = (bytes: number) => sent.set(name, (sent.get(name) ?? 0) + bytes);
  if (file.breakAfter !== undefined && (file.breaks ?? 1) > 0) {
    file.breaks = (file.breaks ?? 1) - 1;
    const until = Math.min(body.length, from + file.breakAfter);
    count(until - from);
    response.write(body.subarray(from, until), () => setTimeout(() => response.destroy(), 100));
    return;
  }
  if (file.pieceMs === undefined) {
    count(body.length - from);
    response.end(body.subarray(from));
    return;
  }
  let at = from;
  const timer = setInterval(() => {
    const piece = body.subarray(at, at + 2_048);
    at += piece.length;
    count(piece.length);
    response.write(piece);
    if (at >= body.length) {
      clearInterval(timer);
      response.end();
    }
  }, file.pieceMs);
  response.once('close', () => clearInterval(timer));
}

export interface HostedItem {
  guid: string;
  title: string;
  date: string;
  file: string;
  type?: string;
  more?: string;
}

export const itemXml = (
  base: string,
  { guid, title, date, file, type = 'audio/mpeg', more = '' }: HostedItem,
) =>
  `<item><title>${title}</title><guid isPermaLink="false">${guid}</guid><pubDate>${date}</pubDate>
   <description><![CDATA[<p>About ${title}</p>]]></description>
   <enclosure url="${base}${file}" length="1" type="${type}"/>${more}</item>`;

export const feedXml = (channel: string, items: readonly string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?>
  <rss version="2.0" xmlns:i="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:p="https://podcastindex.org/namespace/1.0"
   xmlns:psc="http://podlove.org/simple-chapters"><channel><title>Old Stage</title><link>https://old.example/</link>
   <description>A show that moves.</description><language>de</language><i:author>Them</i:author>
   <i:category text="Technology"/><i:explicit>false</i:explicit>${channel}${items.join('')}</channel></rss>`;

/** Three episodes in three kinds of files, with all that may belong to them; newest first. */
export async function hostShow(host: FeedHost, channel = ''): Promise<void> {
  const { mp3, mp3b, m4a, opus, cover, art } = await sampleFiles();
  const base = host.url;
  host.put('/1.mp3', mp3, 'audio/mpeg');
  // Wrong on purpose: servers say octet-stream of everything.
  host.put('/2', m4a, 'application/octet-stream');
  host.put('/3.mp3', mp3b, 'audio/mpeg');
  host.put('/4.opus', opus, 'audio/ogg');
  host.put('/cover.png', cover, 'image/png');
  host.put('/art.jpg', art, 'image/jpeg');
  host.put(
    '/chapters.json',
    JSON.stringify({
      version: '1.2.0',
      chapters: [
        { startTime: 0, title: 'Hello', url: 'https://example.org/', img: `${base}/art.jpg` },
        { startTime: 10, title: 'More' },
      ],
    }),
    'application/json+chapters',
  );
  host.put('/1.vtt', 'WEBVTT\n\n00:00.000 --> 00:04.000\n<v Ada>Good evening\n', 'text/vtt');
  host.put(
    '/feed.xml',
    feedXml(`<i:image href="${base}/cover.png"/>${channel}`, showItems(base)),
    'text/xml',
  );
}

export const showItems = (base: string): string[] => [
  itemXml(base, {
    guid: 'http://old.example/?p=3',
    title: 'Three',
    date: 'Wed, 06 Mar 2019 10:00:00 GMT',
    file: '/3.mp3',
    more: '<i:episodeType>trailer</i:episodeType>',
  }),
  itemXml(base, {
    ...{
      guid: 'Two & 2',
      title: 'Two',
      date: 'Tue, 05 Mar 2019 10:00:00 GMT',
      file: '/2',
      type: 'audio/x-m4a',
    },
    more: '<psc:chapters><psc:chapter start="0" title="A"/><psc:chapter start="0:01.5" title="B"/></psc:chapters>',
  }).replace('Two & 2', 'Two &amp; 2'),
  itemXml(base, {
    ...{ guid: 'one', title: 'One', date: 'Mon, 04 Mar 2019 10:00:00 +0100', file: '/1.mp3' },
    more: `<i:season>1</i:season><i:episode>1</i:episode><p:season name="First">1</p:season><i:image href="${base}/art.jpg"/>
      <p:person role="guest">Ada</p:person><p:chapters url="${base}/chapters.json" type="application/json+chapters"/>
      <p:transcript url="${base}/1.vtt" type="text/vtt" language="en"/>`,
  }),
];
