/** Peaks on the disk: one file a zoom, each there as a whole or not at all. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { peaksHeader, type PeaksZoom } from './peaks.ts';

/** Where the peaks of a track, or of the master, are kept beside a session. */
export const peaksFolder = (sessionFolder: string, track: number | 'master'): string =>
  path.join(sessionFolder, 'derived', track === 'master' ? track : String(track).padStart(2, '0'));

export const peaksFile = (folder: string, name: string, samplesPerPixel: number): string =>
  path.join(folder, `${name}-${samplesPerPixel}.dat`);

/** Makes the folder where it is missing. A file that was there is replaced in one step. */
export async function writePeaks(folder: string, name: string, zooms: readonly PeaksZoom[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const zoom of zooms) {
    const file = peaksFile(folder, name, zoom.samplesPerPixel);
    const draft = `${file}.${randomUUID()}.draft`;
    try {
      const handle = await open(draft, 'wx');
      try {
        await handle.writeFile(peaksHeader(zoom));
        await handle.writeFile(zoom.minMax);
      } finally {
        await handle.close();
      }
      await rename(draft, file);
    } finally {
      await rm(draft, { force: true });
    }
  }
}
