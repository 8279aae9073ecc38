/**
 * `npm run bench:yield`: 100 speakers are recorded while a session of ten is rendered over and over beside them, as a job does
 * it while a recording runs. Nothing may be lost. `--short` is CI's form.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startRender } from '../src/mastering/index.ts';
import { run } from './capture/run.ts';
import { writeCheapSession } from './support/cheap-session.ts';
import { atLeast, atMost, type Must, reportMusts } from './support/musts.ts';
import { formatTable } from './support/table.ts';

const { values: options } = parseArgs({ options: { short: { type: 'boolean', default: false } } });
const seconds = options.short ? 12 : 60;
/** Tracks were decoded and a master encoded: otherwise there was nothing that had to yield. */
const LEAST_PERCENT = 30;
const SESSION_SECONDS = 120;
const WANTED_BUFFER_BYTES = 4 * 1024 * 1024;

const scratch = await mkdtemp(path.join(os.tmpdir(), 'stagecast-bench-'));

/** Renders until it is stopped. Answers the percents that were done in all. */
async function renderUntil(sessionFolder: string, signal: AbortSignal): Promise<number> {
  let [finished, percent] = [0, 0];
  for (;;) {
    try {
      await startRender(
        {
          ...{ sessionFolder, outputFolder: path.join(scratch, 'out'), preset: 'speech', encoders: 1 },
          ...{ title: 'Bench', showTitle: 'Stagecast', author: 'Stagecast' },
          ...{ ffmpegPath: 'ffmpeg', ffprobePath: 'ffprobe' },
        },
        { signal, onProgress: (each) => (percent = each) },
      );
    } catch (error) {
      if (!signal.aborted) throw error;
      break;
    }
    [finished, percent] = [finished + 100, 0];
  }
  return finished + percent;
}

async function recordWhileRendering(): Promise<Must[]> {
  const session = await writeCheapSession(path.join(scratch, 'session'), {
    ...{ speakers: 10, seconds: SESSION_SECONDS, linesEach: 6 },
  });
  let percents = 0;
  const { sent, received, onDisk, notes, longestStallMs } = await run({
    ...{ path: 'ours', crowd: { channels: 1, speakers: 100 }, dave: false, warmUpSeconds: 1, seconds },
    async meanwhile() {
      percents = await renderUntil(session, AbortSignal.timeout(seconds * 1000));
    },
  });
  const granted = notes.flatMap((note) => Number(/"grantedBytes":(\d+)/.exec(note)?.[1] ?? [])).at(-1) ?? 0;
  console.log(
    `\n100 speakers for ${seconds} s, while ${SESSION_SECONDS / 60} minutes of ten speakers are rendered`,
  );
  console.log(
    formatTable(
      ['sent', 'received', 'whole on disk', 'longest stall, ms', 'receive buffer, bytes', 'rendered, %'],
      [[sent, received, onDisk, Math.round(longestStallMs), granted, percents]],
    ),
  );
  for (const note of notes) console.log(`  recorder: ${note}`);
  const rendered = atLeast('rendered meanwhile, % of a session', percents, LEAST_PERCENT);
  const lost = sent - onDisk;
  // A small buffer is the kernel's doing, and is known; of one that nobody knows nothing is excused.
  if (granted === 0 || granted >= WANTED_BUFFER_BYTES || lost === 0)
    return [atMost('packets lost', lost, 0), rendered];
  console.log(
    `\nNOT JUDGED: ${lost} packets were lost, and only ${granted} bytes of receive buffer were granted (stagecast doctor says how to grant more).`,
  );
  return [rendered];
}

try {
  reportMusts('yield', await recordWhileRendering());
} finally {
  await rm(scratch, { recursive: true, force: true });
}
