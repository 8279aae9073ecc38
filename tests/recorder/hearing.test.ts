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
    channelId: () => '1',
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

/** Alice speaks for two seconds, and is cut off in mid-word. */
function cutOff() {
  const world = listening();
  const { hearing, counts, until } = world;
  until(2_000_000, (arrivalUs) => {
    counts.received += 1;
    const packet = { userId: 'alice', ssrc: 1, sequence: 0, timestamp: 0, marker: false, arrivalUs };
    hearing.heard({ ...packet, opus: Buffer.from([0xfc, 1, 2, 3]) });
  });
  return world;
}

test.each(['short', 'version', 'payload-type', 'forged'] as const)(
  'datagrams that are none of the voice server’s (%s) do not pass for hearing',
  (stray) => {
    const { counts, hearing, until, warnings } = cutOff();
    until(12_000_000, () => {
      counts.received += 1;
      counts[stray] += 1;
    });
    expect(warnings).toEqual(['deaf']);
    expect(hearing.health()).toBe('deaf');
  },
);

test('what is found to be forged only when its key comes is no hearing either', () => {
  const { counts, until, warnings } = cutOff();
  until(12_000_000, (nowUs) => {
    // Held without a key at first, then all of it found out at once.
    if (nowUs === 2_100_000) counts.received += 50;
    if (nowUs === 5_000_000) counts.forged += 50;
  });
  expect(warnings).toEqual(['deaf']);
});

test('the hole of a deafness that lasts to the end is marked once', () => {
  const { clock, hearing, holes, until } = cutOff();
  until(9_000_000);
  hearing.close();
  expect(holes).toEqual([{ startUs: 2_000_000, endUs: 9_000_000, reason: 'deaf' }]);
  clock.set(9_500_000);
  hearing.voiceState({ user_id: 'alice', channel_id: null });
  hearing.tick();
  hearing.close();
  expect(holes).toHaveLength(1);
});
