/** What the deafness watchdog and the tap tell, in the words of a session's journal. */
import { expect, test } from 'vitest';
import { watchHearing } from '../../recorder/hearing.ts';
import type { JournalNote } from '../../recorder/session/writer.ts';
import { noCounts, type TapCounts } from '../../recorder/voice/tap.ts';
import type { VoiceLink } from '../../recorder/voice/voice-link.ts';
import { manualClock } from './support/sample-session.ts';

/** A session that began when its clock showed 0, beside a connection that does what the test says. */
function listening() {
  const clock = manualClock();
  const notes: JournalNote[] = [];
  const holes: { startUs: number; endUs: number; reason: string }[] = [];
  const warnings: string[] = [];
  const counts: TapCounts = noCounts();
  const link = {
    counts: () => counts,
    receiving: () => true,
    canRejoin: () => true,
    recover: () => undefined,
  };
  const hearing = watchHearing({
    clock,
    writer: {
      note: (entry) => void notes.push(entry),
      gap: (hole) => void holes.push(hole),
      elapsedUs: () => clock.nowUs(),
    },
    link: () => link as Partial<VoiceLink> as VoiceLink,
    onWarning: (code) => void warnings.push(code),
  });
  hearing.connected();
  const until = (us: number, meanwhile: (nowUs: number) => void = () => undefined): void => {
    for (let nowUs = clock.nowUs(); nowUs < us;) {
      nowUs += 20_000;
      clock.set(nowUs);
      meanwhile(nowUs);
      hearing.tick();
    }
  };
  return { hearing, clock, counts, notes, holes, warnings, until };
}

test('packets for which there was no room are journalled, as packets that nobody claimed are', () => {
  const { hearing, notes, until } = listening();
  until(1_000_000, (nowUs) => hearing.facts.overflow(77, nowUs));
  until(2_000_000, (nowUs) => hearing.facts.unmapped(78, nowUs));
  until(20_000_000);
  expect(notes).toEqual([
    { type: 'not-heard', ssrc: 77, startUs: 20_000, endUs: 1_000_000, reason: 'overflow', packets: 50 },
    { type: 'not-heard', ssrc: 78, startUs: 1_020_000, endUs: 2_000_000, reason: 'unmapped', packets: 50 },
  ]);
});
