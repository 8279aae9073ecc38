/** ffmpeg's ebur128 on samples in memory: the meter of the bench, which shares nothing with ours. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { readSummary } from '../../src/mastering/measure.ts';

async function meter(samples: Float32Array, loglevel: string): Promise<string> {
  const raw = ['-f', 'f32le', '-ar', '48000', '-ac', '1', '-i', '-'];
  const filter = ['-af', 'ebur128=framelog=verbose:peak=sample', '-f', 'null', '-'];
  const ffmpeg = spawn('ffmpeg', ['-hide_banner', '-nostats', '-loglevel', loglevel, ...raw, ...filter], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  ffmpeg.stdin.end(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
  const [said] = await Promise.all([text(ffmpeg.stderr), once(ffmpeg, 'close')]);
  return said;
}

/** Integrated loudness, one channel. */
export async function loudnessOf(samples: Float32Array): Promise<number> {
  return readSummary((await meter(samples, 'info')).split('\n')).integratedLufs;
}

/** Loudness of every window of 400 ms, a new one each 100 ms. */
export async function momentaryOf(samples: Float32Array): Promise<number[]> {
  const said = await meter(samples, 'verbose');
  // The first three windows are not whole.
  return [...said.matchAll(/ M:\s*(\S+) /g)]
    .slice(3)
    .map(([, lufs]) => (lufs === 'nan' ? NaN : Number(lufs)));
}
