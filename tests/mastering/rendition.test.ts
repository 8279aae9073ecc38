/** A rendition that misses its target is encoded anew, by the real encoders, until the decoded file holds it. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { measureFile } from '../../src/mastering/measure.ts';
import { makeRendition, type RenditionOrder } from '../../src/mastering/rendition.ts';
import { ffmpegForTest, RATE, sine, temporaryFolder, writeRaw } from './support/signals.ts';

const SECONDS = 5;
const linear = (db: number) => 10 ** (db / 20);

/** A voice at -19 LUFS, about, with a burst that reaches the ceiling four times a second. */
function talkUnder(ceilingDbtp: number): Float32Array {
  const talk = sine(SECONDS * RATE, 300, 0.16);
  const burst = sine(RATE / 50, 300, linear(ceilingDbtp));
  for (let at = 0; at < talk.length; at += RATE / 4) talk.set(burst, at);
  return talk;
}

async function encoded(changes: Partial<RenditionOrder>) {
  const folder = await temporaryFolder();
  const metadataPath = path.join(folder, 'metadata');
  await writeFile(metadataPath, ';FFMETADATA1\n');
  const ceilings: number[] = [];
  const order: RenditionOrder = {
    ...{ kind: 'm4a', bitrateKbps: 96, channels: 1, metadataPath, coverPath: undefined, chapters: 0 },
    ...{ durationUs: SECONDS * 1_000_000, output: path.join(folder, 'episode.m4a'), ceilingDbtp: -3 },
    target: { lufs: null, toleranceLu: 0.25, truePeakDbtp: -1 },
    async masterWith(ceilingDbtp) {
      ceilings.push(ceilingDbtp);
      const rawPath = path.join(folder, `${ceilingDbtp}.f32`);
      await writeRaw(rawPath, talkUnder(ceilingDbtp));
      return { rawPath, trimDb: 0 };
    },
    ...changes,
  };
  const { encodings } = await makeRendition(ffmpegForTest(), order, () => undefined);
  return { encodings, ceilings, measured: await measureFile(ffmpegForTest(), order.output) };
}

test('peaks that an encoder leaves too high are taken off by a lower ceiling, not off the loudness', async () => {
  const target = { lufs: -17, toleranceLu: 2, truePeakDbtp: -1 };
  const { encodings, ceilings, measured } = await encoded({ ceilingDbtp: 0.5, target });
  expect(encodings).toBe(2);
  expect(ceilings).toHaveLength(2);
  expect(ceilings[1]).toBeLessThan(-1);
  expect(measured.truePeakDbtp).toBeLessThanOrEqual(-1);
});

test('a rendition that came out too soft is encoded again, as loud as it should be', async () => {
  const { integratedLufs } = (await encoded({ ceilingDbtp: -9 })).measured;
  const target = { lufs: integratedLufs + 2, toleranceLu: 0.25, truePeakDbtp: -1 };
  const { encodings, measured } = await encoded({ ceilingDbtp: -9, target });
  expect(encodings).toBe(2);
  expect(Math.abs(measured.integratedLufs - target.lufs)).toBeLessThanOrEqual(0.3);
});
