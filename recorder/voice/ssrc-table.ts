/** Whose packets an SSRC carries, on one voice server. */

/** Packets may still be on their way when the server says that their sender left. */
const GRACE_US = 2_000_000;

interface Mapping {
  userId: string;
  leftUs: number | undefined;
}

export interface SsrcTable {
  map(ssrc: number, userId: string): void;
  left(userId: string, nowUs: number): void;
  userOf(ssrc: number, nowUs: number): string | undefined;
}

/**
 * One table per voice connection: the library keeps one for all servers a connection ever had, so that a number used
 * again by the next server would put one person's voice into another's track until it is announced.
 */
export function createSsrcTable(): SsrcTable {
  const mappings = new Map<number, Mapping>();
  return {
    map: (ssrc, userId) => void mappings.set(ssrc, { userId, leftUs: undefined }),
    left(userId, nowUs) {
      for (const mapping of mappings.values()) if (mapping.userId === userId) mapping.leftUs ??= nowUs;
    },
    userOf(ssrc, nowUs) {
      const mapping = mappings.get(ssrc);
      if (mapping === undefined) return undefined;
      if (mapping.leftUs !== undefined && nowUs - mapping.leftUs > GRACE_US) {
        mappings.delete(ssrc);
        return undefined;
      }
      return mapping.userId;
    },
  };
}
