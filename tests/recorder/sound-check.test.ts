/** A sound check against the simulated voice server: what it hears, and that nothing of it stays. */
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openCall, botId, speech } from './voice/call.ts';
import type { Call } from './voice/call.ts';

const alice = '300000000000000001';
const listenMs = 300;

let open: Call | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** A check that has joined, and half a second of Alice and the five packets that end it, five lost. */
async function checking(): Promise<Call> {
  const call = (open = await openCall());
  call.core.receive({ type: 'check', requestId: 'check', session: call.request(), listenMs });
  await call.room.whenConnected(botId);
  const speaker = call.room.addSpeaker(alice);
  void speaker.speak(speech(25, 1));
  await call.play(100_000);
  call.voice.faults.lossRate = 1;
  await call.play(100_000);
  call.voice.faults.lossRate = 0;
  await call.play(400_000);
  return call;
}

const foldersOf = (call: Call, name: string) =>
  readdir(path.join(call.dataFolder, name)).catch(() => [] as string[]);

test('says whom it heard with what loss, is no session, and is removed when it was measured', async () => {
  const call = await checking();
  expect(call.core.live()).toEqual([]);
  const { check } = await call.app.next('checked');
  expect(check.speakers).toMatchObject([{ userId: alice, packets: 25, lost: 5, audioUs: 500_000 }]);
  expect((await stat(check.speakers[0]!.opusPath)).size).toBeGreaterThan(0);
  expect(await foldersOf(call, 'sessions')).toEqual([]);
  expect(call.app.messages.some(({ type }) => type === 'sealed')).toBe(false);

  call.core.receive({ type: 'check-done', sessionId: check.sessionId });
  await expect.poll(() => foldersOf(call, 'sound-checks')).toEqual([]);
  // The voice connection is free again.
  await call.start();
});

test('nothing else starts meanwhile, and none starts beside a recording', async () => {
  const call = await checking();
  call.core.receive({ type: 'start', requestId: 'start', session: call.request() });
  expect(await call.app.next('refused')).toMatchObject({ requestId: 'start', code: 'checking' });
  await call.app.next('checked');
  const from = call.app.messages.length;
  await call.start();
  call.core.receive({ type: 'check', requestId: 'again', session: call.request(), listenMs });
  expect(await call.app.next('refused', from)).toMatchObject({
    requestId: 'again',
    code: 'already-recording',
  });
});

test('a recorder that is stopped in the middle of it, or was killed, leaves nothing of it', async () => {
  const call = await checking();
  expect(await foldersOf(call, 'sound-checks')).toHaveLength(1);
  await call.core.stop();
  expect(await foldersOf(call, 'sound-checks')).toEqual([]);

  const dataFolder = await mkdtemp(path.join(os.tmpdir(), 'stagecast-check-'));
  try {
    await mkdir(path.join(dataFolder, 'sound-checks', 'x', 'tracks'), { recursive: true });
    await writeFile(path.join(dataFolder, 'sound-checks', 'x', 'tracks', '01.opus'), 'of a crash');
    const next = await openCall({ dataFolder });
    expect(await readdir(dataFolder)).not.toContain('sound-checks');
    await next.close();
  } finally {
    await rm(dataFolder, { recursive: true, force: true });
  }
});
