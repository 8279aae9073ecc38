/** One run of one path: its process is forked, loaded, measured over a window, closed, and its disk is counted. */
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openLoad, PACKETS_PER_SECOND } from './load.ts';
import type { Crowd, FromReceiver, PathName, ToReceiver, Usage } from './setting.ts';

export interface RunOptions {
  path: PathName;
  crowd: Crowd;
  dave: boolean;
  /** Speech before the window: code is compiled, files are open. */
  warmUpSeconds: number;
  seconds: number;
  /** Something that happens while people speak; gets what it needs to stall the receiver and its application. */
  meanwhile?: ((control: Control) => Promise<void>) | undefined;
  /** Writes V8 profiles of the receiver into this folder. */
  profileFolder?: string | undefined;
}

export interface Control {
  stallReceiver: (ms: number) => void;
  applicationPid: number;
}

export interface RunResult {
  usPerPacket: number;
  sent: number;
  received: number;
  onDisk: number;
  rssBytes: number;
  longestStallMs: number;
  stalledMs: number;
  notes: string[];
}

/** For datagrams that the kernel still holds. */
const SETTLE_MS = 400;

export async function run(options: RunOptions): Promise<RunResult> {
  const { crowd } = options;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'stagecast-bench-'));
  const load = await openLoad(crowd, options.dave);
  const child = openReceiver();
  try {
    const { endpoint, caPem, key } = load;
    const { profileFolder, path: name } = options;
    child.tell({ type: 'open', setting: { path: name, folder, crowd, endpoint, caPem, key, profileFolder } });
    const { port, applicationPid } = await child.next('opened');
    const seconds = options.warmUpSeconds + options.seconds;
    const prepared = await load.prepare(seconds * PACKETS_PER_SECOND, port);
    const look = async (): Promise<Usage> => {
      child.tell({ type: 'look' });
      return await child.next('usage');
    };
    await prepared.send(options.warmUpSeconds * PACKETS_PER_SECOND);
    const before = await look();
    const happening = options.meanwhile?.({
      applicationPid,
      stallReceiver: (ms) => child.tell({ type: 'stall', ms }),
    });
    await prepared.send(seconds * PACKETS_PER_SECOND);
    await happening;
    const after = await look();
    await delay(SETTLE_MS);
    const last = await look();
    child.tell({ type: 'close' });
    const { onDisk, notes } = await child.next('closed');
    return {
      usPerPacket: (after.cpuUs - before.cpuUs) / (after.received - before.received),
      sent: prepared.sent(),
      received: last.received,
      onDisk,
      rssBytes: last.rssBytes,
      longestStallMs: last.longestStallMs,
      stalledMs: last.stalledMs,
      notes,
    };
  } finally {
    await child.ended();
    await load.close();
    await rm(folder, { recursive: true, force: true });
  }
}

type Answer<T extends FromReceiver['type']> = Extract<FromReceiver, { type: T }>;

function openReceiver() {
  const child = fork(path.join(import.meta.dirname, 'receiver.ts'), [], {
    execArgv: ['--no-warnings'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map<FromReceiver['type'], (message: FromReceiver) => void>();
  let fail: (error: Error) => void = () => undefined;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      fail(new Error(`the receiving process ended early, with code ${code ?? 'none'}`));
      resolve();
    });
  });
  child.on('message', (carried) => {
    const message = carried as FromReceiver;
    waiting.get(message.type)?.(message);
  });
  return {
    tell: (message: ToReceiver): void => void child.send(message, () => undefined),
    next: <T extends FromReceiver['type']>(type: T): Promise<Answer<T>> =>
      new Promise((resolve, reject) => {
        fail = reject;
        waiting.set(type, (message) => resolve(message as Answer<T>));
      }),
    async ended(): Promise<void> {
      const kill = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await exited;
      clearTimeout(kill);
    },
  };
}
