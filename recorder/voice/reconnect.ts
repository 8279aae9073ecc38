/** When a voice connection that is not ready is joined anew. */
import { VoiceConnectionStatus } from '@discordjs/voice';
import { backoffMs } from './backoff.ts';

export interface ConnectionCondition {
  status: VoiceConnectionStatus;
  /** The code of the WebSocket's close, when that is why it is disconnected. */
  closeCode?: number;
}

const LOST = { firstMs: 1_000, limitMs: 30_000 };
/** Signalling, handshakes and resumes get this long before they count as stuck (discord.js#11553). */
const UNDER_WAY = { firstMs: 15_000, limitMs: 60_000 };
/** Discord closes with 4014 for moves and region changes too, and then sends the new server itself. */
const MOVED = { firstMs: 5_000, limitMs: 30_000 };
const DISCONNECTED_CLOSE = 4014;

/** Milliseconds until the next op 4; undefined when none is due because the connection stands or is over. */
export function rejoinDelayMs(
  { status, closeCode }: ConnectionCondition,
  attempt: number,
  random?: number,
): number | undefined {
  switch (status) {
    case VoiceConnectionStatus.Ready:
    case VoiceConnectionStatus.Destroyed:
      return undefined;
    case VoiceConnectionStatus.Signalling:
    case VoiceConnectionStatus.Connecting:
      return backoffMs(UNDER_WAY, attempt, random);
    case VoiceConnectionStatus.Disconnected:
      return backoffMs(closeCode === DISCONNECTED_CLOSE ? MOVED : LOST, attempt, random);
  }
}
