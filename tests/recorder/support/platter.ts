/** A disk for tests of power cuts: beside every file stands what its last sync had brought to the platter. */
import {
  cpSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type Files, nodeFiles } from '../../../recorder/session/files.ts';

export interface Platter {
  files: Files;
  /** The folder as a power cut at this moment leaves it: of what no sync had brought to the disk, some is there. */
  cut(into: string, random: () => number): void;
}

const SECTOR_BYTES = 512;

/** For the files of `folder`, whose syncs take no time here. */
export function platterOf(folder: string, platter: string): Platter {
  const onPlatter = (file: string): string => path.join(platter, path.relative(folder, file));
  mkdirSync(path.join(platter, 'tracks'), { recursive: true });
  return {
    files: {
      ...nodeFiles,
      open(file, how) {
        const opened = nodeFiles.open(file, how);
        return {
          ...opened,
          sync() {
            copyFileSync(file, onPlatter(file));
            return Promise.resolve();
          },
        };
      },
      syncFolder: () => Promise.resolve(),
    },
    cut(into, random) {
      cpSync(platter, into, { recursive: true });
      for (const name of [
        'redo-0.log',
        'redo-1.log',
        ...readdirSync(path.join(folder, 'tracks')).map((each) => `tracks/${each}`),
      ]) {
        const written = readFileSync(path.join(folder, name));
        const target = path.join(into, name);
        const synced = existsSync(target) ? readFileSync(target) : Buffer.alloc(0);
        const fate = random();
        // The kernel writes in any order: nothing, everything, or some of the sectors that changed.
        if (fate < 0.4) continue;
        const left = Buffer.alloc(written.length);
        synced.copy(left);
        for (let at = 0; at < written.length; at += SECTOR_BYTES)
          if (fate > 0.8 || random() < 0.5) written.copy(left, at, at, at + SECTOR_BYTES);
        writeFileSync(target, left);
      }
    },
  };
}
