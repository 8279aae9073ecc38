/** The writing side of a session folder. */
import type { GapReason, Manifest, ReceivedPacket, SealReason, SessionPerson } from './model.ts';

/** A free journal entry: `type` is the recorder's own word (`reconnect`, `consent`, `pause`, `warning`, ...). */
export interface JournalNote {
  type: string;
  [field: string]: unknown;
}

export interface SpeakerStatus {
  userId: string;
  displayName: string;
  packets: number;
  lost: number;
  /** Session clock of the last packet that came. */
  lastHeardUs: number;
}

export interface SessionWriterStatus {
  elapsedUs: number;
  speakers: SpeakerStatus[];
}

export interface SessionWriter {
  readonly folder: string;
  /** Session clock now. */
  elapsedUs(): number;
  /** A person joined or changed their name; journalled, and used by readers from then on. */
  person(person: SessionPerson): void;
  /** Takes a packet; it stands in its file within 200 ms, as long as `tick` is called. Never throws for what it holds. */
  receive(packet: ReceivedPacket): void;
  /** Names this moment; on disk, synced, when the promise resolves to its place on the session clock. */
  marker(name: string, byUserId: string): Promise<number>;
  /** Journals a hole from outside the packets; without `userId` it is a hole in every track. */
  gap(gap: { startUs: number; endUs: number; reason: GapReason; userId?: string }): void;
  /** Journals anything else at this moment of the session clock. */
  note(entry: JournalNote): void;
  /** Call every 20 ms: releases reordered packets, flushes pages, fills silence in small chunks, starts the syncs. */
  tick(): void;
  status(): SessionWriterStatus;
  /** Places what is still held, ends every track at the same moment, writes the manifest; nothing may follow. */
  seal(reason: SealReason): Promise<Manifest>;
}
/* openSessionWriter(folder: string, header: SessionHeader, clock: Clock, options?: { files?: Files; onFault?: (fault: WriteFault) => void }): SessionWriter */
