/** Where the files of a session folder are. */
import path from 'node:path';

export const journalPath = (folder: string): string => path.join(folder, 'journal.jsonl');
export const manifestPath = (folder: string): string => path.join(folder, 'manifest.json');
/** Two, while a session is not sealed. */
export const redoPaths = (folder: string): string[] =>
  ['redo-0.log', 'redo-1.log'].map((name) => path.join(folder, name));
/** What other rooms made of the tracks and keep; not part of the recording. */
export const derivedFolder = (folder: string): string => path.join(folder, 'derived');
export const tracksFolder = (folder: string): string => path.join(folder, 'tracks');

export interface TrackPaths {
  opusPath: string;
  indexPath: string;
}

/** `01.opus` and `01.index`, ... : people's names stay out of paths. */
export function trackPaths(folder: string, number: number): TrackPaths {
  const stem = path.join(tracksFolder(folder), String(number).padStart(2, '0'));
  return { opusPath: `${stem}.opus`, indexPath: `${stem}.index` };
}
