/** Audacity: markers as a label track, and a list that opens all tracks at once. Pure. */
import { oneLine } from './timeline.ts';

const seconds = (us: number): string => (us / 1e6).toFixed(6);

/** Start, end and name, by tabs: what File > Import > Labels reads (manual.audacityteam.org, "Importing and Exporting Labels"). */
export const audacityLabels = (markers: readonly { atUs: number; name: string }[]): string[] =>
  markers.map(({ atUs, name }) => `${seconds(atUs)}\t${seconds(atUs)}\t${oneLine(name)}`);

/** Files beside the list, each at 0 (manual.audacityteam.org, "LOF Files"). File names of ours hold no quotation mark. */
export const audacityFileList = (fileNames: readonly string[]): string[] =>
  fileNames.map((name) => `file "${name}" offset 0`);
