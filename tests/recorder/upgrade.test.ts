/** An application of another release costs a running recording nothing. (One that is killed, or stands still: main.test.ts.) */
import { afterEach, expect, test } from 'vitest';
import { expectAllKept, openCall, speech } from './voice/call.ts';
import type { Call } from './voice/call.ts';

let call: Call | undefined;
afterEach(async () => {
  await call?.close();
  call = undefined;
});

test('another version says hello in mid-sentence: it is turned away, and the recording goes on', async () => {
  call = await openCall();
  const startUs = call.clock.nowUs();
  await call.start();
  const said = call.room.addSpeaker('300000000000000001').speak(speech(60, 1));
  await call.play(300_000);
  call.app.die();
  const welcomes = call.app.messages.filter(({ type }) => type === 'welcome').length;
  call.core.receive({ type: 'hello', protocolVersion: 99 });
  await call.play(400_000);
  expect(call.app.messages.filter(({ type }) => type === 'welcome')).toHaveLength(welcomes);
  expect(call.logged.some((line) => line.includes('another version was turned away'))).toBe(true);
  // The right one comes at last, and learns what runs.
  const from = call.app.messages.length;
  call.app.connect();
  expect((await call.app.next('welcome', from)).live).toMatchObject([
    { sessionId: call.request().sessionId },
  ]);
  await call.play(1_500_000);
  await said;
  await call.stop();
  await expectAllKept(call, startUs);
});
