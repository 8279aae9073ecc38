import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportJob } from '../../src/jobs/export-job.ts';
import { masterJob } from '../../src/jobs/master-job.ts';
import { transcribeJob } from '../../src/jobs/transcribe-job.ts';
import { RenderError, type RenderOptions } from '../../src/mastering/index.ts';
import { temporaryFolder } from '../mastering/support/signals.ts';
import { startEndpoint } from '../transcript/support/loopback-endpoint.ts';
import { type Installation, openInstallation, twoVoices } from './support/installation.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation();
});
afterAll(() => installation.remove());
const never = new AbortController().signal;

/** Ends the job at once, and asks twice what it may take: while nothing is recorded, and when a recording has begun. */
function curious() {
  const asked: (number | undefined)[] = [];
  let recording = false;
  return {
    asked,
    isRecording: () => recording,
    work: (_: unknown, { atOnce }: RenderOptions) => {
      asked.push(atOnce?.());
      recording = true;
      asked.push(atOnce?.());
      return Promise.reject(new RenderError('no-speech', 'Nobody spoke.'));
    },
  };
}

test('a master and an export learn on the way that a recording has begun', async () => {
  const { id, session_id: sessionId } = await installation.record(await twoVoices(), 'Talk', {
    master: false,
  });
  const { catalog } = installation;
  const session = (await catalog.sessions.byId(sessionId))!;
  const { exportId, episodeId } = await catalog.transaction(async (trx) => {
    const wanted = { guildId: session.guild_id, sessionId, requestedBy: '300', format: 'wav' } as const;
    const { export: made } = await trx.exports.request(wanted);
    return { exportId: made.id, episodeId: id };
  });
  const [mastering, exporting] = [curious(), curious()];
  const master = masterJob({ ...installation.options(), ...mastering, render: mastering.work });
  const exports = exportJob({ ...installation.options(), ...exporting, makeExport: exporting.work });
  await expect(master.run({ id: 'job', payload: { sessionId, episodeId }, signal: never })).rejects.toThrow();
  await expect(exports.run({ id: 'job', payload: { exportId }, signal: never })).rejects.toThrow();
  expect([mastering.asked, exporting.asked]).toEqual([
    [undefined, 1],
    [undefined, 1],
  ]);
});

test('what a transcript is made of is decoded behind all else', async () => {
  const folder = await temporaryFolder();
  const ffmpegPath = path.join(folder, 'ffmpeg');
  await writeFile(ffmpegPath, `#!/bin/sh\nnice >> ${folder}/nice\nexec ffmpeg "$@"\n`);
  await chmod(ffmpegPath, 0o755);
  const { catalog } = installation;
  const episode = await installation.record(await twoVoices());
  await catalog.episodes.markReady(episode.id, {
    ...{ durationUs: 12_000_000, integratedLufs: -19, truePeakDbtp: -1, chapters: [] },
    renditions: [
      {
        ...{ id: crypto.randomUUID(), kind: 'mp3', mediaKey: `media/${episode.id}.mp3`, bytes: 1 },
        ...{ mimeType: 'audio/mpeg', sha256: '0'.repeat(64), durationUs: 12_000_000 },
      },
    ],
  });
  await catalog.transcripts.record(episode.id, { state: 'making' });
  const { url } = await startEndpoint();
  const job = transcribeJob({
    ...{ ...installation.options(), ffmpegPath },
    transcription: { url, key: undefined, model: 'whisper-1', language: undefined },
    patience: { wait: () => Promise.resolve() },
  });
  const pieces = [{ sessionUs: 0, masterUs: 0, durationUs: 12_000_000 }];
  const payload = { sessionId: episode.session_id, episodeId: episode.id, pieces };
  // What the endpoint makes of it is not what is tested here.
  await job.run({ id: 'job', payload, signal: never }).catch(() => undefined);
  const niceness = (await readFile(path.join(folder, 'nice'), 'utf8')).trim().split('\n');
  expect(new Set(niceness)).toEqual(new Set(['19']));
});
