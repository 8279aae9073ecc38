/** What the soak lets a gap of the journal excuse: what nobody could hear, and not what was lost beside it. */
import { expect, test } from 'vitest';
import { judge } from '../../bench/soak/judge.ts';
import type { GapReason } from '../../recorder/session/reader.ts';
import type { VoiceRoom } from '../../src/simulator/voice/contract.ts';
import type { TruthPacket } from '../../src/simulator/voice/truth.ts';
import { PERFECT, seededRandom, send } from '../recorder/support/network.ts';
import { startRecording } from '../recorder/support/recording.ts';
import { scratchFolder } from '../recorder/support/scratch.ts';

const KILLED_US = 4_000_000;
const BACK_US = 7_000_000;

/** Ten seconds of one speaker, of which packets are missing; the recorder was killed after four and came back after seven. */
async function verdictOf(
  missing: (sentUs: number) => boolean,
  more: readonly [GapReason, number, number][] = [],
) {
  const folder = `${scratchFolder()}/session`;
  const recording = startRecording(folder);
  const sent = send({ spurts: [{ startUs: 0, packets: 500 }] }, PERFECT, seededRandom(1));
  recording.play(sent.map(({ received }) => received).filter(({ arrivalUs }) => !missing(arrivalUs)));
  recording.writer.gap({ startUs: KILLED_US, endUs: BACK_US, reason: 'crash' });
  for (const [reason, startUs, endUs] of more) recording.writer.gap({ startUs, endUs, reason });
  await recording.seal();
  const truth = sent.map(({ trueUs, received: { opus } }) => ({
    ...{ dueUs: trueUs, sentUs: trueUs, silence: false, recipients: 1 },
    opus: Buffer.from(opus!),
  }));
  const room = { truth: { userIds: () => ['1'], of: () => truth as unknown as TruthPacket[] } };
  return judge({
    ...{ folder, room: room as unknown as VoiceRoom, sinceUs: 0, continued: true, markers: [] },
    recorderKilledUs: KILLED_US,
  });
}
const away = (us: number) => us >= KILLED_US - 100_000 && us < BACK_US;

test('what was said while nobody was there is no loss, and a tail is told by its length', async () => {
  const verdict = await verdictOf(away);
  expect(verdict).toMatchObject({ lost: 0, unreadMs: 0, tracks: 1, complaints: [] });
  expect(verdict.tailMs).toBeGreaterThan(80);
  expect(verdict.tailMs).toBeLessThanOrEqual(100);
});

test.each<[string, (us: number) => boolean, number, [GapReason, number, number][]]>([
  [
    'long before the kill, though a gap says “crash”',
    (us) => us >= 1e6 && us < 1.2e6,
    10,
    [['crash', 0.9e6, 7e6]],
  ],
  ['long after the recorder was back', (us) => us >= 9e6 && us < 9.2e6, 10, []],
  [
    'before the kill, though a gap says “undecryptable”',
    (us) => us >= 1e6 && us < 1.2e6,
    10,
    [['undecryptable', 0, 2e6]],
  ],
])('lost is what was lost %s', async (_, also, lost, gaps) => {
  expect((await verdictOf((us) => away(us) || also(us), gaps)).lost).toBe(lost);
});

test('how long the group took to let the recorder in is told', async () => {
  const verdict = await verdictOf((us) => us >= KILLED_US && us < 8.5e6, [['undecryptable', BACK_US, 8.5e6]]);
  expect(verdict.lost).toBe(0);
  expect(verdict.unreadMs).toBeGreaterThan(1_400);
  expect(verdict.unreadMs).toBeLessThanOrEqual(1_500);
});
