import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SessionStatus, ToRecorder } from '../../recorder/protocol.ts';
import { createRecorderLink, RecorderRefusal } from '../../src/bot/recorder-link.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const sessionId = '00000000-0000-4000-8000-000000000001';
const session = {
  ...{ sessionId, guildId: '1', channelId: '2', selfUserId: '3', title: 'Talk', people: [] },
  startedBy: { userId: '4', displayName: 'Inès', bot: false },
  notice: { channelId: '2', messageId: '5', atMs: 1 },
};
const status: SessionStatus = {
  ...{ sessionId, guildId: '1', channelId: '2', title: 'Talk', state: 'recording', health: 'good' },
  ...{ startedAtMs: 1, elapsedUs: 2, speakers: [] },
};
const sealed = {
  ...{ sessionId, guildId: '1', channelId: '2', title: 'Talk', startedAtMs: 1 },
  ...{ durationUs: 2, speakers: 1, reason: 'stop' },
};

function open() {
  const sent: ToRecorder[] = [];
  let listener: (message: unknown) => void = () => undefined;
  const stopped = vi.fn();
  const link = createRecorderLink({
    send: (message) => void sent.push(message),
    onMessage(next) {
      listener = next;
      return stopped;
    },
  });
  const idOf = (index: number) => (sent[index] as { requestId: string }).requestId;
  return { link, sent, stopped, idOf, hear: (message: unknown) => listener(message) };
}

test('answers find their questions, whatever their order', async () => {
  const { link, idOf, hear } = open();
  const [first, second] = [link.marker(sessionId, 'one', '4'), link.marker(sessionId, 'two', '4')];
  hear({ type: 'marked', requestId: idOf(1), atUs: 222 });
  hear({ type: 'marked', requestId: idOf(0), atUs: 111 });
  expect([await first, await second]).toEqual([111, 222]);
});

test('a live session is known from the answer, the status and the welcome; and gone when it is', async () => {
  const { link, idOf, hear } = open();
  const starting = link.start(session);
  hear({ type: 'started', requestId: idOf(0), sessionId, startedAtMs: 9 });
  await expect(starting).resolves.toEqual({ startedAtMs: 9 });
  expect(link.liveIn('1')).toMatchObject({ sessionId, state: 'recording', startedAtMs: 9 });
  hear({ type: 'status', session: { ...status, elapsedUs: 77 } });
  expect(link.liveIn('1')?.elapsedUs).toBe(77);
  hear({ type: 'sealed', session: sealed });
  expect(link.live()).toEqual([]);
  const welcome = link.hello();
  hear({ type: 'welcome', recorderPid: 1, live: [status], sealed: [sealed] });
  await expect(welcome).resolves.toEqual({
    live: [status],
    sealed: [sealed],
    interrupted: [],
    overdueChecks: [],
  });
  expect(link.liveIn('1')).toEqual(status);
  expect(link.liveIn('other')).toBeUndefined();
});

test('a session that was told of while it joined is forgotten when the join is refused', async () => {
  const { link, idOf, hear } = open();
  const starting = link.start(session);
  hear({ type: 'status', session: { ...status, state: 'joining' } });
  hear({ type: 'refused', requestId: idOf(0), code: 'join-timeout', detail: 'too late' });
  await expect(starting).rejects.toMatchObject({ code: 'join-timeout', message: 'too late' });
  expect(link.live()).toEqual([]);
});

test('a session that has begun counts as begun, whatever was last told of it while it joined', async () => {
  const { link, idOf, hear } = open();
  const starting = link.start(session);
  hear({ type: 'status', session: { ...status, state: 'joining', startedAtMs: 1 } });
  expect(link.liveIn('1')).toMatchObject({ state: 'joining' });
  hear({ type: 'started', requestId: idOf(0), sessionId, startedAtMs: 9 });
  await starting;
  expect(link.liveIn('1')).toMatchObject({ state: 'recording', startedAtMs: 9 });
});

test('a move is known at once, and until people were told of it', () => {
  const { link, sent, hear } = open();
  hear({ type: 'status', session: status });
  hear({ type: 'warning', sessionId, code: 'moved', detail: '7' });
  expect(link.liveIn('1')).toMatchObject({ channelId: '7', untold: true });
  link.told(sessionId, { channelId: '7', messageId: '5', atMs: 1 }, ['4'], true);
  expect(link.liveIn('1')?.untold).toBeUndefined();
  expect(sent).toMatchObject([{ type: 'told', sessionId, userIds: ['4'], everyone: true }]);
});

test('a session that cannot be stopped is not believed to live for ever', async () => {
  const { link, idOf, hear } = open();
  hear({ type: 'status', session: status });
  const stopping = link.stop(sessionId);
  hear({ type: 'refused', requestId: idOf(0), code: 'failed', detail: 'the disk' });
  await expect(stopping).rejects.toBeInstanceOf(RecorderRefusal);
  expect(link.live()).toEqual([]);
});

test('a recorder that says nothing is a refusal after half a minute; a start that comes later is undone', async () => {
  const { link, sent, idOf, hear } = open();
  const starting = link.start(session);
  const refused = expect(starting).rejects.toMatchObject({ code: 'silent' });
  await vi.advanceTimersByTimeAsync(30_000);
  await refused;
  hear({ type: 'started', requestId: idOf(0), sessionId, startedAtMs: 9 });
  expect(sent.at(-1)).toMatchObject({ type: 'stop', sessionId });
});

test('what does not fit the protocol is told, and nothing else happens', () => {
  const { link, hear } = open();
  const unreadable = vi.fn();
  link.events.on('unreadable', unreadable);
  hear({ type: 'started' });
  hear('nonsense');
  hear({ type: 'from the future' });
  expect(unreadable).toHaveBeenCalledTimes(3);
  expect(link.live()).toEqual([]);
});

test('closing stops listening', () => {
  const { link, stopped } = open();
  link.close();
  expect(stopped).toHaveBeenCalledOnce();
});
