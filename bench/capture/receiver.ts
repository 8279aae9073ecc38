/** The receiving process of a run: opens one path, answers what it has used, and counts at the end what is on disk. */
import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FromReceiver, PathName, Receiver, ReceiverSetting, ToReceiver } from './setting.ts';
import { openFloor } from './floor.ts';
import { openOurs } from './ours.ts';
import { openStock } from './stock.ts';

const paths: Record<PathName, (setting: ReceiverSetting) => Promise<Receiver>> = {
  ours: openOurs,
  stock: openStock,
  floor: openFloor,
};
const tell = (message: FromReceiver): void => void process.send?.(message);
const delays = monitorEventLoopDelay({ resolution: 10 });
delays.enable();
/** What the kernel's own small buffer rides out is no stall. */
const SHORT_STALL_MS = 20;
const LOOK_MS = 10;
let stalledMs = 0;
let lookedMs = performance.now();
setInterval(() => {
  const nowMs = performance.now();
  const lateMs = nowMs - lookedMs - LOOK_MS;
  if (lateMs >= SHORT_STALL_MS) stalledMs += lateMs;
  lookedMs = nowMs;
}, LOOK_MS).unref();
let receiver: Receiver | undefined;
let profiler: Session | undefined;
let profileFolder: string | undefined;

/** The window lies between the first look and the second. */
async function profile(): Promise<void> {
  if (profileFolder === undefined) return;
  if (profiler === undefined) {
    profiler = new Session();
    profiler.connect();
    await profiler.post('Profiler.enable');
    await profiler.post('Profiler.start');
    return;
  }
  const { profile: measured } = await profiler.post('Profiler.stop');
  await writeFile(path.join(profileFolder, `${process.pid}.cpuprofile`), JSON.stringify(measured));
  profileFolder = undefined;
}

function usage(): FromReceiver {
  const { user, system } = process.cpuUsage();
  return {
    type: 'usage',
    cpuUs: user + system,
    received: receiver?.received() ?? 0,
    rssBytes: process.memoryUsage.rss(),
    longestStallMs: delays.max / 1e6,
    stalledMs,
  };
}

async function take(message: ToReceiver): Promise<void> {
  switch (message.type) {
    case 'open': {
      profileFolder = message.setting.profileFolder;
      receiver = await paths[message.setting.path](message.setting);
      tell({ type: 'opened', port: receiver.port, applicationPid: receiver.applicationPid });
      return;
    }
    case 'look':
      tell(usage());
      await profile();
      return;
    case 'stall':
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, message.ms);
      return;
    case 'close':
      tell({ type: 'closed', onDisk: (await receiver?.close()) ?? 0, notes: receiver?.notes ?? [] });
      process.disconnect?.();
  }
}

process.on('message', (message) => void take(message as ToReceiver));
