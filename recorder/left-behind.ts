/**
 * Whom moves leave behind: what people say while the bot records in another channel is no loss. When it comes back to them,
 * that time is a hole of their tracks alone, with a reason of its own. Pure; times are on the session clock.
 */
import type { Hole } from './holes.ts';

interface Stay {
  channelId: string;
  startUs: number;
  endUs: number;
}

export interface LeftBehind {
  /** People in this channel are recorded from now on. */
  arrived(channelId: string, atUs: number): void;
  /** @param speakers - everybody who has a track. @returns the holes of those to whom the bot comes back */
  moved(
    toChannelId: string,
    atUs: number,
    speakers: readonly { userId: string; lastHeardUs: number }[],
  ): (Hole & { userId: string })[];
}

export function createLeftBehind(): LeftBehind {
  const stays: Stay[] = [];
  let here: Omit<Stay, 'endUs'> | undefined;

  return {
    arrived(channelId, atUs) {
      here = { channelId, startUs: atUs };
    },
    moved(toChannelId, atUs, speakers) {
      if (here !== undefined) stays.push({ ...here, endUs: atUs });
      here = undefined;
      const last = stays.findLastIndex(({ channelId }) => channelId === toChannelId);
      if (last < 0) return [];
      const meanwhile = stays.slice(last + 1);
      // Who was heard elsewhere since had come along.
      const stayed = speakers.filter(({ lastHeardUs }) => {
        const heardIn = stays.findLast(({ startUs }) => startUs <= lastHeardUs);
        return heardIn?.channelId === toChannelId;
      });
      return stayed.flatMap(({ userId }) =>
        meanwhile.map(({ startUs, endUs }) => ({ startUs, endUs, reason: 'elsewhere' as const, userId })),
      );
    },
  };
}
