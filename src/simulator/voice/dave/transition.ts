/** Waits until everybody is ready for a transition (op 23), or long enough, then has it executed (op 22). */
import type { SimClock } from '../../clock.ts';
import type { Participant } from './participant.ts';

/** "roughly two seconds (due to the voice gateway transition timeout ...)": DAVE whitepaper, "Member Remove". */
const TIMEOUT_US = 2_000_000;

export interface Transitions {
  pending(): boolean;
  /** A fresh id, 1 to 65535; 0 is for what is executed at once. */
  nextId(): number;
  /** Waits for the connections among `participants`; members are ready as soon as they are told. */
  begin(id: number, participants: readonly Participant[], execute: () => void): void;
  ready(participant: Participant, id: number): void;
  /** The participant has left, or said that it cannot follow: nobody waits for it. */
  forget(participant: Participant): void;
  cancel(): void;
}

/** Looked at again this long after a transition was due and withheld. */
const WITHHELD_US = 100_000;

export function createTransitions(clock: SimClock, withheld = (): boolean => false): Transitions {
  let lastId = 0;
  let current:
    { id: number; waitingFor: Set<Participant>; finish: () => void; cancel: () => void } | undefined;
  const forget = (participant: Participant): void => {
    if (current?.waitingFor.delete(participant) && current.waitingFor.size === 0) current.finish();
  };
  return {
    pending: () => current !== undefined,
    nextId: () => (lastId = (lastId % 0xffff) + 1),
    begin(id, participants, execute) {
      const finish = (): void => {
        current?.cancel();
        if (current && withheld()) {
          current.cancel = clock.at(clock.nowUs() + WITHHELD_US, finish);
          return;
        }
        current = undefined;
        execute();
      };
      const waitingFor = new Set(participants.filter(({ kind }) => kind === 'connection'));
      current = { id, waitingFor, finish, cancel: clock.at(clock.nowUs() + TIMEOUT_US, finish) };
      if (waitingFor.size === 0) finish();
    },
    ready(participant, id) {
      if (current?.id === id) forget(participant);
    },
    forget,
    cancel() {
      current?.cancel();
      current = undefined;
    },
  };
}
