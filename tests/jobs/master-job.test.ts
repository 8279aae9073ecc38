import { hash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GiveUpError } from '../../src/catalog/index.ts';
import { masterJob, type MasterJobOptions } from '../../src/jobs/master-job.ts';
import { renditionId, storeRenditions } from '../../src/jobs/store-renditions.ts';
import { createFolderStore } from '../../publisher/media/folder-store.ts';
import { RenderError, type RenderResult } from '../../src/mastering/index.ts';
import { type Installation, openInstallation, silence } from './support/installation.ts';

let installation: Installation;
let folder: string;
beforeAll(async () => {
  installation = await openInstallation();
  folder = await mkdtemp(path.join(os.tmpdir(), 'stagecast-jobs-'));
});
afterAll(async () => {
  await installation.remove();
  await rm(folder, { recursive: true });
});

const never = new AbortController().signal;
const runWith = async (render: MasterJobOptions['render'], signal = never) => {
  const { id, session_id: sessionId } = await installation.record(silence());
  const job = masterJob({ ...installation.options(), render });
  const payload = { sessionId, episodeId: id };
  return { id, payload, job, run: () => job.run({ id: 'job', payload, signal }) };
};

test.each<[RenderError['code'], boolean]>([
  ['no-speech', true],
  ['unknown-preset', true],
  ['bad-cover', true],
  ['ffmpeg-missing', true],
  ['ffmpeg-failed', false],
  ['render-died', false],
  ['aborted', false],
])('a render that fails with %s is futile to repeat: %s', async (code, futile) => {
  const { run } = await runWith(() => Promise.reject(new RenderError(code, 'What happened. What to do.')));
  const error = await run().catch((reason: unknown) => reason);
  expect(error instanceof GiveUpError).toBe(futile);
  expect((error as Error).message).toBe('What happened. What to do.');
});

test.each([
  [true, 1],
  [false, undefined],
])(
  'while something is recorded here (%s) a render runs %s of ffmpeg at once',
  async (recording, encoders) => {
    const { id, session_id: sessionId } = await installation.record(silence());
    const asked: (number | undefined)[] = [];
    const job = masterJob({
      ...{ ...installation.options(), isRecording: () => recording },
      render(request) {
        asked.push(request.encoders);
        return Promise.reject(new RenderError('no-speech', 'Nobody spoke.'));
      },
    });
    await expect(
      job.run({ id: 'job', payload: { sessionId, episodeId: id }, signal: never }),
    ).rejects.toThrow();
    expect(asked).toEqual([encoders]);
  },
);

test('a full disk is worth another try', async () => {
  const { run } = await runWith(() => Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })));
  await expect(run()).rejects.not.toBeInstanceOf(GiveUpError);
});

test('an episode that does not wait for mastering is left alone', async () => {
  let renders = 0;
  const { id, run, job, payload } = await runWith(() => {
    renders += 1;
    return Promise.reject(new Error('unexpected render'));
  });
  await job.giveUp(payload, 'Nobody spoke.');
  const failed = await installation.catalog.episodes.byId(id);
  expect(failed).toMatchObject({
    state: 'failed',
    failure: 'Mastering failed: Nobody spoke. The recording itself is untouched.',
  });
  await run();
  await job.giveUp(payload, 'Said twice.');
  expect(renders).toBe(0);
  expect(await installation.catalog.episodes.byId(id)).toEqual(failed);
});

const file = async (kind: 'mp3' | 'm4a', content: string): Promise<RenderResult['renditions'][number]> => {
  const filePath = path.join(folder, `episode.${kind}`);
  await writeFile(filePath, content);
  const sha256 = hash('sha256', content);
  return {
    kind,
    path: filePath,
    bytes: Buffer.byteLength(content),
    mimeType: kind === 'mp3' ? 'audio/mpeg' : 'audio/x-m4a',
    sha256,
    durationUs: 1_000_000,
    integratedLufs: -19,
    truePeakDbtp: -1,
  };
};

const of = (id: string, erasedTracks = 0) => ({ id, erasedTracks });

test('the same audio has the same address, other audio another', async () => {
  const media = createFolderStore(path.join(folder, 'media'));
  const episode = { ...of('e'), show_id: 's', visibility: 'public' as const };
  const files = [await file('mp3', 'one'), await file('m4a', 'two')];
  const once = await storeRenditions(media, episode, files, never);
  expect(await storeRenditions(media, episode, files, never)).toEqual(once);
  expect(await media.list('media/')).toHaveLength(2);
  const ids = [
    ...once.map(({ id }) => id),
    renditionId(of('e'), { kind: 'mp3', sha256: 'other' }),
    renditionId(of('other'), files[0]!),
    renditionId(of('e'), { ...files[0]!, kind: 'm4a' }),
    renditionId(of('e', 1), files[0]!),
  ];
  expect(new Set(ids).size).toBe(6);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('a store that holds other bytes than ours is not believed', async () => {
  const media = createFolderStore(path.join(folder, 'media'));
  const changed = { ...(await file('mp3', 'one')), sha256: '0'.repeat(64) };
  await expect(
    storeRenditions(media, { ...of('e'), show_id: 's', visibility: 'public' as const }, [changed], never),
  ).rejects.toThrow('other content');
});
