import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parseFeed } from 'podcast-partytime';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { carryOutErasures } from '../../recorder/session/erase.ts';
import { requestErasure } from '../../recorder/session/wishes.ts';
import { GiveUpError } from '../../src/catalog/index.ts';
import { transcribeJob } from '../../src/jobs/transcribe-job.ts';
import { startWorkers } from '../../src/jobs/index.ts';
import { type LoopbackEndpoint, startEndpoint, verbose } from '../transcript/support/loopback-endpoint.ts';
import { readSrt, readVtt } from '../transcript/support/read-captions.ts';
import { SECRET, speaker } from '../transcript/support/talk.ts';
import { type Installation, openInstallation } from './support/installation.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(() => installation.remove());

const patience = { timeout: 60_000, interval: 50 };
const never = new AbortController().signal;
const voices = async () => [
  await speaker('11', 'Inès', [
    [1, 2, 400],
    [8, 1, 700],
  ]),
  await speaker('12', 'Tobias', [[4, 2, 1000]]),
];
const settingsOf = ({ url }: LoopbackEndpoint) => ({
  url,
  key: SECRET,
  model: 'whisper-1',
  language: undefined,
});
const read = async (key: string | null | undefined) => text((await installation.media.read(key ?? ''))!.body);
const transcriptOf = async (id: string) => (await installation.catalog.episodes.byId(id))?.transcript;
const stateOf = async (id: string) => (await installation.catalog.episodes.byId(id))?.state;

/** An episode as mastering leaves it; its audio is not what is tested here. */
async function mastered() {
  const { catalog } = installation;
  const episode = await installation.record(await voices());
  await catalog.episodes.markReady(episode.id, {
    ...{ durationUs: 12_000_000, integratedLufs: -19, truePeakDbtp: -1, chapters: [], renditions: [] },
    renditions: [
      {
        ...{ id: crypto.randomUUID(), kind: 'mp3', mediaKey: `media/${episode.id}.mp3`, bytes: 1 },
        ...{ mimeType: 'audio/mpeg', sha256: '0'.repeat(64), durationUs: 12_000_000 },
      },
    ],
  });
  await catalog.transcripts.record(episode.id, { state: 'making' });
  return {
    id: episode.id,
    showId: episode.show_id,
    payload: {
      ...{ sessionId: episode.session_id, episodeId: episode.id },
      pieces: [{ sessionUs: 0, masterUs: 0, durationUs: 12_000_000 }],
    },
  };
}

function jobWith(endpoint: LoopbackEndpoint) {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const job = transcribeJob({
    ...installation.options(),
    transcription: settingsOf(endpoint),
    logger: pino({ level: 'trace' }, sink),
    patience: { wait: () => Promise.resolve() },
  });
  return { job, lines };
}

// First, because its workers would also take up the recordings of the tests below.
test(
  'an episode is published while it is transcribed; feed and page get the words later, and lose an erased speaker’s',
  { timeout: 120_000 },
  async () => {
    const { catalog, media } = installation;
    const release = Promise.withResolvers<true>();
    let refused = false;
    const endpoint = await startEndpoint(async (request) => {
      await release.promise;
      // The queue tries the rest again.
      const isFirstOfTobias = request.heard[0]?.word === 'tone1000' && !refused;
      refused ||= isFirstOfTobias;
      return isFirstOfTobias ? { text: 'Busy.' } : verbose(request);
    });
    const { id, show_id: showId, session_id: sessionId } = await installation.record(await voices());
    const workers = await startWorkers({ ...installation.options(), transcription: settingsOf(endpoint) });
    onTestFinished(() => workers.close());
    await expect.poll(() => stateOf(id), patience).toBe('ready');
    const show = (await catalog.shows.byId(showId))!;
    await catalog.transaction(async (trx) => {
      await trx.episodes.publish(show.guild_id, id);
      await trx.queue.enqueue('publish', { episodeId: id });
    });
    await expect.poll(() => stateOf(id), patience).toBe('published');
    expect(await transcriptOf(id)).toMatchObject({ state: 'making' });
    const slug = (await catalog.episodes.byId(id))!.slug;
    const feed = () => read(`shows/${show.slug}/feed.xml`);
    const pageKey = `shows/${show.slug}/episodes/${slug}/index.html`;
    const page = () => read(pageKey);
    expect((await feed()) + (await page())).not.toMatch(/podcast:transcript|Transcript/);

    release.resolve(true);
    await expect.poll(page, patience).toMatch(/tone400[\s\S]*tone1000[\s\S]*tone700/);
    const transcript = (await transcriptOf(id))!;
    expect(transcript).toMatchObject({ state: 'ready', note: null, language: 'en' });
    await expect.poll(feed, patience).toContain(transcript.vtt_key);
    const [item] = parseFeed(await feed())?.items ?? [];
    expect(
      item?.podcastTranscripts?.map(({ type, url, rel, language }) => [type, url, rel, language]),
    ).toEqual([
      ['text/vtt', expect.stringContaining(transcript.vtt_key!), 'captions', 'en'],
      ['application/srt', expect.stringContaining(transcript.srt_key!), 'captions', 'en'],
      ['application/json', expect.stringContaining(transcript.json_key!), undefined, 'en'],
    ]);
    expect(await media.head(transcript.srt_key!)).toMatchObject({ contentType: 'application/x-subrip' });
    expect(await page()).not.toContain('Some of what was said is missing');

    const folder = path.join(installation.sessionsFolder, sessionId);
    await requestErasure(folder, '12');
    await carryOutErasures(folder);
    await catalog.transaction(async (trx) => {
      const mediaKeys = await trx.episodes.redo(id);
      await trx.queue.enqueue('take-down', { episodeId: id, mediaKeys });
      await trx.queue.enqueue('master', { sessionId, episodeId: id });
    });
    // Nothing of it is left anywhere while the episode is mastered anew; then a job like the first follows.
    for (const key of [transcript.vtt_key!, transcript.srt_key!, transcript.json_key!])
      await expect.poll(() => media.head(key), patience).toBeUndefined();
    expect(await media.head(pageKey)).toBeUndefined();
    expect(await feed()).not.toContain('podcast:transcript');
    expect(await transcriptOf(id)).toBeUndefined();
    expect(await readdir(path.join(folder, 'derived'))).toEqual(['01']);
  },
);

test('what worked stands and says what is missing; a later try brings the rest', async () => {
  const { id, showId, payload } = await mastered();
  const endpoint = await startEndpoint((request) =>
    request.heard[0]?.word === 'tone1000'
      ? { status: 500, json: { error: { message: `key ${SECRET} is over its quota` } } }
      : verbose(request),
  );
  const { job, lines } = jobWith(endpoint);
  const failure = await job
    .run({ id: 'job', payload, signal: never })
    .catch((error: unknown) => error as Error);
  expect(failure).toMatchObject({ message: expect.stringContaining('Tobias from 0:00:04') as string });
  await job.giveUp(payload, (failure as Error).message);
  const partial = await transcriptOf(id);
  expect(partial).toMatchObject({
    state: 'ready',
    cues: 2,
    note: expect.stringContaining('Tobias') as string,
  });
  const { cues } = readVtt(await read(partial?.vtt_key));
  expect(cues.map(({ voice }) => voice)).toEqual(['Inès', 'Inès']);
  // Why some of it is missing is the host's business, not the listeners'.
  expect(await read(partial?.vtt_key)).not.toContain('Missing');

  endpoint.answer = verbose;
  const before = endpoint.requests.length;
  const toldBefore = installation.events.length;
  await job.run({ id: 'job', payload, signal: never });
  expect(endpoint.requests.length - before).toBe(1);
  await expect.poll(() => installation.events.slice(toldBefore), patience).toMatchObject([{ episodeId: id }]);
  const whole = await transcriptOf(id);
  expect(whole).toMatchObject({ state: 'ready', cues: 3, note: null });
  expect(readSrt(await read(whole?.srt_key)).map(({ lines: words }) => words.join(' '))).toEqual([
    'Inès: tone400.',
    'Tobias: tone1000.',
    'Inès: tone700.',
  ]);
  expect(JSON.parse(await read(whole?.json_key))).toMatchObject({
    version: '1.0.0',
    segments: [{ speaker: 'Inès' }, { speaker: 'Tobias', body: 'tone1000.' }, { speaker: 'Inès' }],
  });
  const keys = [whole?.json_key, whole?.srt_key, whole?.vtt_key];
  expect(await installation.media.list(`media/${showId}/${id}/`)).toEqual(keys);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.join('') + JSON.stringify([partial, whole])).not.toContain(SECRET);
});

test('what an edit mutes is not in the transcript, and no endpoint is asked again for it', async () => {
  const { id, payload } = await mastered();
  const endpoint = await startEndpoint();
  const { job } = jobWith(endpoint);
  await job.run({ id: 'job', payload, signal: never });
  const { length } = endpoint.requests;
  // Inès says 400 from 1 s and 700 from 8 s, Tobias 1000 from 4 s.
  const muted = [
    { track: 1, startUs: 7_000_000, endUs: 10_000_000 },
    { track: 2, startUs: 0, endUs: Number.MAX_SAFE_INTEGER },
  ];
  await job.run({ id: 'job', payload: { ...payload, muted }, signal: never });
  expect(endpoint.requests).toHaveLength(length);
  const { cues, vtt_key, srt_key, json_key } = (await transcriptOf(id))!;
  expect(cues).toBe(1);
  for (const key of [vtt_key, srt_key, json_key]) {
    const words = await read(key);
    expect(words).toContain('tone400');
    expect(words).not.toMatch(/tone700|tone1000|Tobias/);
  }
});

test('a refused key gives up at once, in words that do not tell it', async () => {
  const { id, payload } = await mastered();
  const endpoint = await startEndpoint(() => ({
    status: 401,
    json: { error: { message: `wrong: ${SECRET}` } },
  }));
  const { job, lines } = jobWith(endpoint);
  const failure = await job.run({ id: 'job', payload, signal: never }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(GiveUpError);
  await job.giveUp(payload, (failure as Error).message);
  const transcript = await transcriptOf(id);
  expect(transcript).toMatchObject({
    ...{ state: 'failed', cues: 0, json_key: null },
    note: expect.stringMatching(
      /^No transcript was made: Missing: Inès .* correct TRANSCRIBE_KEY\.$/,
    ) as string,
  });
  expect(await stateOf(id)).toBe('ready');
  expect(lines.join('') + JSON.stringify(transcript)).not.toContain(SECRET);
});

test('the time map of an edit moves the words and drops what was cut', async () => {
  const { id, payload } = await mastered();
  const { job } = jobWith(await startEndpoint());
  const pieces = [
    { sessionUs: 3_500_000, masterUs: 0, durationUs: 3_500_000 },
    { sessionUs: 7_500_000, masterUs: 3_500_000, durationUs: 4_500_000 },
  ];
  await job.run({ id: 'job', payload: { ...payload, pieces }, signal: never });
  const { cues } = readVtt(await read((await transcriptOf(id))?.vtt_key));
  expect(cues.map(({ voice, lines }) => [voice, lines[0]])).toEqual([
    ['Tobias', 'tone1000.'],
    ['Inès', 'tone700.'],
  ]);
  expect(cues[0]?.start).toBeCloseTo(0.5, 1);
  expect(cues[1]?.start).toBeCloseTo(4, 1);
});

test('a speaker who is erased while it runs leaves nothing behind', async () => {
  const { id, showId, payload } = await mastered();
  const folder = path.join(installation.sessionsFolder, payload.sessionId);
  const endpoint = await startEndpoint(async (request, nth) => {
    if (nth === 2) {
      await requestErasure(folder, '12');
      await carryOutErasures(folder);
    }
    return verbose(request);
  });
  // A try that was killed before it could say so left its files.
  const left = `media/${showId}/${id}/transcript-0123456789abcdef.vtt`;
  await installation.media.put(left, { body: Buffer.from('tone1000') }, { contentType: 'text/vtt' });
  await jobWith(endpoint).job.run({ id: 'job', payload, signal: never });
  expect(endpoint.requests).toHaveLength(2);
  expect(await transcriptOf(id)).toMatchObject({ state: 'making', json_key: null });
  expect(await installation.media.list(`media/${showId}/${id}/`)).toEqual([]);
  const kept = await readdir(path.join(folder, 'derived'), { recursive: true });
  expect(kept.filter((name) => name.startsWith('02') && name.endsWith('.json'))).toEqual([]);
});

test('an episode that is mastered anew is left to the job that follows', async () => {
  const { id, payload } = await mastered();
  await installation.catalog.episodes.redo(id);
  const endpoint = await startEndpoint();
  await jobWith(endpoint).job.run({ id: 'job', payload, signal: never });
  expect([endpoint.requests.length, await transcriptOf(id)]).toEqual([0, undefined]);
});
