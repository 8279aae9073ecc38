/** A gateway session: its events in order, kept so that a connection that broke can resume without losing one. */
import type { WebSocket } from 'ws';
import type { BotState } from '../state/model.ts';

/** Discord replays what it still has; more than this many missed events end the session (op 9). */
const REPLAY_LIMIT = 1000;

export interface GatewaySession {
  readonly id: string;
  readonly bot: BotState;
  readonly intents: number;
  /** The open connection, if any. */
  socket: WebSocket | undefined;
  /** A new connection takes the session over; the one before, if it still stands, is cut. */
  takeOver(socket: WebSocket): void;
  /** How many connections have held the session so far. */
  connections(): number;
  /** Numbers the event, keeps it, and sends it when somebody listens. */
  dispatch(event: string, data: unknown): void;
  /** Everything after `sequence`, in order; undefined when it is no longer all there. */
  missedSince(sequence: number): string[] | undefined;
  sequence(): number;
}

export function createSession(id: string, bot: BotState, intents: number, socket: WebSocket): GatewaySession {
  let sequence = 0;
  let connections = 1;
  const sent: { sequence: number; text: string }[] = [];
  const session: GatewaySession = {
    id,
    bot,
    intents,
    socket,
    takeOver(newSocket) {
      const before = session.socket;
      session.socket = newSocket;
      connections += 1;
      before?.terminate();
    },
    connections: () => connections,
    dispatch(event, data) {
      sequence += 1;
      const text = JSON.stringify({ op: 0, s: sequence, t: event, d: data });
      sent.push({ sequence, text });
      if (sent.length > REPLAY_LIMIT) sent.shift();
      if (session.socket?.readyState === session.socket?.OPEN) session.socket?.send(text);
    },
    missedSince(since) {
      const first = sent[0]?.sequence ?? sequence + 1;
      if (since > sequence || since + 1 < first) return undefined;
      return sent.filter((entry) => entry.sequence > since).map(({ text }) => text);
    },
    sequence: () => sequence,
  };
  return session;
}
