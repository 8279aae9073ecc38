/** The voice half of the embedded Discord. */
import type { VoiceServer, VoiceServerOptions } from './contract.ts';

export type * from './contract.ts';

/** Starts the voice gateway (TLS WebSocket) and its UDP socket on loopback, on free ports. */
export declare function startVoiceServer(options: VoiceServerOptions): Promise<VoiceServer>;
