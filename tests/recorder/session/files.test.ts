/** The real disk: what the system is asked for, since whether it keeps its word only a power cut would show. */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../support/scratch.ts';

const MODULE = path.join(import.meta.dirname, '../../../recorder/session/files.ts');

/** In a process of its own, where the module finds the system's calls listened to. */
const SCRIPT = `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const asked = [];
  for (const name of ['fdatasync', 'fsync']) {
    const real = fs[name];
    fs[name] = (fd, done) => {
      asked.push([name, fs.fstatSync(fd).ino]);
      real(fd, done);
    };
  }
  syncBuiltinESMExports();
  const { nodeFiles } = await import(process.argv[1]);
  const folder = process.argv[2];
  const [file, other] = ['a', 'b'].map((name) => nodeFiles.open(folder + '/' + name, 'create'));
  for (const each of [file, other]) each.write(Buffer.from('words'), 0);
  await file.sync();
  await nodeFiles.syncFolder(folder);
  for (const each of [file, other]) each.close();
  console.log(JSON.stringify(asked));
`;

test('a file is synced by the system, and so are the names in a folder', () => {
  const folder = scratchFolder();
  const args = ['--no-warnings', '--input-type=module', '-e', SCRIPT, MODULE, folder];
  const asked = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as unknown;
  expect(asked).toEqual([
    ['fdatasync', statSync(`${folder}/a`).ino],
    ['fsync', statSync(folder).ino],
  ]);
});
