/** Peaks as a player reads them: a whole file of the format, or nothing. */
import { readFile } from 'node:fs/promises';
import { peaksFile } from '../../../src/mastering/peaks-file.ts';
import { PEAKS_HEADER_BYTES, peaksHeader, type PeaksZoom } from '../../../src/mastering/peaks.ts';

export function parsePeaks(file: Buffer): PeaksZoom | undefined {
  if (file.length < PEAKS_HEADER_BYTES) return undefined;
  const minMax = new Int8Array(file.subarray(PEAKS_HEADER_BYTES));
  const zoom = { samplesPerPixel: file.readInt32LE(12), minMax };
  return peaksHeader(zoom).equals(file.subarray(0, PEAKS_HEADER_BYTES)) ? zoom : undefined;
}

export const readPeaks = async (
  folder: string,
  name: string,
  samplesPerPixel: number,
): Promise<PeaksZoom | undefined> => parsePeaks(await readFile(peaksFile(folder, name, samplesPerPixel)));
