/** What was really said: every packet a simulated speaker handed to the network, before any loss. */

export interface TruthPacket {
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
  /** The packet's place on its speaker's own frame clock, in microseconds of the simulation clock. */
  readonly dueUs: number;
  /** When it was handed to the network, in microseconds of the simulation clock; late by what a stall cost. */
  readonly sentUs: number;
  /** The Opus packet before DAVE and transport encryption. */
  readonly opus: Uint8Array;
  /** Counts a user's talk-spurts from 0; its five closing silence frames belong to it. */
  readonly spurt: number;
  /** One of the closing F8 FF FE frames. */
  readonly silence: boolean;
  /** The network lost it: no connection was sent it. */
  readonly dropped: boolean;
  /** Connections that were listening when it was handed over. */
  readonly recipients: number;
}

export interface TruthSpurt {
  readonly spurt: number;
  readonly startUs: number;
  readonly endUs: number;
  readonly packets: number;
}

export interface Truth {
  record(userId: string, packet: TruthPacket): void;
  /** Users who said anything, in the order of their first packet. */
  userIds(): string[];
  /** All packets of a user over all their SSRCs, in the order of sending. */
  of(userId: string): readonly TruthPacket[];
  /** First `dueUs` to last `dueUs` of each spurt, silence frames left out. */
  spurtsOf(userId: string): TruthSpurt[];
}

export function createTruth(): Truth {
  const packetsByUser = new Map<string, TruthPacket[]>();
  const of = (userId: string): readonly TruthPacket[] => packetsByUser.get(userId) ?? [];
  return {
    record(userId, packet) {
      const packets = packetsByUser.get(userId);
      if (packets) packets.push(packet);
      else packetsByUser.set(userId, [packet]);
    },
    userIds: () => [...packetsByUser.keys()],
    of,
    spurtsOf(userId) {
      const spurts = new Map<number, TruthSpurt>();
      for (const { spurt, dueUs, silence } of of(userId)) {
        if (silence) continue;
        const known = spurts.get(spurt);
        spurts.set(spurt, {
          spurt,
          startUs: known?.startUs ?? dueUs,
          endUs: dueUs,
          packets: (known?.packets ?? 0) + 1,
        });
      }
      return [...spurts.values()];
    },
  };
}
