/**
 * Which of the gateway's two voice payloads goes to the library, and when. Only a voice server starts a connection, with
 * the voice state known at that moment; but Discord sends the two in either order. So a server is held until the state
 * that belongs to it has come.
 */

import { z } from 'zod';

/** `GatewayVoiceState` and `GatewayVoiceServerUpdateDispatchData` of Discord's gateway, as far as they matter here. */
export const voiceState = z.looseObject({
  user_id: z.string(),
  channel_id: z.string().nullable(),
  session_id: z.string(),
  /** Deafened by a moderator: the voice server sends no audio. */
  deaf: z.boolean().optional(),
});
export type VoiceState = z.infer<typeof voiceState>;

export const voiceServer = z.looseObject({
  guild_id: z.string(),
  token: z.string(),
  /** Null when the server went away and another is still to be found. */
  endpoint: z.string().nullable(),
});
export type VoiceServer = z.infer<typeof voiceServer>;

export interface Signalling {
  /** The state the present connection was made with. */
  used: VoiceState | undefined;
  latest: VoiceState | undefined;
  /** The state that belongs to the next server has come. */
  matched: boolean;
  /** An op 4 is out, and any state answers it. */
  answerExpected: boolean;
  /** The gateway session is a new one, so a state of the old voice session does not count. */
  newSessionExpected: boolean;
  heldServer: VoiceServer | undefined;
}

export const noSignalling: Signalling = {
  used: undefined,
  latest: undefined,
  matched: false,
  answerExpected: false,
  newSessionExpected: false,
  heldServer: undefined,
};

/** A server change within a session comes without a state: after this long the held server goes through anyway. */
export const HOLD_MS = 1_000;

/** What a state of our own account means for the recording. */
export type StateMeaning = 'joined' | 'removed' | 'stale';

/** An op 4 was sent. */
export function expectAnswer(before: Signalling): Signalling {
  return { ...before, answerExpected: true, matched: false };
}

/** The application came back with a fresh gateway session: what was known before belongs to the old one. */
export function expectNewSession(before: Signalling): Signalling {
  return { ...before, newSessionExpected: before.used !== undefined, matched: false, heldServer: undefined };
}

/** Takes a voice state of our own; `removed` (kicked, or the channel deleted) is ignored by the library, `stale` by us. */
export function takeState(
  before: Signalling,
  state: VoiceState,
): { after: Signalling; meaning: StateMeaning } {
  if (state.channel_id === null) {
    // While a new gateway session takes over, the end of the old one's voice state is not news.
    const ours = state.session_id === before.latest?.session_id;
    return { after: before, meaning: ours && !before.newSessionExpected ? 'removed' : 'stale' };
  }
  const newSession = state.session_id !== before.used?.session_id;
  const moved = state.channel_id !== before.used?.channel_id;
  // A mute, a suppression or a raised hand is a state too, and says nothing about a voice server.
  const matches = before.newSessionExpected ? newSession : newSession || moved || before.answerExpected;
  return { after: { ...before, latest: state, matched: before.matched || matches }, meaning: 'joined' };
}

/** Takes a voice server; without an endpoint there is nothing to connect to yet, and what lives lives on. */
export function takeServer(before: Signalling, server: VoiceServer): Signalling {
  return server.endpoint === null ? before : { ...before, heldServer: server };
}

/** Lets the held server through once its state has come, or once `waitedMs` says that none will. */
export function release(
  before: Signalling,
  waitedMs: number,
): { after: Signalling; state: VoiceState; server: VoiceServer } | undefined {
  const { heldServer: server, latest: state } = before;
  if (server === undefined || state === undefined) return undefined;
  if (!before.matched && waitedMs < HOLD_MS) return undefined;
  return { after: { ...noSignalling, used: state, latest: state }, state, server };
}
