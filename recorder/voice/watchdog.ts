/**
 * The deafness watchdog's decision: who is believed to speak, whether that reaches us, and what is to be done. Pure: facts
 * and times (microseconds of one clock) come in, actions come out. docs/decisions/0007 says what counts as evidence.
 */

/** `deaf`: nothing arrives; `undecryptable`: what arrives cannot be opened; `server-deaf`: a moderator's doing. */
export type Trouble = 'deaf' | 'undecryptable' | 'server-deaf';
export type RecoveryStep = 'rekey' | 'resume' | 'rejoin';

export type WatchAction =
  | { type: 'begun'; trouble: Trouble; sinceUs: number }
  /** The host is to be told. */
  | { type: 'tell'; trouble: Trouble }
  | { type: 'recover'; trouble: Trouble; step: RecoveryStep; attempt: number }
  /** `heard` is false when whoever was believed to speak left or was muted instead. */
  | { type: 'over'; trouble: Trouble; sinceUs: number; heard: boolean; told: boolean };

/** What only the connection knows, at the moment of looking. */
export interface WatchSight {
  nowUs: number;
  /** Voice datagrams that came since the session began. */
  received: number;
  /** A connection stands: without one it is no deafness but a reconnect. */
  connected: boolean;
  /** The guild's gateway shard can carry an op 4. */
  canRejoin: boolean;
}

export interface Watchdog {
  /** Packets can come, on a new connection: the senders that the server names now need not speak now. */
  connected(nowUs: number): void;
  /** The voice gateway says that a member began to speak (op 5). */
  announced(userId: string, nowUs: number): void;
  /** A packet of theirs was kept; `silent` for the frames that end a spurt. */
  heard(userId: string, silent: boolean, arrivalUs: number): void;
  /** An encrypted packet came that could not be opened yet. */
  unopened(arrivalUs: number): void;
  /** They left, are muted or suppressed, or said that they stopped: their silence means nothing. */
  quiet(userId: string): void;
  serverDeaf(deaf: boolean, nowUs: number): void;
  /** Call often; every 100 ms is plenty. */
  look(sight: WatchSight): WatchAction[];
  /** The trouble at present and since when. */
  trouble(): { trouble: Trouble; sinceUs: number } | undefined;
}

/** Senders are named in a burst when a connection begins. */
const NAMING_US = 2_000_000;
/** A stream that stops for so long without silence frames was cut off: what Discord's clients send is 20 ms apart. */
const CUT_US = 1_000_000;
/** Longer than what a network swallows now and then, and short enough to have tried something before the host is told. */
const DEAF_AFTER_US = 4_000_000;
const UNOPENED_AFTER_US = 3_000_000;
const STILL_COMING_US = 2_000_000;
const TELL_AFTER_US = 8_000_000;
/** After each step, doubled from the first on. */
const FIRST_PAUSE_US = 5_000_000;
const LONGEST_PAUSE_US = 600_000_000;
/** A packet that was on its way when somebody was announced proves nothing. */
const UNDER_WAY_US = 500_000;

const STEPS: Record<Trouble, readonly RecoveryStep[]> = {
  deaf: ['resume', 'rejoin'],
  undecryptable: ['rekey', 'resume', 'rejoin'],
  'server-deaf': [],
};

interface Present {
  trouble: Trouble;
  sinceUs: number;
  told: boolean;
  attempts: number;
  nextStepUs: number;
}

export function createWatchdog(): Watchdog {
  /** Believed to speak though nothing came since then. */
  const unheard = new Map<string, number>();
  /** In mid-speech at their last packet. */
  const speaking = new Map<string, number>();
  let connectedUs = -Infinity;
  let received = 0;
  let arrivedUs = -Infinity;
  let unopenedUs: { first: number; last: number } | undefined;
  /** The last packet that was kept. */
  let heardUs = -Infinity;
  /** Since when a moderator has the bot deafened. */
  let moderatedUs: number | undefined;
  let present: Present | undefined;

  function takeArrivals(sight: WatchSight): boolean {
    // What turns out to be forged only later takes back that it came.
    const isMore = sight.received > received;
    received = sight.received;
    if (!isMore) return false;
    arrivedUs = sight.nowUs;
    // Whoever else is not heard now is cut off somewhere else.
    for (const [userId, sinceUs] of unheard) {
      if (sight.nowUs - sinceUs < UNDER_WAY_US) continue;
      unheard.delete(userId);
      speaking.delete(userId);
    }
    return true;
  }

  function findTrouble({ nowUs, connected }: WatchSight): Pick<Present, 'trouble' | 'sinceUs'> | undefined {
    if (moderatedUs !== undefined) return { trouble: 'server-deaf', sinceUs: moderatedUs };
    if (!connected) return undefined;
    for (const [userId, lastUs] of speaking) if (nowUs - lastUs > CUT_US) unheard.set(userId, lastUs);
    const believedUs = Math.min(...unheard.values());
    if (unheard.size > 0 && nowUs - Math.max(arrivedUs, believedUs) >= DEAF_AFTER_US) {
      return { trouble: 'deaf', sinceUs: Math.max(heardUs, believedUs) };
    }
    if (unopenedUs === undefined || nowUs - unopenedUs.last > STILL_COMING_US) return undefined;
    const failing = unopenedUs.last - unopenedUs.first >= UNOPENED_AFTER_US;
    return failing ? { trouble: 'undecryptable', sinceUs: unopenedUs.first } : undefined;
  }

  /** How the present trouble ended, if it did: `heard` as the action has it. */
  function ended({ trouble }: Present, arrived: boolean, nowUs: number): { heard: boolean } | undefined {
    if (trouble === 'server-deaf') return moderatedUs === undefined ? { heard: true } : undefined;
    if (moderatedUs !== undefined) return { heard: false };
    if (trouble === 'undecryptable') return unopenedUs === undefined ? { heard: true } : undefined;
    if (arrived && nowUs - arrivedUs < UNDER_WAY_US) return { heard: true };
    return unheard.size === 0 ? { heard: false } : undefined;
  }

  /** Telling and recovering, while the trouble lasts. */
  function act(now: Present, { nowUs, connected, canRejoin }: WatchSight): WatchAction[] {
    const { trouble } = now;
    const actions: WatchAction[] = [];
    if (!now.told && (trouble === 'server-deaf' || nowUs - now.sinceUs >= TELL_AFTER_US)) {
      now.told = true;
      actions.push({ type: 'tell', trouble });
    }
    const steps = STEPS[trouble];
    const step = steps[Math.min(now.attempts, steps.length - 1)];
    const idle = trouble === 'undecryptable' && nowUs - (unopenedUs?.last ?? nowUs) > STILL_COMING_US;
    if (step === undefined || idle || !connected || nowUs < now.nextStepUs) return actions;
    if (step === 'rejoin' && !canRejoin) return actions;
    now.attempts += 1;
    now.nextStepUs = nowUs + Math.min(LONGEST_PAUSE_US, FIRST_PAUSE_US * 2 ** (now.attempts - 1));
    actions.push({ type: 'recover', trouble, step, attempt: now.attempts });
    return actions;
  }

  return {
    connected(nowUs) {
      connectedUs = nowUs;
      if (present !== undefined) return;
      unheard.clear();
      speaking.clear();
      unopenedUs = undefined;
    },
    announced(userId, nowUs) {
      if (nowUs - connectedUs > NAMING_US && !speaking.has(userId)) unheard.set(userId, nowUs);
    },
    heard(userId, silent, arrivalUs) {
      heardUs = Math.max(heardUs, arrivalUs);
      if (silent) {
        speaking.delete(userId);
        unheard.delete(userId);
        return;
      }
      speaking.set(userId, arrivalUs);
      unopenedUs = undefined;
    },
    unopened(arrivalUs) {
      const goesOn = unopenedUs !== undefined && arrivalUs - unopenedUs.last < STILL_COMING_US;
      const first = present?.trouble === 'undecryptable' || goesOn ? unopenedUs?.first : undefined;
      unopenedUs = { first: first ?? arrivalUs, last: Math.max(unopenedUs?.last ?? 0, arrivalUs) };
    },
    quiet(userId) {
      speaking.delete(userId);
      unheard.delete(userId);
    },
    serverDeaf(deaf, nowUs) {
      moderatedUs = deaf ? nowUs : undefined;
    },
    look(sight) {
      const actions: WatchAction[] = [];
      const arrived = takeArrivals(sight);
      const end = present && ended(present, arrived, sight.nowUs);
      if (present !== undefined && end !== undefined) {
        const { trouble, sinceUs, told } = present;
        actions.push({ type: 'over', trouble, sinceUs, told, ...end });
        present = undefined;
      }
      if (present === undefined) {
        const found = findTrouble(sight);
        if (found === undefined) return actions;
        present = { ...found, told: false, attempts: 0, nextStepUs: sight.nowUs };
        actions.push({ type: 'begun', ...found });
      }
      return [...actions, ...act(present, sight)];
    },
    trouble: () => present && { trouble: present.trouble, sinceUs: present.sinceUs },
  };
}
