/** Where a track sounds: packets that carry sound, put together to stretches of speech. Pure. */
import { isSilence } from '../../recorder/ogg/reader.ts';
import type { PlacedPacket } from '../../recorder/session/reader.ts';
import type { Interval } from './model.ts';

/** What is shorter is a lost packet or the closing of a consonant, not a pause: a cut there would cut a word. */
const SHORTEST_PAUSE_US = 300_000;

/** Stretches in order, with pauses of at least 0.3 s between them. Silence that was sent is silence all the same. */
export async function speechIn(
  packets: AsyncIterable<Pick<PlacedPacket, 'startUs' | 'durationUs' | 'opus'>>,
): Promise<Interval[]> {
  const stretches: Interval[] = [];
  for await (const { startUs, durationUs, opus } of packets) {
    if (isSilence(opus)) continue;
    const last = stretches.at(-1);
    if (last !== undefined && startUs - last.endUs < SHORTEST_PAUSE_US)
      last.endUs = Math.max(last.endUs, startUs + durationUs);
    else stretches.push({ startUs, endUs: startUs + durationUs });
  }
  return stretches;
}
