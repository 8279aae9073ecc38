import { execFileSync } from 'node:child_process';
import { constants, existsSync } from 'node:fs';
import { chmod, open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  createFfmpegRunner,
  FfmpegError,
  FfmpegMissingError,
  type FfmpegRunner,
  ffmpegVersion,
  readVersion,
} from '../../src/mastering/ffmpeg.ts';
import { prepareCover } from '../../src/mastering/cover.ts';
import { isDiskFull } from '../../src/mastering/scratch-space.ts';
import { ffmpegForTest, temporaryFolder, toolPaths } from './support/signals.ts';

test.each([
  ['ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026', '5.1.9-0+deb12u1', true],
  ['ffprobe version 7.0 Copyright', '7.0', true],
  ['ffmpeg version n8.0.1 Copyright', 'n8.0.1', true],
  ['ffmpeg version 4.4.2-0ubuntu0.22.04.1', '4.4.2-0ubuntu0.22.04.1', false],
  ['ffmpeg version 5.0 Copyright', '5.0', false],
  ['ffmpeg version N-109542-g1bf1a0e', 'N-109542-g1bf1a0e', true],
  ['something else', 'unknown', false],
])('%s', (text, version, recent) => expect(readVersion(text)).toEqual({ version, recent }));

test('the version of what is installed', async () => {
  expect(await ffmpegVersion(toolPaths.ffmpegPath)).toMatchObject({ recent: true });
  expect(await ffmpegVersion(toolPaths.ffprobePath)).toMatchObject({ recent: true });
});

test('a missing program is named, with the remedy', async () => {
  const missing = createFfmpegRunner({ ffmpegPath: '/nowhere/ffmpeg', ffprobePath: '/nowhere/ffprobe' });
  const job = {
    inputs: [{ options: ['-f', 'lavfi'], path: 'sine=d=0.1' }],
    options: ['-f', 'null'],
    output: '-',
  };
  // The library has found the real one before, and believes that there is one ever after.
  await ffmpegForTest().run(job);
  await expect(missing.probe('a.mp3')).rejects.toThrow(FfmpegMissingError);
  await expect(missing.run(job)).rejects.toThrow(/\/nowhere\/ffmpeg.*npm run setup/s);
  await expect(ffmpegVersion('/nowhere/ffmpeg')).rejects.toThrow(FfmpegMissingError);
  missing.close();
});

test('a run is one start of ffmpeg: nothing is asked of it before', async () => {
  const folder = await temporaryFolder();
  const [ffmpegPath, log] = [path.join(folder, 'ffmpeg'), path.join(folder, 'log')];
  await writeFile(ffmpegPath, `#!/bin/sh\necho start >> '${log}'\nexec ${toolPaths.ffmpegPath} "$@"\n`, {
    mode: 0o755,
  });
  const ffmpeg = createFfmpegRunner({ ...toolPaths, ffmpegPath });
  const tone = { options: ['-f', 'lavfi'], path: 'sine=d=0.1' };
  await ffmpeg.run({ inputs: [tone], options: ['-c:a', 'flac', '-f', 'null'], output: '-' });
  expect(await readFile(log, 'utf8')).toBe('start\n');
  const unknown = { inputs: [tone], options: ['-c:a', 'no-such-codec', '-f', 'null'], output: '-' };
  await expect(ffmpeg.run(unknown)).rejects.toThrow(/Unknown encoder 'no-such-codec'/);
  ffmpeg.close();
});

test('a failure carries the last lines of stderr', async () => {
  const run = ffmpegForTest().run({
    inputs: [{ options: [], path: '/nowhere.opus' }],
    options: ['-f', 'null'],
    output: '-',
  });
  await expect(run).rejects.toThrow(FfmpegError);
  await expect(run).rejects.toThrow(/nowhere\.opus: No such file/);
});

test.each(['image2', 'mp3', 'f32le'])(
  'a full disk is told apart from every other failure: %s',
  async (format) => {
    const isPicture = format === 'image2';
    const run = ffmpegForTest().run({
      inputs: [{ options: ['-f', 'lavfi'], path: isPicture ? 'testsrc=d=1' : 'sine=d=5' }],
      options: isPicture ? ['-frames:v', '1', '-f', format, '-update', '1'] : ['-f', format],
      // A device that takes no byte: full(4).
      output: '/dev/full',
    });
    const failure = await run.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(FfmpegError);
    expect(isDiskFull(failure)).toBe(true);
  },
);

test('words in a title are no full disk', async () => {
  await ffmpegForTest().run({
    inputs: [{ options: ['-f', 'lavfi'], path: 'sine=d=0.1' }],
    options: ['-metadata', 'title=x: No space left on device', '-f', 'mp3'],
    output: '/dev/null',
  });
});

test('one that hangs is ended and named; one that is slow is left alone', async () => {
  const folder = await temporaryFolder();
  const pipe = path.join(folder, 'nobody writes here');
  execFileSync('mkfifo', [pipe]);
  const ffmpeg = createFfmpegRunner(toolPaths, undefined, { stalledAfterMs: 900 });
  const hanging = ffmpeg.run({ inputs: [{ options: [], path: pipe }], options: ['-f', 'null'], output: '-' });
  const failure = await hanging.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(FfmpegError);
  expect((failure as Error).message).toContain('ffmpeg hung');
  // What is dead has let go of the other end: nobody reads (ENXIO of open(2)).
  await expect
    .poll(() =>
      open(pipe, constants.O_WRONLY | constants.O_NONBLOCK).then(
        (file) => file.close(),
        (error: unknown) => (error as NodeJS.ErrnoException).code,
      ),
    )
    .toBe('ENXIO');
  await ffmpeg.run({
    inputs: [{ options: ['-re', '-f', 'lavfi'], path: 'sine=d=2' }],
    options: ['-f', 'null'],
    output: '-',
  });
  ffmpeg.close();
});

test('options with spaces arrive whole', async () => {
  const output = path.join(await temporaryFolder(), 'a.mp3');
  const ffmpeg = ffmpegForTest();
  await ffmpeg.run({
    inputs: [{ options: ['-f', 'lavfi'], path: 'sine=d=0.1' }],
    options: ['-metadata', 'title=two words'],
    output,
  });
  expect((await ffmpeg.probe(output)).format.tags).toMatchObject({ title: 'two words' });
});

/** Plays in real time, so that it is still running when it is killed. */
const endless = (output: string) => ({
  inputs: [{ options: ['-re', '-f', 'lavfi'], path: 'sine' }],
  options: ['-f', 'f32le'],
  output,
});

test.each([
  ['aborting', (abort: () => void) => abort()],
  ['closing', (_: () => void, close: () => void) => close()],
])('%s ends what runs', async (_, end) => {
  const controller = new AbortController();
  const ffmpeg = ffmpegForTest(controller.signal);
  const output = path.join(await temporaryFolder(), 'endless.f32');
  let stopped = false;
  const run = ffmpeg.run(endless(output), (line) => {
    if (stopped || !line.startsWith('size=')) return;
    stopped = true;
    end(
      () => controller.abort(),
      () => ffmpeg.close(),
    );
  });
  await expect(run).rejects.toThrow();
  expect(stopped).toBe(true);
  expect(existsSync(output)).toBe(true);
});

test('nothing starts after the abort', async () => {
  const output = path.join(await temporaryFolder(), 'never.f32');
  await expect(ffmpegForTest(AbortSignal.abort()).run(endless(output))).rejects.toThrow(/abort/i);
  expect(existsSync(output)).toBe(false);
});

test('a full disk is not blamed on the cover', async () => {
  const full = {
    ...ffmpegForTest(),
    run: () => Promise.reject(new FfmpegError('exit 1', [], { diskFull: true })),
  };
  const brand = path.join(import.meta.dirname, '../../templates/brand/cover.jpg');
  const failure = await prepareCover(full, brand, await temporaryFolder()).catch((error: unknown) => error);
  expect(isDiskFull(failure)).toBe(true);
});

/** An ffprobe that hears no SIGTERM and says which process it is. */
async function hangingProbe() {
  const folder = await temporaryFolder();
  const ffprobePath = path.join(folder, 'ffprobe');
  const pidFile = path.join(folder, 'pid');
  await writeFile(
    ffprobePath,
    `#!/bin/sh\ntrap '' TERM\necho $$ > ${pidFile}.draft\nmv ${pidFile}.draft ${pidFile}\nwhile :; do sleep 0.1; done\n`,
  );
  await chmod(ffprobePath, 0o755);
  const pid = async () => Number(await readFile(pidFile, 'utf8'));
  return { ffprobePath, pid, isThere: () => existsSync(pidFile) };
}

const lives = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test.each([
  ['hangs', (): void => undefined],
  ['is aborted', (_: FfmpegRunner, stop: AbortController) => stop.abort()],
  ['is closed', (runner: FfmpegRunner) => runner.close()],
])('an ffprobe that %s is ended', async (_, end) => {
  const { ffprobePath, pid, isThere } = await hangingProbe();
  const stop = new AbortController();
  const runner = createFfmpegRunner({ ...toolPaths, ffprobePath }, stop.signal, { stalledAfterMs: 3_000 });
  onTestFinished(() => runner.close());
  const failed = expect(runner.probe('a.mp3')).rejects.toThrow();
  await expect.poll(isThere, { timeout: 2_500 }).toBe(true);
  end(runner, stop);
  await failed;
  await expect.poll(async () => lives(await pid()), { timeout: 5_000 }).toBe(false);
});
