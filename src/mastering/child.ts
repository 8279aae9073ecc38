/** A task of mastering in a process of its own: low priority, killable with everything it started, its answer validated. */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { RenderError } from './errors.ts';
import { fromRenderProcess, type AtOnceChanged, type Task, type ToRenderProcess } from './render-messages.ts';

/** The render stops by itself on SIGTERM; a hung one is killed with its group after this. */
const KILL_AFTER_MS = 5_000;
/** One that has answered has nothing left to do, but a child of its own that hangs would keep it. */
const LINGERS_MS = 2_000;

const ASK_EVERY_MS = 1_000;

/** What ffmpeg and Node need to start; tokens and keys of the application stay out of the render. */
export const NEEDED_TO_START = [
  'PATH',
  'HOME',
  'TMPDIR',
  'TEMP',
  'TMP',
  'LANG',
  'LC_ALL',
  'LD_LIBRARY_PATH',
  'SystemRoot',
];

/** As trusted as the packages beside it; where nothing can be written there, Node does without. */
const COMPILE_CACHE = path.join(import.meta.dirname, '../../node_modules/.cache/render');

/**
 * Each second of a mix leaves buffers behind that are collected with the young generation. Kept small it is collected often: 120
 * MB at most where it was 240, for ten speakers and an hour and a half, in the same time.
 */
const YOUNG_GENERATION = ['--max-semi-space-size=2'];

export interface RenderOptions {
  /** Aborting stops the render and its ffmpeg processes; the promise rejects with code `aborted`. */
  signal?: AbortSignal;
  /** 0 to 100, rising. */
  onProgress?: (percent: number) => void;
  /** How many of ffmpeg may run at once; asked again on the way, because a recording may begin. As many as help by default. */
  atOnce?: () => number | undefined;
}

/**
 * Carries out a task with a scratch folder inside the output folder, so that finished files can be renamed out of it.
 * Rejects with a RenderError, whose `retry` says whether trying again may help.
 */
export async function carryOut<Result>(
  task: Task,
  resultShape: z.ZodType<Result>,
  options: RenderOptions = {},
): Promise<Result> {
  const { outputFolder } = task.request;
  await mkdir(outputFolder, { recursive: true });
  const scratchFolder = await mkdtemp(path.join(outputFolder, `.${task.kind}-`));
  try {
    return await inChild({ task, scratchFolder, atOnce: options.atOnce?.() ?? null }, resultShape, options);
  } finally {
    await rm(scratchFolder, { recursive: true, force: true });
  }
}

function inChild<Result>(
  order: ToRenderProcess,
  resultShape: z.ZodType<Result>,
  { signal, onProgress, atOnce }: RenderOptions,
): Promise<Result> {
  if (signal?.aborted) return Promise.reject(aborted(signal));
  // Detached makes the child lead a process group, so that a hard kill takes its ffmpeg processes along.
  const child = fork(path.join(import.meta.dirname, 'render-process.ts'), {
    detached: true,
    execArgv: order.task.kind === 'window' ? [] : YOUNG_GENERATION,
    env: {
      ...Object.fromEntries(
        NEEDED_TO_START.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : [])),
      ),
      // Compiling costs more than all else of a start (nodejs.org/api/module.html, "Module compile cache").
      NODE_COMPILE_CACHE: COMPILE_CACHE,
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    let outcome: (() => void) | undefined;
    const stderrTail = tailOf(child);
    let escalation: NodeJS.Timeout | undefined;
    const stop = () => {
      child.kill('SIGTERM');
      escalation ??= setTimeout(() => killGroup(child), KILL_AFTER_MS);
    };
    const onExit = () => killGroup(child);
    signal?.addEventListener('abort', stop, { once: true });
    process.once('exit', onExit);

    const onUnknownForm = (cause: Error) => {
      outcome = () =>
        reject(new RenderError('unexpected', 'The render answered in an unknown form.', { cause }));
      stop();
    };
    child.on('message', (received) => {
      const message = fromRenderProcess.safeParse(received);
      if (message.data?.type !== 'progress') escalation ??= setTimeout(() => killGroup(child), LINGERS_MS);
      if (!message.success) onUnknownForm(message.error);
      else if (message.data.type === 'progress') onProgress?.(message.data.percent);
      else if (message.data.type === 'done') {
        const result = resultShape.safeParse(message.data.result);
        if (result.success) outcome = () => resolve(result.data);
        else onUnknownForm(result.error);
      } else {
        const { code, message: text } = message.data;
        outcome = () => reject(new RenderError(code, text));
      }
    });
    child.once('error', (cause) => {
      outcome ??= () =>
        reject(new RenderError('render-died', 'The render process could not be started.', { cause }));
      if (child.pid === undefined) settle(null, null);
    });
    child.once('close', settle);
    child.send(order, () => undefined); // A failed send shows as the child's death.
    const asking = atOnce && setInterval(tellChanges(child, order.atOnce, atOnce), ASK_EVERY_MS);

    function settle(code: number | null, killedBy: string | null): void {
      clearTimeout(escalation);
      clearInterval(asking);
      signal?.removeEventListener('abort', stop);
      process.removeListener('exit', onExit);
      killGroup(child);
      if (signal?.aborted) reject(aborted(signal));
      else if (outcome) outcome();
      else {
        const how = killedBy === null ? `exit code ${String(code)}` : killedBy;
        const why = stderrTail();
        reject(
          new RenderError(
            'render-died',
            `The render process died (${how})${why && `: ${why}`}. It can be tried again.`,
          ),
        );
      }
    }
  });
}

function tellChanges(child: ChildProcess, first: number | null, atOnce: () => number | undefined) {
  let told = first;
  return () => {
    const now = atOnce() ?? null;
    if (now === told || !child.connected) return;
    told = now;
    child.send({ type: 'at-once', atOnce: now } satisfies AtOnceChanged, () => undefined);
  };
}

const aborted = (signal: AbortSignal) =>
  new RenderError('aborted', 'The render was stopped on request.', { cause: signal.reason });

/** The group may be gone, or hold only what the child left behind. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in it (ESRCH), which is what was wanted.
  }
}

function tailOf({ stderr }: ChildProcess): () => string {
  let tail = '';
  stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-2_000);
  });
  return () => tail.trim().split('\n').slice(-5).join(' | ');
}
