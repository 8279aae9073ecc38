/**
 * The one module that starts ffmpeg and ffprobe, through fluent-ffmpeg. What they are told to do is decided elsewhere
 * (ffmpeg-jobs.ts, pure), so that another runner can stand behind the same interface.
 */
import { execFile } from 'node:child_process';
import { constants } from 'node:os';
import { promisify } from 'node:util';
import fluentFfmpeg, { type FfprobeData } from 'fluent-ffmpeg';
import { inTurns } from './pool.ts';
import { readProbe } from './probe-output.ts';
import { findProgram } from './program.ts';
import { STALLED_AFTER_MS, watchForStall, type StallWatch } from './stall-watch.ts';

/** The oldest release on which the whole chain was tried (Debian 12). */
export const MINIMUM_FFMPEG_VERSION = '5.1';

/** A process that ignores SIGTERM is killed after this. */
const KILL_AFTER_MS = 2_000;
/** As a render process puts itself; the library starts ffmpeg through `nice` then. */
const LOWEST = constants.priority.PRIORITY_LOW;
/** Kept of stderr for the error message; ffmpeg names the fault in its last lines. */
const TAIL_LINES = 20;

/** One run of ffmpeg: inputs, each with the options that precede it, then output options and the output itself, and further ones. */
export interface FfmpegJob {
  inputs: readonly { options: readonly string[]; path: string }[];
  options: readonly string[];
  output: string;
  also?: readonly { options: readonly string[]; output: string }[];
}

export interface FfmpegRunner {
  /** Resolves when ffmpeg ended well. `onLine` sees every line of stderr, the progress lines included. */
  run: (job: FfmpegJob, onLine?: (line: string) => void) => Promise<void>;
  probe: (path: string) => Promise<FfprobeData>;
  /** So many runs at once from now on; what runs goes on. */
  allow: (atOnce: number) => void;
  /** Kills what still runs. */
  close: () => void;
}

export class FfmpegMissingError extends Error {
  override readonly name = 'FfmpegMissingError';

  constructor(path: string, options?: ErrorOptions) {
    super(
      `"${path}" could not be started. Install ffmpeg ${MINIMUM_FFMPEG_VERSION} or later with ffprobe (npm run setup ` +
        'does it where it can), or set FFMPEG_PATH and FFPROBE_PATH to where they are.',
      options,
    );
  }
}

export class FfmpegError extends Error {
  override readonly name = 'FfmpegError';
  /** The last lines of stderr, oldest first. */
  readonly tail: readonly string[];
  /** Set when ffmpeg says that the disk is full, as the system's own errors have it. */
  readonly code: 'ENOSPC' | undefined;

  constructor(message: string, tail: readonly string[], options?: ErrorOptions & { diskFull?: boolean }) {
    super([message, ...tail].join('\n'), options);
    this.tail = tail;
    this.code = options?.diskFull === true ? 'ENOSPC' : undefined;
  }
}

/**
 * Before its first run the library asks ffmpeg for its formats and, twice, for its encoders (lib/processor.js, `_prepare`):
 * three starts, a fifth of a second. What ffmpeg does not know it says itself.
 */
const UNASKED = {
  _checkCapabilities: (done: (fault: null) => void) => done(null),
  availableEncoders: (done: (fault: null, encoders: object) => void) => done(null, {}),
};

/** strerror(3) at the end of a line that is ffmpeg's own: what it says of the files' tags is indented. */
const DISK_IS_FULL = /^\S.*: (?:No space left on device|Disk quota exceeded)$/;

/** The library's own ffprobe is nowhere to be got hold of, so that it could not be ended: it is started here. */
const SHOWN = ['-v', 'error', '-show_streams', '-show_format', '-show_chapters'];
/** Thousands of chapters with long names. */
const MOST_PROBED_BYTES = 64 * 2 ** 20;

export interface RunnerLimits {
  stalledAfterMs?: number | undefined;
  /** So many runs at once; the others wait for their turn. */
  atOnce?: number | undefined;
  /** Behind all else that the machine has to do, where this process itself is not. */
  yields?: boolean;
}

/**
 * Every run made by this runner ends when the signal aborts, when it is closed, or when this process exits; and with an
 * FfmpegError that says so when it gets no further for `stalledAfterMs`.
 */
export function createFfmpegRunner(
  paths: { ffmpegPath: string; ffprobePath: string },
  signal?: AbortSignal,
  { stalledAfterMs = STALLED_AFTER_MS, atOnce = Infinity, yields = false }: RunnerLimits = {},
): FfmpegRunner {
  const inTurn = inTurns(atOnce);
  const running = new Set<{ kill: (name: 'SIGTERM' | 'SIGKILL') => unknown }>();
  const killAll = (name: 'SIGTERM' | 'SIGKILL') => {
    for (const command of running) command.kill(name);
  };
  const onExit = () => killAll('SIGKILL');
  const onAbort = () => {
    killAll('SIGTERM');
    setTimeout(() => killAll('SIGKILL'), KILL_AFTER_MS).unref();
  };
  process.once('exit', onExit);
  signal?.addEventListener('abort', onAbort, { once: true });

  /** `stdoutLines: 0` would keep all of stderr in memory for hours of audio. */
  const command = () =>
    Object.assign(
      fluentFfmpeg({ stdoutLines: TAIL_LINES, niceness: yields ? LOWEST : 0 }),
      UNASKED,
    ).setFfmpegPath(paths.ffmpegPath);

  const run: FfmpegRunner['run'] = async (job, onLine) => {
    signal?.throwIfAborted();
    // fluent-ffmpeg finds a missing program out only the first time; later it throws where nobody can catch it
    // (lib/processor.js, `endCB`), which ends the process.
    if ((await findProgram(paths.ffmpegPath)) === undefined) throw new FfmpegMissingError(paths.ffmpegPath);
    const tail: string[] = [];
    let diskFull = false;
    const ffmpeg = command();
    for (const input of job.inputs) ffmpeg.input(input.path).inputOptions(...unsplit(input.options));
    ffmpeg.outputOptions(...unsplit(job.options)).output(job.output);
    for (const { options, output } of job.also ?? [])
      ffmpeg.output(output).outputOptions(...unsplit(options));
    let watch: StallWatch | undefined;
    await new Promise<void>((resolve, reject) => {
      watch = watchForStall(stalledAfterMs, () => {
        reject(new FfmpegError(hangs('ffmpeg', stalledAfterMs), tail));
        ffmpeg.kill('SIGKILL');
      });
      ffmpeg
        .on('start', () => {
          running.add(ffmpeg);
          if (signal?.aborted) ffmpeg.kill('SIGKILL');
        })
        .on('stderr', (line: string) => {
          onLine?.(line);
          watch?.see(line);
          diskFull ||= DISK_IS_FULL.test(line);
          if (line !== '' && !line.startsWith('size=')) tail.push(line);
          if (tail.length > TAIL_LINES) tail.shift();
        })
        .on('end', () => {
          // ffmpeg 5.1 calls an MP3 whose end it could not write a success.
          if (diskFull) reject(new FfmpegError('The disk is full', tail, { diskFull }));
          else resolve();
        })
        .on('error', (cause: Error) => {
          if (isMissing(cause)) reject(new FfmpegMissingError(paths.ffmpegPath, { cause }));
          else reject(new FfmpegError(cause.message, tail, { cause, diskFull }));
        })
        .run();
    }).finally(() => {
      watch?.end();
      running.delete(ffmpeg);
    });
    signal?.throwIfAborted();
  };

  return {
    run: (job, onLine) => inTurn(() => run(job, onLine)),
    allow: (most) => inTurn.allow(most),

    async probe(path) {
      signal?.throwIfAborted();
      return new Promise<FfprobeData>((resolve, reject) => {
        const child = execFile(
          paths.ffprobePath,
          [...SHOWN, path],
          { maxBuffer: MOST_PROBED_BYTES },
          (fault, answer, said) => {
            running.delete(child);
            watch.end();
            if (signal?.aborted === true) reject(signal.reason as Error);
            else if (fault === null) resolve(readProbe(answer));
            else if (isMissing(fault)) reject(new FfmpegMissingError(paths.ffprobePath, { cause: fault }));
            else reject(new FfmpegError(fault.message, said.trim().split('\n'), { cause: fault }));
          },
        );
        running.add(child);
        const watch = watchForStall(stalledAfterMs, () => {
          reject(new FfmpegError(hangs('ffprobe', stalledAfterMs), []));
          child.kill('SIGKILL');
        });
      });
    },

    close() {
      killAll('SIGKILL');
      process.removeListener('exit', onExit);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

const hangs = (program: string, limitMs: number) =>
  `${program} hung: it got no further for ${limitMs / 60_000} minutes and was ended. Is the disk still there?`;

/** What `ffmpeg -version` or `ffprobe -version` answers. Throws FfmpegMissingError when it cannot be started. */
export async function ffmpegVersion(path: string): Promise<{ version: string; recent: boolean }> {
  try {
    const { stdout } = await promisify(execFile)(path, ['-version'], { timeout: 10_000 });
    return readVersion(stdout);
  } catch (cause) {
    throw new FfmpegMissingError(path, { cause });
  }
}

/** Reads "ffmpeg version 5.1.9-0+deb12u1 Copyright ..."; builds from git ("N-109542-g...") count as recent. */
export function readVersion(text: string): { version: string; recent: boolean } {
  const version = /version (\S+)/.exec(text)?.[1] ?? 'unknown';
  const release = /^n?(\d+)\.(\d+)/.exec(version);
  if (release === null) return { version, recent: /^(N-|git)/.test(version) };
  const least = MINIMUM_FFMPEG_VERSION.split('.').map(Number);
  const [major, minor] = [Number(release[1]), Number(release[2])];
  return { version, recent: major > least[0]! || (major === least[0] && minor >= least[1]!) };
}

/** fluent-ffmpeg splits an only option at its space (lib/options/custom.js); with two or more it leaves them whole. */
const unsplit = (options: readonly string[]): string[] =>
  options.length === 1 ? [...options, '-hide_banner'] : [...options];

const isMissing = (fault: Error) =>
  ['ENOENT', 'EACCES'].includes((fault as NodeJS.ErrnoException).code ?? '');
