/** The live sessions by the recorder's last word, kept from its messages, so that a command can be answered at once. */
import type { SessionRequest, SessionStatus, ToApplication } from '../../recorder/protocol.ts';

export interface LiveSessions {
  take(message: ToApplication): void;
  /** The recorder answered that it runs. */
  begun(session: SessionRequest, startedAtMs: number, state: 'recording' | 'reconnecting'): void;
  /** The people where it was moved to were told. */
  told(sessionId: string): void;
  /** Not known to live any more. */
  forget(sessionId: string): void;
  /** The live session of a guild. */
  inGuild(guildId: string): SessionStatus | undefined;
  all(): SessionStatus[];
}

export function createLiveSessions(): LiveSessions {
  const live = new Map<string, SessionStatus>();

  function change(sessionId: string, news: Partial<SessionStatus>): void {
    const known = live.get(sessionId);
    if (known) live.set(sessionId, { ...known, ...news });
  }

  return {
    take(message) {
      switch (message.type) {
        case 'welcome':
          live.clear();
          for (const session of message.live) live.set(session.sessionId, session);
          return;
        case 'status':
          live.set(message.session.sessionId, message.session);
          return;
        case 'sealed':
          live.delete(message.session.sessionId);
          return;
        case 'warning':
          // Known at once: who comes into the new channel comes into one that was told nothing yet.
          if (message.code === 'moved')
            change(message.sessionId, { channelId: message.detail, untold: true });
          return;
        default:
      }
    },
    begun({ sessionId, guildId, channelId, title, people }, startedAtMs, state) {
      const known = live.get(sessionId);
      // Before the recorder's next status: the last one, if any, still says that it joins.
      if (known?.state === 'joining') change(sessionId, { state, startedAtMs });
      if (known !== undefined) return;
      const named = { sessionId, guildId, channelId, title, state, health: 'good', startedAtMs } as const;
      const toldPeople = people.filter(({ bot }) => !bot).length;
      live.set(sessionId, { ...named, elapsedUs: 0, speakers: [], toldPeople });
    },
    told: (sessionId) => change(sessionId, { untold: undefined }),
    forget: (sessionId) => void live.delete(sessionId),
    inGuild: (guildId) => live.values().find((session) => session.guildId === guildId),
    all: () => [...live.values()],
  };
}
