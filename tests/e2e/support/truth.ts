/** Holds a session folder against what the embedded Discord knows was said: bytes, order, places. */
import { expect } from 'vitest';
import { isSilence, OPUS_RATE_HZ, readOpusPackets } from '../../../recorder/ogg/reader.ts';
import { readSession, readTrackPackets, type RecordedTrack } from '../../../recorder/session/reader.ts';
import { alignmentOf } from '../../../src/demo/checks.ts';
import type { Scene } from '../../../src/demo/scene.ts';

export interface Held {
  packets: number;
  /** Worst distance from the truth, the session's one constant offset removed. */
  worstUs: number;
  /** Worst distance of a packet's place in its file, by counting, from its place in the index. */
  worstFileUs: number;
}

/** Packets of speech in the file at their places by counting durations; fill is silence, so all silence is left out. */
async function placesInFile({ opusPath }: RecordedTrack): Promise<{ opus: Uint8Array; startUs: number }[]> {
  const places: { opus: Uint8Array; startUs: number }[] = [];
  for await (const { opus, startSamples } of readOpusPackets(opusPath))
    if (!isSilence(opus)) places.push({ opus, startUs: (startSamples * 1_000_000) / OPUS_RATE_HZ });
  return places;
}

/** Where two lists of packets first differ, which reads better than the lists; undefined when they are equal. */
function firstDifference(kept: readonly Uint8Array[], sent: readonly Uint8Array[]): string | undefined {
  const length = Math.max(kept.length, sent.length);
  const at = Array.from({ length }, (_, index) => index).find(
    (index) => Buffer.compare(kept[index] ?? Buffer.alloc(0), sent[index] ?? Buffer.alloc(0)) !== 0,
  );
  return at === undefined ? undefined : `packet ${at}; ${kept.length} kept of ${sent.length} sent`;
}

/**
 * Expects every packet said from `sinceUs` on (simulation clock) in its speaker's one track: all of them, nothing else,
 * byte for byte, in order, without a gap. Answers how far they stand from their places.
 */
export async function holdAgainstTruth({ hall }: Scene, folder: string, sinceUs = 0): Promise<Held> {
  const { truth } = hall.room();
  const session = await readSession(folder);
  const said = new Map(
    truth.userIds().map((userId) => [userId, truth.of(userId).filter(({ dueUs }) => dueUs >= sinceUs)]),
  );
  const speakers = [...said].filter(([, packets]) => packets.length > 0).map(([userId]) => userId);
  expect(session.tracks.map(({ userId }) => userId).sort()).toEqual(speakers.sort());
  expect(session.gaps).toEqual([]);
  expect(session.sealed).toBe(true);

  const pairs: { sentUs: number; keptUs: number }[] = [];
  let worstFileUs = 0;
  for (const track of session.tracks) {
    const sent = said.get(track.userId)!;
    const kept = await Array.fromAsync(readTrackPackets(track));
    const difference = firstDifference(
      kept.map(({ opus }) => opus),
      sent.map(({ opus }) => opus),
    );
    expect(difference, track.displayName).toBeUndefined();
    pairs.push(...kept.map(({ startUs }, index) => ({ sentUs: sent[index]!.dueUs, keptUs: startUs })));

    const inFile = await placesInFile(track);
    const inIndex = kept.filter(({ opus }) => !isSilence(opus));
    expect(inFile.length, track.displayName).toBe(inIndex.length);
    for (const [index, { opus, startUs }] of inFile.entries()) {
      expect(Buffer.compare(opus, inIndex[index]!.opus)).toBe(0);
      worstFileUs = Math.max(worstFileUs, Math.abs(startUs - inIndex[index]!.startUs));
    }
  }
  const { worstUs, packets } = alignmentOf(pairs);
  return { packets, worstUs, worstFileUs };
}

/** What a busy machine may cost in real time, and what the grid of an Ogg Opus file may. */
export function expectInPlace({ packets, worstUs, worstFileUs }: Held): void {
  expect(packets).toBeGreaterThan(0);
  expect(worstUs).toBeLessThanOrEqual(5_000);
  expect(worstFileUs).toBeLessThanOrEqual(2_500);
}
