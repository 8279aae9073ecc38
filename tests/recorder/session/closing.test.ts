/** What comes while a session is sealed, or after it: nothing of it is acknowledged and lost, or lands in a file of others. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Files, nodeFiles, type OpenFile } from '../../../recorder/session/files.ts';
import { decodeJournal } from '../../../recorder/session/journal.ts';
import { readSession } from '../../../recorder/session/reader.ts';
import { SteadyFile } from '../../../recorder/session/steady-file.ts';
import { openSessionWriter } from '../../../recorder/session/writer.ts';
import { unwellFiles } from '../support/files.ts';
import { PERFECT, seededRandom, send } from '../support/network.ts';
import { HEADER, startRecording } from '../support/recording.ts';
import { manualClock } from '../support/sample-session.ts';
import { scratchFolder } from '../support/scratch.ts';

const words = () =>
  send({ spurts: [{ startUs: 0, packets: 100 }] }, PERFECT, seededRandom(1)).map(({ received }) => received);

/** Files of which the test sees how many are open. */
function countedFiles(files: Files): { files: Files; open: () => string[] } {
  const open = new Map<OpenFile, string>();
  return {
    files: {
      ...files,
      open(file, how) {
        const opened = files.open(file, how);
        const counted: OpenFile = {
          ...opened,
          close() {
            open.delete(counted);
            opened.close();
          },
        };
        open.set(counted, path.basename(file));
        return counted;
      },
    },
    open: () => [...open.values()],
  };
}

test('what is noted until the answer is out stands in the journal or nowhere, and in no file of others', async () => {
  const folder = scratchFolder();
  const recording = startRecording(path.join(folder, 'session'));
  recording.play(words());
  const sealing = { isOver: false };
  const sealed = recording.seal().finally(() => (sealing.isOver = true));
  // Meanwhile others begin files, which get the numbers of those that were closed.
  const others: string[] = [];
  while (!sealing.isOver) {
    const other = path.join(folder, `other-${others.length}`);
    const file = nodeFiles.open(other, 'create');
    others.push(other);
    recording.writer.note({ type: 'sound-effect', userId: '7', name: 'clap' });
    recording.writer.gap({ startUs: 0, endUs: 1, reason: 'deaf' });
    recording.writer.breakOff('1');
    recording.writer.person({ userId: '8', displayName: `Late ${others.length}`, bot: false });
    await nextTurn();
    file.close();
  }
  await sealed;
  expect(others.length).toBeGreaterThan(2);
  expect(others.filter((other) => readFileSync(other).length > 0)).toEqual([]);
  const journal = readFileSync(path.join(folder, 'session', 'journal.jsonl'));
  expect((await decodeJournal(journal)).entries.at(-1)).toMatchObject({ type: 'sealed' });
  // The checksums of the manifest are those of the files.
  const { journal: noted } = JSON.parse(
    readFileSync(path.join(folder, 'session', 'manifest.json'), 'utf8'),
  ) as { journal: { bytes: number } };
  expect(noted.bytes).toBe(journal.length);
});

test('a marker is refused once the session is sealed; that it ends is known by then', async () => {
  const folder = `${scratchFolder()}/session`;
  const { writer } = startRecording(folder);
  const before = writer.marker('Before', '1');
  const sealing = writer.seal('stop');
  await expect(writer.marker('Late', '1')).rejects.toThrow('sealed');
  await writer.stopping('empty');
  await sealing;
  await before;
  await writer.stopping('empty');
  expect((await readSession(folder)).markers.map(({ name }) => name)).toEqual(['Before']);
});

test('a seal that fails closes every file', async () => {
  const unwell = unwellFiles();
  const { files, open } = countedFiles(unwell);
  const recording = startRecording(`${scratchFolder()}/session`, { files });
  recording.play(words());
  unwell.refuse = { pathEnds: 'journal.jsonl', code: 'ENOSPC' };
  await expect(recording.seal()).rejects.toThrow('journal.jsonl');
  expect(open()).toEqual([]);
  await expect(recording.seal()).rejects.toThrow('sealed already');
});

test.each(['redo-0.log', 'redo-1.log'])('a session whose %s cannot be made leaves nothing', (name) => {
  const folder = `${scratchFolder()}/session`;
  const { files, open } = countedFiles({
    ...nodeFiles,
    open(file, how) {
      if (file.endsWith(name)) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      return nodeFiles.open(file, how);
    },
  });
  expect(() => openSessionWriter(folder, HEADER, manualClock(), { files })).toThrow('full');
  expect(open()).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

test('a file forgets its number when it is closed', async () => {
  const folder = scratchFolder();
  const file = nodeFiles.open(`${folder}/a`, 'create');
  file.close();
  const next = nodeFiles.open(`${folder}/b`, 'create');
  file.close();
  expect(() => file.write(Buffer.from('late'), 0)).toThrow(/a is closed/);
  expect(() => file.truncate(0)).toThrow(/a is closed/);
  await expect(file.sync()).rejects.toThrow(/a is closed/);
  next.write(Buffer.from('mine'), 0);
  next.close();
  expect(readFileSync(`${folder}/b`, 'utf8')).toBe('mine');
});

/** A file whose syncs end when the test says. */
function slowFile() {
  const written: Uint8Array[] = [];
  const ends: (() => void)[] = [];
  const file: OpenFile = {
    write: (bytes) => void written.push(bytes),
    truncate: () => undefined,
    sync: () => new Promise((resolve) => ends.push(resolve)),
    close: () => undefined,
  };
  return { file, written, ends };
}

test('a sync has ended when all that was written before it is durable, whoever began that', async () => {
  const { file, ends } = slowFile();
  const steady = new SteadyFile('j', file, 0, () => undefined);
  const ended: string[] = [];
  const sync = (name: string) => steady.sync().then(() => ended.push(name));
  steady.append(Buffer.from('a'));
  const syncs = [sync('round'), sync('marker')];
  steady.append(Buffer.from('b'));
  syncs.push(sync('later'));
  await nextTurn();
  expect(ended).toEqual([]);
  ends[1]!();
  await nextTurn();
  expect(ended).toEqual([]);
  ends[0]!();
  await Promise.all(syncs);
  expect(ended.toSorted()).toEqual(['later', 'marker', 'round']);
  await steady.sync();
  expect(ends).toHaveLength(2);
});

test('nothing is acknowledged by a file that was given up, or closed', async () => {
  const { file, written } = slowFile();
  const refusing: OpenFile = {
    ...file,
    write() {
      throw Object.assign(new Error('broken'), { code: 'EIO' });
    },
  };
  const given = new SteadyFile('given-up', refusing, 0, () => undefined);
  given.append(Buffer.alloc(1100 * 1024));
  given.append(Buffer.from('marker'));
  expect(given.gaveUp).toBe(true);
  await expect(given.sync()).rejects.toThrow('given-up');
  const closed = new SteadyFile('closed', file, 0, () => undefined);
  closed.close();
  closed.append(Buffer.from('late'));
  await expect(closed.sync()).rejects.toThrow('closed');
  expect(written).toEqual([]);
});

test('with a journal that the disk gave up a marker is refused, and so is the word that it ends', async () => {
  const files = unwellFiles();
  const { writer } = startRecording(`${scratchFolder()}/session`, { files });
  files.refuse = { pathEnds: 'journal.jsonl', code: 'EIO' };
  for (let count = 0; count < 1100; count += 1) writer.note({ type: 'filler', text: 'x'.repeat(1024) });
  files.refuse = null;
  await expect(writer.marker('Now', '1')).rejects.toThrow('journal');
  await expect(writer.stopping('stop')).rejects.toThrow('journal');
});
