/** Edits of one message, kept apart in time: what comes between two of them is left out, the last one never. */

export interface PacedEdits<T> {
  /** Shows `next` as soon as the pace allows; what was shown last is not shown again. */
  show(next: T): void;
  /** Shows nothing more; resolves when the edit on its way has ended. */
  close(): Promise<void>;
}

export interface PacedEditsOptions {
  /** From the end of an edit to the start of the next. */
  everyMs: number;
  /** An edit failed; return true to give the message up. Otherwise it is tried again, a few times. */
  onFault: (error: unknown) => boolean;
  nowMs?: () => number;
}

/** In a row; then the next thing to show is waited for. */
const TRIES = 4;

export function pacedEdits<T>(
  edit: (value: T) => Promise<unknown>,
  { everyMs, onFault, nowMs = () => performance.now() }: PacedEditsOptions,
): PacedEdits<T> {
  let waiting: { value: T } | undefined;
  let shown = '';
  let dueAtMs = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let closed = false;
  let failures = 0;

  async function run(value: T): Promise<void> {
    const text = JSON.stringify(value);
    if (text === shown) return;
    try {
      await edit(value);
      shown = text;
      failures = 0;
    } catch (error) {
      closed ||= onFault(error);
      failures += 1;
      if (failures < TRIES) waiting ??= { value };
    }
    dueAtMs = nowMs() + everyMs;
  }

  function pump(): void {
    if (closed || waiting === undefined || running !== undefined || timer !== undefined) return;
    const waitMs = dueAtMs - nowMs();
    if (waitMs > 0) {
      timer = setTimeout(() => {
        timer = undefined;
        pump();
      }, waitMs).unref();
      return;
    }
    const { value } = waiting;
    waiting = undefined;
    running = run(value).finally(() => {
      running = undefined;
      pump();
    });
  }

  return {
    show(next) {
      failures = 0;
      waiting = { value: next };
      pump();
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
