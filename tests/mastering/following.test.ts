/** A speaker who moves away from their microphone is followed, in the master that becomes the files; music is not. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseEdit, type Edit } from '../../src/mastering/edits/edit.ts';
import { createMasters } from '../../src/mastering/masters.ts';
import { openWorkshop, prepare } from '../../src/mastering/prepare.ts';
import { writeSampleSession } from '../recorder/support/sample-session.ts';
import { packetsFrom, requestFor } from './support/sessions.ts';
import { ffmpegForTest, temporaryFolder } from './support/signals.ts';
import { toneDb } from './support/tones.ts';

const SECONDS = 36;
const DROP_DB = 8;

/** Words of 0.8 s; from the middle on so much softer. */
const voice =
  `0.2*sin(2*PI*220*t)*(1+sin(2*PI*5*t))/2*lt(mod(t\\,1)\\,0.8)` +
  `*if(lt(t\\,${SECONDS / 2})\\,1\\,${10 ** (-DROP_DB / 20)})`;

/** How much softer the end of a master is than its beginning, dB. */
async function dropIn(sessionFolder: string, edit: Edit): Promise<number> {
  const scratchFolder = await temporaryFolder();
  const surroundings = {
    ...{ ffmpeg: ffmpegForTest(), scratchFolder },
    ...{ signal: new AbortController().signal, onProgress: () => undefined },
  };
  const request = { ...(await requestFor(sessionFolder)), edit: parseEdit(edit) };
  const workshop = await openWorkshop(request, surroundings);
  const prepared = await prepare(workshop);
  onTestFinished(() => prepared.close());
  const { tracks, leveling, arrangement, channels, placed: sounds } = prepared;
  const masters = createMasters({
    ...{ tracks, leveling, arrangement, channels, sounds, scratchFolder },
    ...{ targetLufs: leveling.targetLufs, limiter: workshop.preset.limiter },
    ...{ gateDepthDb: workshop.preset.gate.depthDb, breathe: () => Promise.resolve() },
  });
  const { buffer } = Uint8Array.from(await readFile((await masters(-3)).rawPath));
  const samples = new Float32Array(buffer);
  return toneDb(samples, 220, 3, 9) - toneDb(samples, 220, SECONDS - 9, SECONDS - 3);
}

test('a voice that became softer is followed; music keeps its soft end', { timeout: 60_000 }, async () => {
  const sessionFolder = path.join(await temporaryFolder(), 'session');
  await writeSampleSession(sessionFolder, {
    speakers: [{ userId: '1', spurts: [{ startUs: 0, packets: await packetsFrom(voice, SECONDS) }] }],
  });
  const asVoice = await dropIn(sessionFolder, {});
  const asMusic = await dropIn(sessionFolder, { tracks: [{ track: 1, as: 'music' }] });
  expect(asVoice).toBeLessThan(DROP_DB - 4);
  expect(Math.abs(asMusic - DROP_DB)).toBeLessThan(0.5);
});
