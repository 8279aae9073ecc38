/** What stands in a session's folder, against what the simulated people said. */
import { expect } from 'vitest';
import { readSession, readTrackPackets, type Gap } from '../../../recorder/session/reader.ts';
import type { TruthPacket } from '../../../src/simulator/voice/truth.ts';
import type { GuildCall } from './guild-call.ts';

const PLACE_US = 5_000;

/** A packet of the truth, named so that a list of them can be read. */
type Said = Pick<TruthPacket, 'sequence' | 'dueUs' | 'recipients'>;

export interface Outcome {
  /** Packets of speech that are in no track; every other one is, byte for byte and within 5 ms of its place. */
  lost: Said[];
  /** Of those, which nobody was sent: no connection listened, or the network dropped them. */
  unheard: Said[];
  /** Holes of every track at once, on the session clock. */
  gaps: Gap[];
  reason: string | undefined;
}

export const named = ({ sequence, dueUs, recipients }: TruthPacket): Said => ({
  sequence,
  dueUs,
  recipients,
});

/** Reads the one session there is. */
export async function compare(call: GuildCall): Promise<Outcome> {
  const { folder, rooms, startUs } = call;
  const session = await readSession(folder);
  const lost: Said[] = [];
  const unheard: Said[] = [];
  const userIds = new Set(rooms.flatMap(({ truth }) => truth.userIds()));
  for (const userId of userIds) {
    const said = rooms
      .flatMap(({ truth }) => truth.of(userId))
      .filter(({ silence }) => !silence)
      .sort((one, other) => one.dueUs - other.dueUs);
    const track = session.tracks.find((each) => each.userId === userId);
    const packets = track === undefined ? [] : await Array.fromAsync(readTrackPackets(track));
    const kept = packets.filter(({ opus }) => opus.length > 3);
    const places = new Map(kept.map(({ opus, startUs: us }) => [Buffer.from(opus).toString('hex'), us]));
    expect(places.size, 'no packet twice').toBe(kept.length);
    for (const packet of said) {
      const bytes = Buffer.from(packet.opus).toString('hex');
      const place = places.get(bytes);
      places.delete(bytes);
      if (place === undefined) lost.push(named(packet));
      else expect(Math.abs(place + startUs - packet.dueUs)).toBeLessThanOrEqual(PLACE_US);
      if (packet.recipients === 0 || packet.dropped) unheard.push(named(packet));
    }
    expect(places.size, 'nothing that nobody said').toBe(0);
  }
  const entries = await call.journal();
  expect(entries.filter(({ type }) => type === 'header')).toHaveLength(1);
  return {
    lost,
    unheard,
    gaps: session.gaps.filter(({ track }) => track === 0),
    reason: entries.find(({ type }) => type === 'sealed')?.['reason'] as string | undefined,
  };
}

/** One hole with this reason, from the moment of the fault until shortly after the last packet that was lost in it. */
export function expectOneHole(
  { gaps, lost }: Outcome,
  { startUs }: GuildCall,
  reason: string,
  fromUs: number,
) {
  expect(gaps).toMatchObject([{ reason }]);
  const [gap] = gaps;
  expect(gap!.startUs).toBe(fromUs - startUs);
  expect(lost).not.toEqual([]);
  const places = lost.map(({ dueUs }) => dueUs - startUs);
  expect(Math.min(...places)).toBeGreaterThanOrEqual(gap!.startUs);
  expect(gap!.endUs - Math.max(gap!.startUs, ...places)).toBeGreaterThanOrEqual(0);
}
