import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { carryOutErasures } from '../../recorder/session/erase.ts';
import { requestErasure } from '../../recorder/session/wishes.ts';
import {
  type Answer,
  startEndpoint,
  type TranscriptionRequest,
  verbose,
} from './support/loopback-endpoint.ts';
import { run, said, SECRET, session, speaker, type Tone } from './support/talk.ts';

/** Silence between the tones is 20 s and more: none of it may be sent, and all of it must be back in the times. */
const INES: Tone[] = [
  [1, 2, 400],
  [30, 1, 700],
  [60.5, 2, 500],
];
const TOBIAS: Tone[] = [
  [4, 1, 1000],
  [31.5, 2, 900],
];
const talk = async () => session([await speaker('11', 'Inès', INES), await speaker('12', 'Tobias', TOBIAS)]);

const EXPECTED = [
  ['Inès', 1, 3, 'tone400.'],
  ['Tobias', 4, 5, 'tone1000.'],
  ['Inès', 30, 31, 'tone700.'],
  ['Tobias', 31.5, 33.5, 'tone900.'],
  ['Inès', 60.5, 62.5, 'tone500.'],
] as const;

/** The loopback endpoint hears to 10 ms, and a codec swings in and out. */
function expectTalk(
  actual: ReturnType<typeof said>,
  expected: readonly (readonly [string, number, number, string])[],
) {
  expect(actual.map(([who, , , words]) => [who, words])).toEqual(
    expected.map(([who, , , words]) => [who, words]),
  );
  for (const [index, [, start, end]] of actual.entries()) {
    expect(Math.abs(start - expected[index]![1])).toBeLessThan(0.04);
    expect(Math.abs(end - expected[index]![2])).toBeLessThan(0.04);
  }
}

test('who spoke when, on the session clock, from chunks without the silence', async () => {
  const both = Promise.withResolvers<true>();
  const endpoint = await startEndpoint(async (request, nth) => {
    if (nth === 2) both.resolve(true);
    // Nobody is answered before two ask at once.
    await both.promise;
    return verbose(request);
  });
  const result = await run(await talk(), endpoint.url, { settings: { language: 'fr' } });
  expectTalk(said(result), EXPECTED);
  expect(result).toMatchObject({ missing: [], retry: false, sent: 2, kept: 0, language: 'fr' });
  expect(endpoint.requests).toHaveLength(2);
  for (const request of endpoint.requests) {
    expect(request.path).toBe('/v1/audio/transcriptions');
    expect(request.authorization).toBe(`Bearer ${SECRET}`);
    expect(request.fields).toEqual([
      ['model', 'whisper-1'],
      ['language', 'fr'],
      ['prompt', 'Open Stage. Inès, Tobias'],
      ['temperature', '0'],
      ['response_format', 'verbose_json'],
      ['timestamp_granularities[]', 'segment'],
      ['timestamp_granularities[]', 'word'],
    ]);
    expect(request.wav).toMatchObject({
      rateHz: 16_000,
      channels: 1,
      bits: 16,
      name: 'chunk.wav',
      type: 'audio/wav',
    });
  }
  const seconds = endpoint.requests.map(({ wav }) => wav.seconds).sort((a, b) => a - b);
  // Speech, 0.6 s between stretches, and a frame before the first.
  expect(seconds[0]).toBeCloseTo(3 + 0.6 + 0.02, 1);
  expect(seconds[1]).toBeCloseTo(5 + 2 * 0.6 + 0.02, 1);
});

test('a second run sends nothing; another model or language asks anew', async () => {
  const endpoint = await startEndpoint();
  const folder = await talk();
  const first = await run(folder, endpoint.url);
  expect(await run(folder, endpoint.url)).toMatchObject({ cues: first.cues, sent: 0, kept: 2 });
  expect(await run(folder, endpoint.url, { vocabulary: ['Other'] })).toMatchObject({ sent: 0 });
  expect(await run(folder, endpoint.url, { settings: { model: 'large' } })).toMatchObject({ sent: 2 });
  expect(await run(folder, endpoint.url, { settings: { language: 'de' } })).toMatchObject({ sent: 2 });
  expect(endpoint.requests).toHaveLength(6);
});

test('no key, no Authorization; no language, no field', async () => {
  const endpoint = await startEndpoint();
  await run(await talk(), endpoint.url, { settings: { key: undefined } });
  const [request] = endpoint.requests;
  expect([request?.authorization, request?.field('language')]).toEqual([undefined, undefined]);
});

test('an endpoint that gives text alone is sent single turns, and each cue has the bounds of its own', async () => {
  const textAlone = ({ heard }: TranscriptionRequest): Answer => ({
    json: { text: heard.map(({ word }) => `${word}.`).join(' ') },
  });
  const endpoint = await startEndpoint(textAlone);
  const folder = await talk();
  const first = await run(folder, endpoint.url);
  expectTalk(said(first), EXPECTED);
  const asked = endpoint.requests.length;
  expect(asked).toBe(7);
  expectTalk(said(await run(folder, endpoint.url)), EXPECTED);
  expect(endpoint.requests).toHaveLength(asked);
});

test('a model that knows no verbose_json is asked for json, from then on at once', async () => {
  const refusal = "response_format 'verbose_json' is not compatible with model 'gpt-4o-transcribe'.";
  const endpoint = await startEndpoint((request) =>
    request.field('response_format') === 'json'
      ? { json: { text: request.heard.map(({ word }) => `${word}.`).join(' ') } }
      : { status: 400, json: { error: { message: refusal, code: 'unsupported_value' } } },
  );
  expectTalk(said(await run(await talk(), endpoint.url)), EXPECTED);
  const formats = endpoint.requests.map((request) => request.field('response_format'));
  // Two were in flight when the first refusal came.
  expect(formats.filter((format) => format === 'verbose_json').length).toBeLessThanOrEqual(2);
  const json = endpoint.requests.filter((request) => request.field('response_format') === 'json');
  expect(json.every((request) => request.field('timestamp_granularities[]') === undefined)).toBe(true);
});

test('413: the chunk is halved in a silence, again if need be', async () => {
  const endpoint = await startEndpoint((request) =>
    request.wav.seconds > 6 ? { status: 413, text: 'too large' } : verbose(request),
  );
  const pitches = [400, 700, 500, 1000, 900, 400, 700];
  const tones: Tone[] = pitches.map((hz, index) => [index * 10, 2, hz]);
  const folder = await session([await speaker('11', 'Inès', tones)]);
  const result = await run(folder, endpoint.url);
  expectTalk(
    said(result),
    tones.map(([start, length, hz]) => ['Inès', start, start + length, `tone${hz}.`]),
  );
  expect(endpoint.requests.length).toBeGreaterThan(4);
  expect(endpoint.inFlight()).toBeLessThanOrEqual(2);
  const asked = endpoint.requests.length;
  expect(await run(folder, endpoint.url)).toMatchObject({ sent: 0, cues: result.cues });
  expect(endpoint.requests).toHaveLength(asked);
});

test('429 and 503 are asked again after what Retry-After says, and not asked again when it is too long', async () => {
  const waits: number[] = [];
  const wait = (ms: number) => Promise.resolve(waits.push(ms));
  const folder = await session([await speaker('11', 'Inès', INES)]);
  const endpoint = await startEndpoint((request, nth) => {
    if (nth === 1) return { status: 429, headers: { 'Retry-After': '7' }, json: {} };
    if (nth === 2)
      return { status: 503, headers: { 'Retry-After': new Date(Date.now() + 60_000).toUTCString() } };
    return nth === 3 ? { status: 408 } : verbose(request);
  });
  expect(await run(folder, endpoint.url, { wait })).toMatchObject({ missing: [], cues: { length: 3 } });
  expect(waits[0]).toBe(7000);
  expect(waits[1]).toBeGreaterThan(50_000);
  expect(waits[2]).toBe(8000);
  const later = await startEndpoint(() => ({ status: 429, headers: { 'Retry-After': '3600' } }));
  const result = await run(folder, later.url, { wait, settings: { model: 'other' } });
  expect(result).toMatchObject({ cues: [], retry: true, missing: [{ speaker: 'Inès' }] });
  expect(later.requests).toHaveLength(1);
});

test.each<[string, (request: TranscriptionRequest) => Answer, RegExp, boolean]>([
  ['hangs', () => 'hang', /did not answer within 1 s/, true],
  ['answers garbage', () => ({ text: '<html>Sign in' }), /cannot be read: it is no JSON/, true],
  ['answers another shape', () => ({ json: { result: [] } }), /neither text nor segments/, true],
  [
    'refuses the audio',
    () => ({ status: 400, json: { error: { message: `bad\naudio ${SECRET}` } } }),
    /status 400: bad audio …/,
    false,
  ],
  ['breaks', () => ({ status: 500, text: 'oops' }), /not able to answer now \(status 500\)/, true],
])('an endpoint that %s for one speaker leaves the other their words', async (_, fault, why, retry) => {
  const endpoint = await startEndpoint((request) =>
    request.heard.some(({ word }) => word === 'tone1000') ? fault(request) : verbose(request),
  );
  const result = await run(await talk(), endpoint.url, { patienceMs: () => 600 });
  expectTalk(
    said(result),
    EXPECTED.filter(([who]) => who === 'Inès'),
  );
  expect(result.retry).toBe(retry);
  expect(result.missing).toHaveLength(1);
  expect(result.missing[0]).toMatchObject({ speaker: 'Tobias', why: expect.stringMatching(why) as string });
  expect(result.missing[0]!.startUs / 1e6).toBeCloseTo(4, 2);
  expect(result.missing[0]!.endUs / 1e6).toBeCloseTo(33.5, 1);
  expect(JSON.stringify(result)).not.toContain(SECRET);
  // What worked is kept: the next run asks for the rest alone.
  endpoint.answer = verbose;
  const next = await run(await talk(), endpoint.url);
  expectTalk(said(next), EXPECTED);
});

test.each<[number, RegExp, boolean]>([
  [401, /refuses the key \(status 401\): correct TRANSCRIBE_KEY/, false],
  [
    404,
    /does not know the address or the model \(status 404: no such model\): correct TRANSCRIBE_URL/,
    false,
  ],
  [307, /redirects are not followed/, false],
])('status %s ends the run at once: no other chunk would fare better', async (status, why, retry) => {
  const message = status === 404 ? 'no such model' : `Incorrect API key provided: ${SECRET}`;
  const endpoint = await startEndpoint(() => ({
    status,
    headers: { Location: 'http://127.0.0.1:9/elsewhere' },
    json: { error: { message } },
  }));
  const tones = Array.from({ length: 4 }, (_, who) =>
    speaker(String(who), `Speaker ${who}`, [[who, 1, 400]]),
  );
  const result = await run(await session(await Promise.all(tones)), endpoint.url);
  expect(endpoint.requests.length).toBeLessThanOrEqual(2);
  expect(result).toMatchObject({ cues: [], retry });
  expect(result.missing).toHaveLength(4);
  for (const missing of result.missing) expect(missing.why).toMatch(why);
  expect(JSON.stringify(result)).not.toContain(SECRET);
});

test('an endpoint that is not there is worth another try later', async () => {
  const result = await run(await talk(), 'http://127.0.0.1:9/v1');
  expect(result).toMatchObject({ cues: [], retry: true, missing: [{}, {}] });
  expect(result.missing[0]!.why).toMatch(/cannot be reached \(ECONNREFUSED\)/);
});

test('aborting ends it while a request hangs', async () => {
  const stop = new AbortController();
  const endpoint = await startEndpoint(() => {
    stop.abort(new Error('closing'));
    return 'hang';
  });
  await expect(run(await talk(), endpoint.url, { signal: stop.signal })).rejects.toThrow(/closing|abort/);
});

test('an erased speaker is not sent, and their words are gone from what was kept', async () => {
  const endpoint = await startEndpoint();
  const folder = await talk();
  await run(folder, endpoint.url);
  await requestErasure(folder, '12');
  await carryOutErasures(folder);
  const derived = path.join(folder, 'derived');
  const names = await readdir(derived, { recursive: true, withFileTypes: true });
  for (const file of names.filter((entry) => entry.isFile()))
    expect(await readFile(path.join(file.parentPath, file.name), 'utf8')).not.toContain('tone1000');
  expect(await readdir(derived)).toEqual(['01']);
  const result = await run(folder, endpoint.url);
  expectTalk(
    said(result),
    EXPECTED.filter(([who]) => who === 'Inès'),
  );
  expect(result).toMatchObject({ sent: 0, erasedTracks: 1 });
});

test('bots are not sent, silence is not sent, a session without people has no words', async () => {
  const endpoint = await startEndpoint();
  const silence = Array.from({ length: 500 }, () => Uint8Array.of(0xf8, 0xff, 0xfe));
  const folder = await session([
    { ...(await speaker('13', 'Music', [[0, 1, 400]])), bot: true },
    { userId: '14', displayName: 'Listener', spurts: [{ startUs: 0, packets: silence }] },
  ]);
  expect(await run(folder, endpoint.url)).toMatchObject({ cues: [], missing: [], sent: 0 });
  expect(endpoint.requests).toEqual([]);
});
