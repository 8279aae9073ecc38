/** The application's requests, each with its answer or its refusal. */
import type { Erased } from './erasures.ts';
import type { InterruptedSessions } from './interrupted-sessions.ts';
import type { Logger } from './log.ts';
import type { ToApplication, ToRecorder } from './protocol.ts';
import type { Recordings } from './recordings.ts';
import { RefusedError } from './refused-error.ts';
import type { SoundChecks } from './sound-checks.ts';

export type Request = Extract<ToRecorder, { requestId: string }>;

export interface RequestsOptions {
  recordings: Recordings;
  interrupted: InterruptedSessions;
  checks: SoundChecks;
  erase: (guildId: string, userId: string) => Promise<Erased>;
  logger: Logger;
  send: (message: ToApplication) => void;
}

/** Answers one request; never rejects. */
export function answerRequests(options: RequestsOptions): (message: Request) => Promise<void> {
  const { recordings, interrupted, checks, logger, send } = options;

  async function answer(message: Request): Promise<ToApplication> {
    const { requestId } = message;
    switch (message.type) {
      case 'could-start':
        await recordings.assertCouldStart(message.guildId);
        return { type: 'could-start', requestId };
      case 'start': {
        // Who begins anew does not wait for what was interrupted.
        await interrupted.sealIn(message.session.guildId);
        const { request, startedAtMs } = await recordings.start(message.session);
        return { type: 'started', requestId, sessionId: request.sessionId, startedAtMs };
      }
      case 'resume': {
        const { sessionId } = message.session;
        const { startedAtMs } = await interrupted.resume(sessionId, (takePoint) =>
          recordings.resume(message.session, takePoint),
        );
        return { type: 'started', requestId, sessionId, startedAtMs };
      }
      case 'seal':
        return { type: 'stopped', requestId, session: await interrupted.seal(message.sessionId) };
      case 'stopping':
        await recordings.byId(message.sessionId).announceStop(message.reason ?? 'stop');
        return { type: 'stopping', requestId };
      case 'stop': {
        const session = await recordings.end(recordings.byId(message.sessionId), message.reason ?? 'stop');
        return { type: 'stopped', requestId, session };
      }
      case 'play':
        await recordings.byId(message.sessionId).play(message.opusPath);
        return { type: 'played', requestId };
      case 'check': {
        const check = await checks.check(message.session, message.listenMs);
        return { type: 'checked', requestId, check };
      }
      case 'erase':
        return { type: 'erased', requestId, ...(await options.erase(message.guildId, message.userId)) };
      case 'marker': {
        const atUs = await recordings.byId(message.sessionId).marker(message.name, message.byUserId);
        return { type: 'marked', requestId, atUs };
      }
    }
  }

  return async (message) => {
    const { requestId, type } = message;
    try {
      send(await answer(message));
    } catch (error) {
      const code = error instanceof RefusedError ? error.code : 'failed';
      const detail = error instanceof Error ? error.message : String(error);
      logger.warn({ err: error, requestId, type, code }, 'a request was refused');
      send({ type: 'refused', requestId, code, detail });
    }
  };
}
