/** What a preset says of a voice is done to its samples: sharp sounds softened, loud words evened; nothing of it to music. */
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseEdit, type Edit } from '../../src/mastering/edits/edit.ts';
import { openWorkshop, prepare } from '../../src/mastering/prepare.ts';
import { writeSampleSession } from '../recorder/support/sample-session.ts';
import { packetsFrom, requestFor } from './support/sessions.ts';
import { ffmpegForTest, RATE, temporaryFolder } from './support/signals.ts';
import { toneDb } from './support/tones.ts';

const SECONDS = 12;
const LOUD_DB = 12;
const SHARP_HZ = 7_000;

/** By turns four soft words of 0.8 s, a loud one, and an "s" as soft as the soft ones; a faint hum in the pauses. */
const turn = (test: string, index: number) => `${test}(mod(floor(t)\\,6)\\,${index})*lt(mod(t\\,1)\\,0.8)`;
const voice =
  `0.08*sin(2*PI*220*t)*(${turn('lt', 4)}+${10 ** (LOUD_DB / 20)}*${turn('eq', 4)})` +
  `+0.08*sin(2*PI*${SHARP_HZ}*t)*${turn('eq', 5)}+0.0005*sin(2*PI*500*t)`;

async function cleaned(sessionFolder: string, edit: Edit) {
  const surroundings = {
    ...{ ffmpeg: ffmpegForTest(), scratchFolder: await temporaryFolder() },
    ...{ signal: new AbortController().signal, onProgress: () => undefined },
  };
  const request = { ...(await requestFor(sessionFolder)), edit: parseEdit(edit) };
  const prepared = await prepare(await openWorkshop(request, surroundings));
  onTestFinished(() => prepared.close());
  const samples = new Float32Array(SECONDS * RATE);
  prepared.tracks[0]!.audio.addTo(samples, 0, 1);
  // The second round.
  const soft = toneDb(samples, 220, 9.1, 9.7);
  return {
    loudDb: toneDb(samples, 220, 10.1, 10.7) - soft,
    sharpDb: toneDb(samples, SHARP_HZ, 11.1, 11.7) - soft,
  };
}

test(
  'a voice is evened and its sharp sounds are softened; music is taken as it is',
  { timeout: 60_000 },
  async () => {
    const sessionFolder = path.join(await temporaryFolder(), 'session');
    await writeSampleSession(sessionFolder, {
      speakers: [{ userId: '1', spurts: [{ startUs: 0, packets: await packetsFrom(voice, SECONDS) }] }],
    });
    const asVoice = await cleaned(sessionFolder, {});
    const asMusic = await cleaned(sessionFolder, { tracks: [{ track: 1, as: 'music' }] });
    expect(Math.abs(asMusic.loudDb - LOUD_DB)).toBeLessThan(0.5);
    expect(Math.abs(asMusic.sharpDb)).toBeLessThan(0.5);
    expect(asVoice.loudDb).toBeLessThan(LOUD_DB - 1.5);
    expect(asVoice.sharpDb).toBeLessThan(-3);
  },
);
