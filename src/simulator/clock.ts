/**
 * The clock of the embedded Discord: everything it does later, it does by a timer of this clock. The real one keeps
 * deadlines on the monotonic clock (no drift, catches up after a stall); the manual one moves only when a test says so.
 */

/** What a timer runs. A promise is awaited by a manual clock before its next timer. */
export type TimerTask = () => void | Promise<void>;

export interface SimClock {
  /** Monotonic microseconds; only differences mean anything. */
  nowUs(): number;
  /** Runs `task` at `us` of this clock (a past time: as soon as possible). Returns a function that cancels it. */
  at(us: number, task: TimerTask): () => void;
}

export interface RealClock extends SimClock {
  /** Cancels every timer. */
  close(): void;
}

export interface ManualClock extends SimClock {
  /** Moves time on by `us`, running each timer at its own time, in order, and awaiting what it started. */
  advance(us: number): Promise<void>;
}

interface Timer {
  readonly dueUs: number;
  readonly task: TimerTask;
}

/** Timers by due time; equal times keep the order in which they were set. */
function createAgenda() {
  const timers: Timer[] = [];
  return {
    add(dueUs: number, task: TimerTask): Timer {
      const timer = { dueUs, task };
      let low = 0;
      let high = timers.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (timers[middle]!.dueUs <= dueUs) low = middle + 1;
        else high = middle;
      }
      timers.splice(low, 0, timer);
      return timer;
    },
    remove(timer: Timer): void {
      const index = timers.indexOf(timer);
      if (index >= 0) timers.splice(index, 1);
    },
    nextDueUs: (): number | undefined => timers[0]?.dueUs,
    takeDue: (nowUs: number): Timer | undefined =>
      timers[0] !== undefined && timers[0].dueUs <= nowUs ? timers.shift() : undefined,
    clear(): void {
      timers.length = 0;
    },
  };
}

/**
 * The machine's own time. One timeout is armed for the earliest deadline; after a stall every missed deadline runs at
 * once and in order, so that a speaker's 20 ms steps never add up an error. Its timeout does not keep a process alive.
 */
export function realClock(): RealClock {
  const agenda = createAgenda();
  let timeout: NodeJS.Timeout | undefined;
  const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

  const arm = (): void => {
    clearTimeout(timeout);
    const dueUs = agenda.nextDueUs();
    if (dueUs === undefined) return;
    // Node rounds a timeout down to whole milliseconds and fires it late rather than early: up to 1 ms either way.
    timeout = setTimeout(run, Math.max(0, (dueUs - nowUs()) / 1000)).unref();
  };
  const run = (): void => {
    try {
      for (let timer = agenda.takeDue(nowUs()); timer !== undefined; timer = agenda.takeDue(nowUs()))
        void timer.task();
    } finally {
      arm();
    }
  };

  return {
    nowUs,
    at(us, task) {
      const timer = agenda.add(us, task);
      if (agenda.nextDueUs() === us) arm();
      return () => {
        agenda.remove(timer);
      };
    },
    close() {
      agenda.clear();
      clearTimeout(timeout);
    },
  };
}

/** Time that stands still until `advance`. Starts at `startUs` (0). */
export function manualClock(startUs = 0): ManualClock {
  const agenda = createAgenda();
  let nowUs = startUs;
  return {
    nowUs: () => nowUs,
    at(us, task) {
      const timer = agenda.add(us, task);
      return () => {
        agenda.remove(timer);
      };
    },
    async advance(us) {
      const untilUs = nowUs + us;
      for (let timer = agenda.takeDue(untilUs); timer !== undefined; timer = agenda.takeDue(untilUs)) {
        nowUs = Math.max(nowUs, timer.dueUs);
        await timer.task();
        // A turn of the event loop: sockets of this process read what was sent before their buffers overflow.
        if (agenda.nextDueUs() !== timer.dueUs) await new Promise((resolve) => setImmediate(resolve));
      }
      nowUs = untilUs;
    },
  };
}
