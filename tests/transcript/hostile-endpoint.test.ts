/** An endpoint that does its worst to one speaker, or to everybody: what can be saved is saved, and the rest is said. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { renderJson, renderSrt, renderVtt } from '../../src/transcript/index.ts';
import { type Answer, type Heard, startEndpoint, verbose } from './support/loopback-endpoint.ts';
import { readSrt, readVtt } from './support/read-captions.ts';
import { run, said, session, speaker } from './support/talk.ts';

const TOBIAS = 'tone1000';
const isTobias = (heard: readonly Heard[]) => heard.some(({ word }) => word === TOBIAS);
const talk = async () =>
  session([
    await speaker('11', 'Inès', [
      [1, 2, 400],
      [30, 1, 700],
    ]),
    await speaker('12', 'Tobias', [
      [4, 1, 1000],
      [31.5, 2, 900],
    ]),
  ]);
/** What the endpoint says of Tobias, and what comes of it; Inès is answered as she should be. */
async function withTobias(answer: Answer, url?: string) {
  const endpoint = await startEndpoint((request) => (isTobias(request.heard) ? answer : verbose(request)));
  const result = await run(await talk(), url ?? endpoint.url, { patienceMs: () => 700 });
  const words = said(result);
  expect(words.filter(([who]) => who === 'Inès')).toHaveLength(2);
  return { result, endpoint, his: words.filter(([who]) => who === 'Tobias') };
}
const segment = (start: number, end: number, text: string) => ({ start, end, text });

const endless = (response: ServerResponse) => {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  const more = () => {
    while (!response.destroyed && response.write(Buffer.alloc(1 << 20, ' ')));
  };
  response.on('drain', more);
  more();
};
const dripping = (response: ServerResponse) => {
  const timer = setInterval(() => response.write(' '), 50);
  response.on('close', () => clearInterval(timer));
};

test.each<[string, Answer, RegExp]>([
  ['an answer without an end', endless, /answers without an end/],
  ['an answer that drips for ever', dripping, /did not answer within 1 s/],
  ['a connection that is cut', (response) => response.destroy(), /broke off .*ECONNRESET/],
  [
    'half an answer',
    (response) => {
      response.writeHead(200, { 'Content-Length': '500' });
      response.write('{"text":', () => response.destroy());
    },
    /broke off/,
  ],
  ['an error with status 200', { json: { error: { message: 'busy' } } }, /neither text nor segments/],
  ['JSON cut short', { text: '{"text":"tone' }, /it is no JSON/],
  ['nesting without an end', { text: '['.repeat(1_000_000) }, /cannot be read/],
  ['a novel', { json: { text: 'word '.repeat(100_000) } }, /more than anybody can say/],
  [
    'a hundred thousand words',
    { json: { text: 'a', words: Array(100_000).fill({ word: 'a', start: 0, end: 1 }) } },
    /more than anybody can say/,
  ],
])('%s costs that speaker’s words alone, for now', async (_, answer, why) => {
  const { result, his } = await withTobias(answer);
  expect(his).toEqual([]);
  expect(result).toMatchObject({ retry: true, missing: [{ speaker: 'Tobias' }] });
  expect(result.missing[0]!.why).toMatch(why);
});

test.each<[string, unknown]>([
  ['milliseconds', { segments: [segment(0, 1000, 'tone1000.'), segment(1600, 3600, 'tone900.')] }],
  [
    'the time of day',
    { segments: [segment(36_000, 36_001, 'tone1000.'), segment(36_002, 36_003, 'tone900.')] },
  ],
  ['nothing but zero', { segments: [segment(0, 0, 'tone1000.'), segment(0, 0, 'tone900.')] }],
])('times that are %s lose no words: turns are sent, and have the bounds of their own', async (_, json) => {
  const endpoint = await startEndpoint((request, nth) => {
    if (!isTobias(request.heard) && !request.heard.some(({ word }) => word === 'tone900'))
      return verbose(request);
    if (request.heard.length > 1) return { json };
    expect(nth).toBeGreaterThan(1);
    return { json: { segments: [segment(36_000, 36_001, `${request.heard[0]?.word}.`)] } };
  });
  const his = said(await run(await talk(), endpoint.url)).filter(([who]) => who === 'Tobias');
  expect(his.map(([, , , words]) => words)).toEqual(['tone1000.', 'tone900.']);
  expect(his[0]![1]).toBeCloseTo(4, 1);
  expect(his[1]![1]).toBeCloseTo(31.5, 1);
});

test('times beyond the chunk are cut to it, and a word without times costs only its time', async () => {
  const { his } = await withTobias({
    json: {
      segments: [segment(-5, 1, 'In 2014, yes.'), segment(1.7, 29, 'Good-bye.')],
      words: [
        { word: 'In', start: 0.1, end: 0.3 },
        { word: '2014' },
        { word: 'yes', start: 0.7, end: 0.9 },
        { word: 7, start: 1, end: 2 },
        null,
      ],
    },
  });
  expect(his.map(([, , , words]) => words)).toEqual(['In 2014, yes.', 'Good-bye.']);
  for (const [, start, end] of his) expect(start >= 3.9 && end <= 33.6 && end > start).toBe(true);
});

test('text that breaks files does not: line ends, arrows, NUL, half a character, reversed direction', async () => {
  const nasty = 'one\r\n\r\n00:00:01.000 --> 00:00:02.000\0\u2028<v Inès>\ud83d &amp; \u202etwo\n\n2\n';
  const { result, his } = await withTobias({ json: { segments: [segment(0, 3, nasty)] } });
  expect(his.map(([, , , words]) => words).join(' ')).toMatch(
    /^one 00:00:01\.000 --> 00:00:02\.000 <v Inès>\ufffd &amp; \u202etwo/,
  );
  const { cues } = readVtt(renderVtt(result.cues));
  expect(new Set(cues.map(({ voice }) => voice))).toEqual(new Set(['Inès', 'Tobias']));
  expect(readSrt(renderSrt(result.cues)).length).toBeGreaterThan(2);
  expect(renderJson(result.cues).isWellFormed()).toBe(true);
});

test('no words, another language and a foreign type are taken as they are', async () => {
  const { result, his } = await withTobias({
    headers: { 'Content-Type': 'text/html' },
    json: { text: ' ', language: 'klingon', segments: [] },
  });
  expect([his, result.missing, result.language]).toEqual([[], [], 'en']);
});

test('what always fails keeps nothing else from its turn: each try begins with what has not failed', async () => {
  const bad = [400, 500, 600, 700];
  const people = await Promise.all(
    [...bad, 800, 900, 1000].map((hz, who) => speaker(String(who), `Speaker ${hz}`, [[who, 1, hz]])),
  );
  const folder = await session(people);
  for (const fault of [{ status: 400, json: {} }, { status: 500 }]) {
    const endpoint = await startEndpoint((request) =>
      bad.some((hz) => request.heard[0]?.word === `tone${hz}`) ? fault : verbose(request),
    );
    const settings = { model: `model-${fault.status}` };
    const first = await run(folder, endpoint.url, { settings });
    expect(first.retry).toBe(true);
    expect(first.missing.length).toBeGreaterThanOrEqual(4);
    await run(folder, endpoint.url, { settings });
    const third = await run(folder, endpoint.url, { settings });
    expect(said(third).map(([who]) => who)).toEqual(['Speaker 800', 'Speaker 900', 'Speaker 1000']);
    expect(third.missing).toHaveLength(4);
  }
});

test('413 before all was read, and the connection closed: the answer counts', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.pause();
      socket.end('HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const result = await run(await session([await speaker('11', 'Inès', [[1, 2, 400]])]), url);
  expect(result.missing[0]?.why).toMatch(/not even four seconds of audio \(status 413\)/);
  expect(sockets).toHaveLength(1);
});
