/** Wishes to be forgotten that come to a recorder: several at once, in many folders, some of which are broken. */
import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openRecorderCore } from '../../recorder/core.ts';
import { PROTOCOL_VERSION, toApplication, type ToApplication } from '../../recorder/protocol.ts';
import { readSession } from '../../recorder/session/reader.ts';
import { recoverSession } from '../../recorder/session/recover.ts';
import { writeSampleSession, type SampleSpeaker } from './support/sample-session.ts';
import { scratchFolder } from './support/scratch.ts';
import { collectLogs } from './voice/call.ts';

const guildId = '100';
const [ada, ben, cem, dan] = ['501', '502', '503', '504'].map((id) => `${id}00000000000000`) as [
  string,
  string,
  string,
  string,
];
const speaker = (userId: string, displayName: string): SampleSpeaker => ({
  ...{ userId, displayName },
  spurts: [
    { startUs: 100_000, packets: Array.from({ length: 40 }, (_, at) => Uint8Array.of(0xf8, at, 7, 7)) },
  ],
});
const everybody = [speaker(ada, 'Ada'), speaker(ben, 'Ben'), speaker(cem, 'Cem'), speaker(dan, 'Dan')];

/** A recorder that was started over these sessions, with an application that takes them in at once. */
async function openRecorder(sessions: number, speakers: readonly SampleSpeaker[] = everybody) {
  const dataFolder = scratchFolder();
  const sessionsFolder = path.join(dataFolder, 'sessions');
  await mkdir(sessionsFolder, { recursive: true });
  const ids = Array.from({ length: sessions }, () => randomUUID()).sort();
  const folderOf = (sessionId: string) => path.join(sessionsFolder, sessionId);
  for (const sessionId of ids)
    await writeSampleSession(folderOf(sessionId), { sessionId, guildId, speakers });
  const answers = new Map<string, (message: ToApplication) => void>();
  const told: ToApplication[] = [];
  const { logger } = collectLogs();
  const core = await openRecorderCore({
    ...{ dataFolder, logger, diskFloorBytes: 0 },
    send(message) {
      const carried = toApplication.parse(JSON.parse(JSON.stringify(message)));
      told.push(carried);
      if ('requestId' in carried) answers.get(carried.requestId)?.(carried);
    },
  });
  onTestFinished(() => core.stop());
  core.receive({ type: 'hello', protocolVersion: PROTOCOL_VERSION });
  for (const sessionId of ids) core.receive({ type: 'acknowledge', sessionId });
  const erase = (userId: string): Promise<ToApplication> =>
    new Promise((resolve) => {
      const requestId = randomUUID();
      answers.set(requestId, resolve);
      core.receive({ type: 'erase', requestId, guildId, userId });
    });
  return { ids, folderOf, told, erase };
}

test('several at once in the same recordings: each is carried out, and none is lost', async () => {
  const { ids, folderOf, erase } = await openRecorder(3);
  const answers = await Promise.all([erase(ada), erase(ben), erase(cem), erase(ada)]);
  for (const answer of answers.slice(0, 3)) expect(answer).toMatchObject({ type: 'erased', sessionIds: ids });
  for (const sessionId of ids) {
    const journal = await readFile(path.join(folderOf(sessionId), 'journal.jsonl'), 'utf8');
    for (const userId of [ada, ben, cem]) expect(journal).not.toContain(userId);
    const session = await readSession(folderOf(sessionId));
    expect(session.tracks.map(({ userId }) => userId)).toEqual([dan]);
    expect(session.erasedTracks).toBe(3);
  }
});

test('a folder that cannot be changed is named, and keeps no other waiting; its wish is carried out at the next start', async () => {
  const { ids, folderOf, erase } = await openRecorder(3);
  // Where wishes are filed stands a file.
  await writeFile(path.join(folderOf(ids[0]!), 'erasing'), '');
  expect(await erase(ada)).toMatchObject({ sessionIds: ids.slice(1), failed: [ids[0]] });
});

test('who only listened is struck from the ledgers, and nothing has to be made again', async () => {
  const { ids, folderOf, told, erase } = await openRecorder(1);
  await erase(ada);
  const journal = path.join(folderOf(ids[0]!), 'journal.jsonl');
  const listener = '50900000000000000';
  const ledger = { type: 'told', atUs: 0, channelId: '1', messageId: '2', userIds: [ben, listener] };
  await appendFile(journal, `${JSON.stringify(ledger)}\n`);
  const before = told.filter(({ type }) => type === 'sealed').length;
  expect(await erase(listener)).toMatchObject({ sessionIds: [], live: [], failed: [] });
  expect(await readFile(journal, 'utf8')).not.toContain(listener);
  expect(told.filter(({ type }) => type === 'sealed')).toHaveLength(before);
});

test.each(['', '{"version":1,"sess'])(
  'a manifest that the disk did not keep (%j) is made anew',
  async (left) => {
    const dataFolder = scratchFolder();
    const sessionId = randomUUID();
    const folder = path.join(dataFolder, 'sessions', sessionId);
    await writeSampleSession(folder, { sessionId, guildId, speakers: everybody });
    const manifest = path.join(folder, 'manifest.json');
    const whole = await readFile(manifest, 'utf8');
    await writeFile(manifest, left);
    expect(await recoverSession(folder)).toEqual(JSON.parse(whole));
    expect(await readFile(manifest, 'utf8')).toBe(whole);
  },
);
