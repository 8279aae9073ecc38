/**
 * Lets the embedded engine die cleanly. When PostgreSQL cannot trust the disk (an fsync or a write of the log that fails)
 * it panics, and a server's supervisor starts it anew from the log. PGlite has no supervisor: its loop
 * (execProtocolRawSync) swallows the abort and calls again into the dead instance, which spins for ever and with it this
 * process. Here the first abort is kept, and everything asked afterwards is refused with it.
 */
import type { PGlite } from '@electric-sql/pglite';

/** The embedded database stopped to protect its files. Only a new process can open it again; what was committed is safe. */
export class EngineDiedError extends Error {
  override name = 'EngineDiedError';
  constructor(cause: unknown) {
    super(
      'The embedded database has stopped, because it could not write to the disk. ' +
        'Check that the disk is not full and has no faults, then start again: what was committed is safe.',
      { cause },
    );
  }
}

/** PGlite's POSTGRES_MAIN_LONGJMP: an ordinary error of a statement, which its loop handles. */
const STATEMENT_ERROR_STATUS = 100;

type Native = (...values: never[]) => unknown;
type Natives = Record<
  | '_PostgresMainLoopOnce'
  | 'stackRestore'
  | '_PostgresSendReadyForQueryIfNecessary'
  | '_pgl_pq_flush'
  | '_pq_buffer_remaining_data',
  Native
>;

/** Stands guard over an instance; `onDeath` is called once. `death()` answers what killed it, undefined while it lives. */
export function guardAgainstDeath(
  database: PGlite,
  onDeath: (error: EngineDiedError) => void,
): { death(): EngineDiedError | undefined } {
  const natives = database.Module as unknown as Natives;
  let death: EngineDiedError | undefined;
  const loopOnce = natives._PostgresMainLoopOnce;
  natives._PostgresMainLoopOnce = () => {
    if (death !== undefined) throw death;
    try {
      return loopOnce();
    } catch (error) {
      if ((error as { status?: unknown }).status === STATEMENT_ERROR_STATUS) throw error;
      death = new EngineDiedError(error);
      onDeath(death);
      throw death;
    }
  };
  // PGlite catches what the loop throws and then restores the stack: the one place from which an error gets out.
  const restore = natives.stackRestore;
  natives.stackRestore = (...values) => {
    if (death !== undefined) throw death;
    return restore(...values);
  };
  for (const name of [
    '_PostgresSendReadyForQueryIfNecessary',
    '_pgl_pq_flush',
    '_pq_buffer_remaining_data',
  ] as const) {
    const native = natives[name];
    natives[name] = (...values) => (death === undefined ? native(...values) : 0);
  }
  return { death: () => death };
}
