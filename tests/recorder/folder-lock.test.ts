import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { acquireLock, FolderInUseError, type LockHolder } from '../../recorder/folder-lock.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stagecast-lock-'));
const lockPath = path.join(folder, 'lock');
afterEach(() => fs.rmSync(lockPath, { force: true }));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const holder = (fields: Partial<LockHolder>): LockHolder => ({
  pid: process.pid,
  command: 'stagecast all',
  since: '2026-11-22T19:00:00.000Z',
  startMark: null,
  token: 'theirs',
  ...fields,
});
const leave = (content: string) => fs.writeFileSync(lockPath, content);
const tryLock = () => acquireLock(lockPath, { command: 'stagecast bot' });

test('is taken once, and again after its release', () => {
  const release = tryLock();
  expect(tryLock).toThrow(FolderInUseError);
  release();
  tryLock()();
  expect(fs.readdirSync(folder)).toEqual([]);
});

test('the error names who holds the folder, since when, and the remedy', () => {
  leave(JSON.stringify(holder({})));
  expect(tryLock).toThrow(
    `${folder} is in use by process ${process.pid} (stagecast all) since 2026-11-22T19:00:00.000Z. ` +
      'Stop that process, or give this one another data folder.',
  );
});

test('a process that is gone holds nothing', async () => {
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await once(child, 'exit');
  leave(JSON.stringify(holder({ pid: child.pid! })));
  tryLock()();
});

test.skipIf(!fs.existsSync('/proc/self/stat'))(
  'a dead process that nobody buried holds nothing',
  async () => {
    // The shell's child ends; the shell has become a program that never asks for the exit code.
    const shell = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(shell.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    const state = () => fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0];
    await expect.poll(state).toBe('Z');
    leave(JSON.stringify(holder({ pid })));
    tryLock()();
    shell.kill('SIGKILL');
    await once(shell, 'exit');
  },
);

test.skipIf(!fs.existsSync('/proc/self/stat'))('a later process with the same pid holds nothing', () => {
  leave(JSON.stringify(holder({ startMark: 'another boot:1' })));
  tryLock()();
});

test.each(['', '{"pid":', 'null', '[]', '"x"', '{}'])(
  'what is no lock of ours (%j) holds nothing',
  (content) => {
    leave(content);
    tryLock()();
  },
);

test('a release leaves alone what somebody else has taken since', () => {
  const release = tryLock();
  const theirs = JSON.stringify(holder({}));
  leave(theirs);
  release();
  expect(fs.readFileSync(lockPath, 'utf8')).toBe(theirs);
});

test('makes the folder it stands in', () => {
  const deepPath = path.join(folder, 'not', 'there', 'lock');
  acquireLock(deepPath, { command: 'x' })();
  fs.rmSync(path.join(folder, 'not'), { recursive: true });
});
