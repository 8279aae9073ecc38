/** A connection of its own that hears one channel for as long as wanted, and comes back by itself when the line breaks. */
import type pg from 'pg';

/** A LISTEN connection carries no traffic of its own, so a line that died silently is only found by asking. */
const HEARTBEAT_MS = 15_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

export interface ListenerOptions {
  connect: () => pg.Client;
  channel: string;
  onPayload: (payload: string) => void;
  /** Listening (again): what was told before is lost. */
  onGap: () => void;
  onFault: (error: unknown) => void;
}

/** Rejects when the first connection fails; from then on it tries again until closed. */
export async function listenForever(options: ListenerOptions): Promise<{ close(): Promise<void> }> {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let retryMs = FIRST_RETRY_MS;

  const drop = (broken: pg.Client, error: unknown) => {
    if (closed || client !== broken) return;
    options.onFault(error);
    client = undefined;
    clearTimeout(timer);
    void broken.end().catch(() => undefined);
    timer = setTimeout(() => void open().catch(reopenLater), FIRST_RETRY_MS).unref();
  };
  const reopenLater = (error: unknown) => {
    if (closed) return;
    options.onFault(error);
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    timer = setTimeout(() => void open().catch(reopenLater), retryMs).unref();
  };
  const open = async () => {
    const next = options.connect();
    next.on('error', (error) => drop(next, error));
    next.on('end', () => drop(next, new Error('The listening connection to the database ended.')));
    next.on('notification', (message) => options.onPayload(message.payload ?? ''));
    try {
      await next.connect();
      await next.query(`LISTEN ${next.escapeIdentifier(options.channel)}`);
    } catch (error) {
      void next.end().catch(() => undefined);
      throw error;
    }
    if (closed) {
      await next.end();
      return;
    }
    client = next;
    retryMs = FIRST_RETRY_MS;
    beat(next);
    options.onGap();
  };
  const beat = (beating: pg.Client) => {
    timer = setTimeout(() => {
      beating.query('SELECT 1').then(
        () => {
          if (client === beating) beat(beating);
        },
        (error: unknown) => drop(beating, error),
      );
    }, HEARTBEAT_MS).unref();
  };

  await open();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}
