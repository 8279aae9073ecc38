/** The end of a recording, while everything else goes on. */
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { readSession } from '../../recorder/session/reader.ts';
import { unwellFiles } from './support/files.ts';
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

async function speaking(options: Parameters<typeof openCall>[0] = {}) {
  const files = unwellFiles();
  const call = (open = await openCall({ files, sealRetryMs: 20, ...options }));
  const { sessionId } = await call.start();
  const said = call.room.addSpeaker('300000000000000001').speak(speech(400, 1));
  void said.catch(() => undefined);
  await call.play(1_000_000);
  const session = () => readSession(path.join(call.dataFolder, 'sessions', sessionId));
  const warnings = () => call.app.messages.flatMap((each) => (each.type === 'warning' ? each.code : []));
  return { call, files, sessionId, session, warnings };
}

/** The network does not care who listens. */
async function pass(call: Call, until: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !until(); turn += 1) {
    await call.clock.advance(20_000);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

test.each(['ENOSPC', 'EDQUOT'] as const)(
  'a disk that says %s ends the session by itself, with what it has',
  async (code) => {
    const { call, files, session } = await speaking();
    files.refuse = { pathEnds: '.opus', code };
    await pass(call, () => call.core.live().length === 0);
    files.refuse = null;
    expect((await call.app.next('sealed')).session).toMatchObject({ reason: 'disk-full', speakers: 1 });
    expect((await session()).tracks[0]!.packets).toBeGreaterThan(40);
  },
);

test('a disk that is faulty ends nothing: the host is told, and the rest goes on', async () => {
  const { call, files, warnings } = await speaking();
  files.refuse = { pathEnds: '.index', code: 'EIO' };
  await pass(call, () => warnings().length > 0);
  expect(warnings()).toEqual(['disk']);
  expect(call.core.live()).toHaveLength(1);
});

test('an end that the disk does not take: the host is told, others may begin, and it is sealed when the disk takes it', async () => {
  const { call, files, sessionId, session, warnings } = await speaking();
  files.refuse = { pathEnds: `${sessionId}/journal.jsonl`, code: 'EIO' };
  call.core.receive({ type: 'stop', requestId: 'stop', sessionId, reason: 'max-length' });
  expect(await call.app.next('refused')).toMatchObject({ requestId: 'stop', code: 'failed' });
  expect(call.core.live()).toEqual([]);
  expect(warnings()).toContain('seal-failed');
  expect((await session()).sealed).toBe(false);
  // It was tried again meanwhile, and nobody is told of that each time.
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(warnings().filter((code) => code === 'seal-failed')).toHaveLength(1);
  expect(call.app.messages.some(({ type }) => type === 'sealed')).toBe(false);
  files.refuse = null;
  expect((await call.app.next('sealed')).session).toMatchObject({
    ...{ sessionId, reason: 'max-length', speakers: 1 },
  });
  const { sealed, tracks } = await session();
  expect(sealed).toBe(true);
  expect(tracks[0]!.packets).toBeGreaterThan(45);
  expect(tracks[0]!.lost).toBe(0);
});

test('a recorder that ends leaves what it could not seal to the next one', async () => {
  const { call, files, sessionId, session } = await speaking();
  files.refuse = { pathEnds: `${sessionId}/journal.jsonl`, code: 'EIO' };
  await call.core.stop();
  files.refuse = null;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect((await session()).sealed).toBe(false);
});
