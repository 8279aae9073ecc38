/** The real disk: what the system is asked for, since whether it keeps its word only a power cut would show. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { scratchFolder } from '../support/scratch.ts';

const { fdatasync, fsync } = fs;
const asked: [string, number][] = [];
/** Before the module takes them. */
function listen(name: 'fdatasync' | 'fsync', real: typeof fdatasync): void {
  const heard = (fd: number, done: fs.NoParamCallback): void => {
    asked.push([name, fs.fstatSync(fd).ino]);
    real(fd, done);
  };
  Reflect.set(fs, name, heard);
}
listen('fdatasync', fdatasync);
listen('fsync', fsync);
syncBuiltinESMExports();
const { nodeFiles } = await import('../../../recorder/session/files.ts');

beforeEach(() => {
  asked.length = 0;
});
afterAll(() => {
  Object.assign(fs, { fdatasync, fsync });
  syncBuiltinESMExports();
});

const inodeOf = (file: string): number => fs.statSync(file).ino;

test('a file is synced by the system', async () => {
  const folder = scratchFolder();
  const [file, other] = [nodeFiles.open(`${folder}/a`, 'create'), nodeFiles.open(`${folder}/b`, 'create')];
  for (const each of [file, other]) each.write(Buffer.from('words'), 0);
  await file.sync();
  expect(asked).toEqual([['fdatasync', inodeOf(`${folder}/a`)]]);
  for (const each of [file, other]) each.close();
});

test('so are the names in a folder', async () => {
  const folder = scratchFolder();
  await nodeFiles.syncFolder(folder);
  expect(asked).toEqual([['fsync', inodeOf(folder)]]);
});
