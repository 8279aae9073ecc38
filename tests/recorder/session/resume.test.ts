import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readOggPages, readOpusPackets } from '../../../recorder/ogg/reader.ts';
import { readSession, readTrackPackets } from '../../../recorder/session/reader.ts';
import { recoverSession } from '../../../recorder/session/recover.ts';
import { prepareToResume, readInterruption, type ResumePoint } from '../../../recorder/session/resume.ts';
import { openSessionWriter } from '../../../recorder/session/writer.ts';
import { arrivals, conversation, numberOf, PERFECT, seededRandom, send } from '../support/network.ts';
import { HEADER, placementErrors, startRecording } from '../support/recording.ts';
import { manualClock } from '../support/sample-session.ts';
import { decodedSamples, hasProgram, opusinfo, scratchFolder } from '../support/scratch.ts';

const NETWORK = { ...PERFECT, loss: 0.02, jitterUs: 4000, duplicates: 0.01 };
const TICK_US = 20_000;

/** A copy of the folder as a `kill -9` at this moment would leave it. */
function killed(folder: string): string {
  const copy = path.join(scratchFolder(), 'killed');
  cpSync(folder, copy, { recursive: true });
  return copy;
}

async function resumeAt(folder: string): Promise<ResumePoint> {
  return prepareToResume(folder, (await readInterruption(folder))!);
}

/** A writer that goes on in `folder` when the session clock shows `resumedUs`, on a monotonic clock that began anew. */
async function resume(folder: string, resumedUs: number) {
  const clock = manualClock(5_000_000);
  const startUs = clock.nowUs() - resumedUs;
  const point = await resumeAt(folder);
  const nowMs = () => HEADER.startedAtMs + (clock.nowUs() - startUs) / 1000;
  const writer = openSessionWriter(folder, HEADER, clock, { resumeAt: point, nowMs });
  let tickUs = resumedUs;
  const until = (us: number) => {
    for (; tickUs <= us; tickUs += TICK_US) {
      clock.set(startUs + tickUs);
      writer.tick();
    }
    clock.set(startUs + us);
  };
  return { writer, point, startUs, until };
}

describe('killed in mid-sentence and continued', () => {
  const CRASH_US = 33_333_333;
  const RESUMED_US = 41_000_000;

  let scratch: string;
  let told: Awaited<ReturnType<typeof killAndContinue>>;
  beforeAll(async () => {
    scratch = mkdtempSync(path.join(tmpdir(), 'stagecast-resume-'));
    told = await killAndContinue();
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  async function killAndContinue() {
    const folder = path.join(scratch, 'session');
    const random = seededRandom(5);
    const speakers = ['1', '2', '3'].map((userId) =>
      send({ spurts: conversation(80e6, random), userId, ssrc: Number(userId) }, NETWORK, random),
    );
    const packets = arrivals(speakers.flat(), NETWORK, random);
    const recording = startRecording(folder, {
      nowMs: () => HEADER.startedAtMs + recording.clock.nowUs() / 1000,
    });
    await recording.writer.marker('Before', '9');
    recording.writer.person({ userId: '1', displayName: 'Ada', bot: false });
    recording.play(packets.filter(({ arrivalUs }) => arrivalUs < CRASH_US));
    recording.until(CRASH_US);
    const copy = path.join(scratch, 'killed');
    cpSync(folder, copy, { recursive: true });
    const before = await readSession(copy);
    const { writer, startUs, until } = await resume(copy, RESUMED_US);
    for (const packet of packets.filter(({ arrivalUs }) => arrivalUs >= RESUMED_US)) {
      until(packet.arrivalUs);
      // Another connection gives other SSRCs.
      writer.receive({ ...packet, ssrc: packet.ssrc + 100, arrivalUs: startUs + packet.arrivalUs });
    }
    const marked = await writer.marker('After', '9');
    const manifest = await writer.seal('stop');
    return { copy, speakers, before, after: await readSession(copy), manifest, marked };
  }

  test('one session: every packet before and after stands in its place, and nothing between', async () => {
    const { speakers, before, after } = told;
    expect(after).toMatchObject({
      sealed: true,
      sessionId: HEADER.sessionId,
      startedAtMs: HEADER.startedAtMs,
    });
    expect(after.tracks.map(({ number, userId }) => [number, userId])).toEqual(
      before.tracks.map(({ number, userId }) => [number, userId]),
    );
    for (const track of after.tracks) {
      const sent = speakers[Number(track.userId) - 1]!;
      const kept = new Set(
        (await Array.fromAsync(readTrackPackets(track))).map(({ opus }) => numberOf(opus)),
      );
      const wanted = sent.flatMap(({ lost, received: { arrivalUs } }, number) =>
        !lost && (arrivalUs < CRASH_US - 200_000 || arrivalUs >= RESUMED_US) ? [number] : [],
      );
      expect(wanted.filter((number) => !kept.has(number))).toEqual([]);
      for (const { indexUs, fileUs } of await placementErrors(track, sent)) {
        expect(Math.abs(indexUs)).toBeLessThan(4000);
        expect(Math.abs(fileUs)).toBeLessThanOrEqual(2500);
      }
    }
  });

  test('the gap is in the journal, from the last packet until it went on, and no packet stands in it', () => {
    const { after, before } = told;
    const crash = after.gaps.filter(({ reason }) => reason === 'crash');
    expect(crash.find(({ track }) => track === 0)).toEqual({
      ...{ track: 0, reason: 'crash', startUs: before.durationUs },
      endUs: RESUMED_US,
    });
    for (const { number, spurts } of after.tracks)
      for (const gap of crash.filter(({ track }) => track === 0 || track === number))
        expect(spurts.filter(({ startUs, endUs }) => startUs < gap.endUs && endUs > gap.startUs)).toEqual([]);
  });

  test('markers and names of both lives are there, on one clock', () => {
    const { after, manifest, marked } = told;
    expect(after.markers.map(({ atUs, name }) => [atUs, name])).toEqual([
      [0, 'Before'],
      [marked, 'After'],
    ]);
    expect(marked).toBeGreaterThan(RESUMED_US);
    expect(after.tracks.find(({ userId }) => userId === '1')?.displayName).toBe('Ada');
    expect(manifest).toMatchObject({ reason: 'stop', durationUs: after.durationUs });
  });

  test('pages count on without a break, granules never go back, and other programs read the file', async ({
    skip,
  }) => {
    const { after } = told;
    for (const { opusPath } of after.tracks) {
      let next = 0;
      let granule = 0;
      for await (const { page } of readOggPages(opusPath)) {
        expect(page.sequence).toBe(next++);
        expect(page.granule).toBeGreaterThanOrEqual(granule);
        granule = page.granule;
      }
      let end = 0;
      for await (const { startSamples, samples } of readOpusPackets(opusPath)) end = startSamples + samples;
      expect(granule).toBe(end);
      expect(Math.abs(decodedSamples(opusPath) - (after.durationUs * 48) / 1000)).toBeLessThan(480);
      if (hasProgram('opusinfo', '-V')) expect(opusinfo(opusPath)).not.toMatch(/warning/i);
    }
    skip(!hasProgram('opusinfo', '-V'), 'opusinfo is not here: npm run setup -- --with bench installs it');
  });
});

test('who was speaking when it was killed misses a tail of their own, up to the last thing that is known', async () => {
  const folder = `${scratchFolder()}/session`;
  const recording = startRecording(folder);
  const talk = (userId: string, startUs: number, packets: number) =>
    send({ spurts: [{ startUs, packets }], userId, ssrc: Number(userId) }, PERFECT, seededRandom(1));
  // Two who are cut off, a moment apart; and one who had said all they wanted to.
  const sent = [...talk('1', 0, 500), ...talk('2', 70_000, 500), ...talk('3', 0, 50)];
  recording.play(
    sent
      .map(({ received }) => received)
      .filter(({ arrivalUs }) => arrivalUs < 3_333_333)
      .sort((a, b) => a.arrivalUs - b.arrivalUs),
  );
  const copy = killed(folder);
  const { durationUs, tracks } = await readSession(copy);
  const ends = new Map(tracks.map(({ number, spurts }) => [number, spurts.at(-1)!.endUs]));
  const cutOff = [...ends].filter(([, endUs]) => endUs < durationUs && endUs > durationUs - 200_000);
  expect(cutOff).toHaveLength(1);
  const { writer, until } = await resume(copy, 8_000_000);
  until(8_500_000);
  await writer.seal('stop');
  expect((await readSession(copy)).gaps).toEqual([
    ...cutOff.map(([track, startUs]) => ({ track, startUs, endUs: durationUs, reason: 'crash' })),
    { track: 0, startUs: durationUs, endUs: 8_000_000, reason: 'crash' },
  ]);
});

test('killed again while it went on, it goes on again; and sealed at last, it is whole', async () => {
  let folder = `${scratchFolder()}/session`;
  const random = seededRandom(8);
  const sent = send({ spurts: conversation(60e6, random) }, PERFECT, random);
  const recording = startRecording(folder);
  recording.play(sent.map(({ received }) => received).filter(({ arrivalUs }) => arrivalUs < 10e6));
  for (const [from, to] of [
    [15e6, 25e6],
    [30e6, 40e6],
    [45e6, 45.1e6],
  ] as const) {
    folder = killed(folder);
    const { writer, startUs, until } = await resume(folder, from);
    for (const { received } of sent.filter(({ received: r }) => r.arrivalUs >= from && r.arrivalUs < to)) {
      until(received.arrivalUs);
      writer.receive({ ...received, arrivalUs: startUs + received.arrivalUs });
    }
    until(to);
  }
  const manifest = await recoverSession(killed(folder));
  expect(manifest.gaps.filter(({ reason, track }) => reason === 'crash' && track === 0)).toHaveLength(3);
  expect(manifest.tracks[0]!.packets).toBeGreaterThan(0);
  for (const { indexUs } of await placementErrors((await readSession(folder)).tracks[0]!, sent))
    expect(Math.abs(indexUs)).toBeLessThan(1000);
});

test('a clock that was set back does not send the session back', async () => {
  const folder = `${scratchFolder()}/session`;
  const sent = send({ spurts: [{ startUs: 0, packets: 100 }] }, PERFECT, seededRandom(1));
  const recording = startRecording(folder);
  recording.play(sent.map(({ received }) => received));
  recording.until(2_500_000);
  const point = await resumeAt(killed(folder));
  expect(point.clockAtUs(HEADER.startedAtMs - 3_600_000)).toBe(point.lastUs);
  expect(point.clockAtUs(HEADER.startedAtMs + 60_000)).toBe(60e6);
});

test('the place is found by the last note of the time of day, whatever the clock was set to before it', async () => {
  const folder = `${scratchFolder()}/session`;
  const step = { ms: 0 };
  const recording = startRecording(folder, {
    nowMs: () => HEADER.startedAtMs + step.ms + recording.clock.nowUs() / 1000,
  });
  recording.until(10e6);
  step.ms = 120_000;
  recording.until(65e6);
  recording.writer.note({ type: 'moved', channelId: '201' });
  const copy = killed(folder);
  const interruption = (await readInterruption(copy))!;
  expect(interruption).toMatchObject({ channelId: '201', header: HEADER });
  expect(Math.abs(interruption.interruptedAtMs - (HEADER.startedAtMs + 120_000 + 65_000))).toBeLessThan(50);
  expect((await resumeAt(copy)).clockAtUs(HEADER.startedAtMs + 120_000 + 90_000)).toBeCloseTo(90e6, -4);
});

test('killed while it was being sealed, it is over', async () => {
  const folder = `${scratchFolder()}/session`;
  const recording = startRecording(folder);
  recording.play(
    send({ spurts: [{ startUs: 0, packets: 50 }] }, PERFECT, seededRandom(1)).map((s) => s.received),
  );
  await recording.seal();
  const copy = killed(folder);
  rmSync(path.join(copy, 'manifest.json'));
  expect(await readInterruption(copy)).toBeUndefined();
});

test('killed after its end was announced, it is over, and ended as was asked', async () => {
  const folder = `${scratchFolder()}/session`;
  const recording = startRecording(folder);
  recording.play(
    send({ spurts: [{ startUs: 0, packets: 100 }] }, PERFECT, seededRandom(1)).map(
      ({ received }) => received,
    ),
  );
  await recording.writer.stopping('max-length');
  const copy = killed(folder);
  expect(await readInterruption(copy)).toBeUndefined();
  expect(await recoverSession(copy)).toMatchObject({ reason: 'max-length', tracks: [{ number: 1 }] });
});
