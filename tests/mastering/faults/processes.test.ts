import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startRender } from '../../../src/mastering/index.ts';
import { temporaryFolder } from '../support/signals.ts';
import { requestFor } from '../support/sessions.ts';
import { checksums, ffmpegBut, programBut, recorded, twoVoices } from './support.ts';

/** Process ids whose command line holds `text`. */
const processesNaming = (text: string): number[] =>
  spawnSync('pgrep', ['-f', text], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean).map(Number);

test.each([
  ['decoding', 'pcm_f32le'],
  ['encoding', 'libmp3lame'],
  ['measuring', 'ebur128'],
])('ffmpeg killed while %s: named, worth another try, nothing left', async (_, word) => {
  const { folder } = await recorded(await twoVoices());
  const before = await checksums(folder);
  const request = await requestFor(folder, { ffmpegPath: await ffmpegBut(word, 'kill -9 $$') });
  const render = startRender(request);
  await expect(render).rejects.toMatchObject({ code: 'ffmpeg-failed', retry: true });
  await expect(render).rejects.toThrow(/SIGKILL/);
  expect(await readdir(request.outputFolder)).toEqual([]);
  expect(await checksums(folder)).toEqual(before);
});

test('an ffmpeg that hangs and hears no SIGTERM is killed with the render that is stopped', async () => {
  const { folder } = await recorded(await twoVoices());
  const before = await checksums(folder);
  // What ignores a signal goes on ignoring it after exec (execve(2)).
  const sleep = `sleep 1000.${process.pid}`;
  const ffmpegPath = await ffmpegBut('-map_chapters', `trap '' TERM; exec ${sleep}`);
  const request = await requestFor(folder, { ffmpegPath });
  const stop = new AbortController();
  const render = startRender(request, { signal: stop.signal }).catch((error: unknown) => error);
  await expect.poll(() => processesNaming(`^${sleep}`), { timeout: 20_000 }).not.toEqual([]);
  stop.abort();
  expect(await render).toMatchObject({ name: 'RenderError', code: 'aborted' });
  expect(processesNaming(`^${sleep}`)).toEqual([]);
  expect(await readdir(request.outputFolder)).toEqual([]);
  expect(await checksums(folder)).toEqual(before);
});

test('a render that failed is over, whatever of it still hangs', async () => {
  const { folder } = await recorded(await twoVoices());
  const asked = path.join(await temporaryFolder(), 'asked');
  // The M4A is killed while the MP3 is being looked at, by an ffprobe that never answers.
  const ffprobePath = await programBut('ffprobe', '', `touch ${asked}; exec sleep 1000`);
  const untilAsked = `while [ ! -e ${asked} ]; do sleep 0.05; done; kill -9 $$`;
  const request = await requestFor(folder, {
    ffmpegPath: await ffmpegBut('-aac_coder', untilAsked),
    ffprobePath,
  });
  await expect(startRender(request)).rejects.toMatchObject({ code: 'ffmpeg-failed', retry: true });
  expect(processesNaming(request.outputFolder)).toEqual([]);
  expect(await readdir(request.outputFolder)).toEqual([]);
});
