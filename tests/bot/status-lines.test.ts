/** The small print under a notice: what it says as a table, then how it follows a recording through a restart. */
import { afterEach, expect, test } from 'vitest';
import type { SessionStatus } from '../../recorder/protocol.ts';
import {
  ALL_IS_WELL,
  sessionLine,
  standingAfter,
  troubleOf,
  withLine,
  withoutLine,
  type Trouble,
} from '../../src/bot/recording/session-line.ts';
import { en } from '../../templates/messages/en.ts';
import { openHouse, type House } from './support/house.ts';

const well = { state: 'recording', health: 'good' } as const;

test.each<[Parameters<typeof troubleOf>[0], boolean, Trouble | undefined]>([
  [{ ...well }, false, undefined],
  [{ ...well, state: 'reconnecting' }, false, 'reconnecting'],
  [{ ...well, state: 'reconnecting', health: 'deaf' }, false, 'reconnecting'],
  [{ ...well, health: 'deaf' }, false, 'deaf'],
  [{ ...well, health: 'undecryptable', diskLeftMs: 60_000 }, false, 'undecryptable'],
  [{ ...well, health: 'server-deaf' }, false, 'server-deaf'],
  [{ ...well, diskLeftMs: 600_000 }, false, 'disk-low'],
  [{ ...well, diskLeftMs: 600_000 }, true, 'disk'],
])('%j, disk refuses: %s is %s', (status, diskRefuses, trouble) => {
  expect(troubleOf(status, diskRefuses)).toBe(trouble);
});

test('a line stands while there is trouble, and afterwards says what is missing', () => {
  const at = (sec: number, trouble: Trouble | undefined, before = ALL_IS_WELL) =>
    standingAfter(before, trouble, sec * 1000);
  const line = (standing: typeof ALL_IS_WELL, diskLeftMs?: number) => sessionLine(standing, diskLeftMs, en);
  expect(line(at(1, undefined))).toBeUndefined();
  const lost = at(100, 'reconnecting');
  expect(line(lost)).toBe(en.standing.reconnecting(100));
  expect(at(105, 'reconnecting', lost)).toBe(lost);
  const back = at(110, undefined, lost);
  const told = en.standing.wellAgain('the connection was lost', 100, 110);
  expect(line(back)).toBe(told);
  // A disk that filled and was cleared has nothing to add.
  const low = at(200, 'disk-low', back);
  expect(line(low, 610_000)).toBe(en.standing['disk-low'](10));
  expect(line(at(300, undefined, low))).toBe(told);
});

test('a line is told from the notice above it', () => {
  const notice = 'It is recorded.\nIt goes on.';
  expect(withoutLine(withLine(notice, 'lost'))).toBe(notice);
  expect(withoutLine(notice)).toBe(notice);
  expect(withLine(notice, undefined)).toBe(notice);
});

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

test('the notice says that the connection is lost, also in the words of the next application, and that it is back', async () => {
  const scene = (house = await openHouse());
  const { stage, lobby, host, account, core } = scene;
  host.joinVoice(stage, { speaker: true });
  await host.runCommand('record start', { channel: stage, title: 'Talk' }, lobby);
  await stage.room().whenConnected(account.userId);
  const [notice] = stage.messages();
  const words = en.notice.recording(`<@${host.id}>`, 'Talk');
  const becomes = (beginning: string) =>
    stage.nextMessage(({ id, content }) => id === notice!.id && content.startsWith(`${words}${beginning}`));
  const say = (more: Partial<SessionStatus>) =>
    scene.link().events.emit('status', { ...core.live()[0]!, ...more });

  say({});
  await expect.poll(() => (say({ state: 'reconnecting' }), stage.messages()[0]?.content)).not.toBe(words);
  await becomes('\n-# 🟠 The connection was lost');
  await becomes('\n-# 🟢 All is well again. From ');

  // The next application finds the notice, and what its predecessor wrote under it.
  await scene.die();
  await scene.start();
  await stage.nextMessage(({ id, content }) => id === notice!.id && content === words);
  expect(stage.messages()).toHaveLength(1);
  const stopped = await host.runCommand('record stop', {}, lobby);
  await stopped.until(({ content }) => content.includes('Nobody spoke'));
  await stage.nextMessage(({ id, content }) => id === notice!.id && content.startsWith('⏹️'));
});
