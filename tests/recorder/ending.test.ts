/** The end of a recording, while everything else goes on. */
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { readSession } from '../../recorder/session/reader.ts';
import { openCall, speech } from './voice/call.ts';
import type { Call } from './voice/call.ts';

let open: Call | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

test('every marker that was acknowledged while it was sealed is in it, and the others are refused', async () => {
  const call = (open = await openCall());
  const { sessionId } = await call.start();
  const said = call.room.addSpeaker('300000000000000001').speak(speech(40, 1));
  await call.play(1_000_000);
  await said;
  const mark = (name: string) =>
    call.core.receive({ type: 'marker', requestId: name, sessionId, name, byUserId: '1' });
  mark('before');
  call.core.receive({ type: 'stop', requestId: 'stop', sessionId });
  for (let count = 0; call.core.live().length > 0; count += 1) {
    mark(`m${count}`);
    await nextTurn();
  }
  await call.app.next('stopped');
  const answers = call.app.messages.flatMap((message) =>
    message.type === 'marked' || message.type === 'refused' ? [message] : [],
  );
  const { markers } = await readSession(path.join(call.dataFolder, 'sessions', sessionId));
  const taken = answers.filter(({ type }) => type === 'marked').map(({ requestId }) => requestId);
  expect(taken).toContain('before');
  expect(markers.map(({ name }) => name).sort()).toEqual(taken.sort());
  const refused = answers.flatMap((answer) => (answer.type === 'refused' ? answer.code : []));
  expect(new Set(refused)).toEqual(new Set(['stopping']));
});
