/** Holds the recording, and what the bot asked of Discord, against what the simulator knows to be true. */
import { readSession, readTrackPackets } from '../../recorder/session/reader.ts';
import { alignmentOf, pairPackets, type Check, type TimedPacket } from './checks.ts';
import type { Simulator } from '../simulator/index.ts';
import type { Scene } from './scene.ts';

/** What a busy machine may cost in real time; on a clock that a test moves, 1 ms. */
const ALIGNMENT_LIMIT_US = 5_000;

/** Every packet that was sent must stand in its speaker's track, byte for byte, at its place. */
export async function verifyRecording({ hall }: Scene, sessionFolder: string): Promise<Check[]> {
  const { truth } = hall.room();
  const session = await readSession(sessionFolder);
  const speakers = truth.userIds();
  const results = await Promise.all(
    speakers.map(async (userId) => {
      const kept: TimedPacket[] = [];
      for (const track of session.tracks.filter((each) => each.userId === userId))
        for await (const { opus, startUs } of readTrackPackets(track)) kept.push({ opus, atUs: startUs });
      const sent = truth.of(userId).map(({ opus, dueUs }) => ({ opus, atUs: dueUs }));
      return pairPackets(sent, kept);
    }),
  );
  const wanted = results.reduce((sum, result) => sum + result.wanted, 0);
  const pairs = results.flatMap((result) => result.pairs);
  const { worstUs } = alignmentOf(pairs);
  return [
    {
      name: 'one track per speaker',
      ok: session.tracks.length === speakers.length && session.sealed,
      detail: session.tracks.map(({ displayName }) => displayName).join(', '),
    },
    {
      name: 'every packet kept',
      ok: wanted > 0 && pairs.length === wanted,
      detail: `${pairs.length} of ${wanted}, of speech, byte for byte`,
    },
    {
      name: 'alignment',
      ok: worstUs <= ALIGNMENT_LIMIT_US,
      detail: `worst packet ${(worstUs / 1000).toFixed(2)} ms from the truth (limit ${ALIGNMENT_LIMIT_US / 1000} ms)`,
    },
  ];
}

/** Every request of the bot fits what Discord takes, by its own document where a copy is at hand. */
export function verifyRequests({
  requests,
  checksOpenApi,
}: Pick<Simulator, 'requests' | 'checksOpenApi'>): Check {
  const refused = requests.filter(({ status }) => status >= 400);
  const checked = requests.filter((request) => request.checked).length;
  const [first] = refused;
  const held = checksOpenApi
    ? `${checked} of ${requests.length} held against Discord’s OpenAPI document`
    : `${requests.length}, none held against Discord’s OpenAPI document (set DISCORD_OPENAPI to a copy)`;
  return {
    name: 'requests to Discord',
    ok: refused.length === 0 && (checked > 0 || !checksOpenApi),
    detail:
      first === undefined
        ? held
        : `${refused.length} refused, the first ${first.method} ${first.path} with ${first.status}`,
  };
}
