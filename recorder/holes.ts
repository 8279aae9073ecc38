/** Holes of every track at once, by their causes, which may overlap: each moment of them is in one. Pure. */
import type { GapReason } from './session/model.ts';

export interface Hole {
  startUs: number;
  endUs: number;
  reason: GapReason;
}

export interface Holes {
  /** Begun already, it goes on. */
  begin(reason: GapReason, atUs: number): void;
  /** The hole that this ends, less what was another's; none if a cause that began before goes on. */
  end(reason: GapReason, atUs: number): Hole | undefined;
  /** Ends whatever is open. */
  endAll(atUs: number): Hole[];
}

export function createHoles(): Holes {
  const sinceUs = new Map<GapReason, number>();
  let toldUntilUs = 0;

  function end(reason: GapReason, atUs: number): Hole | undefined {
    const beganUs = sinceUs.get(reason);
    sinceUs.delete(reason);
    if (beganUs === undefined || sinceUs.values().some((other) => other <= beganUs)) return undefined;
    const startUs = Math.max(beganUs, toldUntilUs);
    toldUntilUs = Math.max(toldUntilUs, atUs);
    return startUs < atUs ? { startUs, endUs: atUs, reason } : undefined;
  }

  return {
    begin(reason, atUs) {
      if (!sinceUs.has(reason)) sinceUs.set(reason, atUs);
    },
    end,
    endAll: (atUs) => [...sinceUs.keys()].flatMap((reason) => end(reason, atUs) ?? []),
  };
}
