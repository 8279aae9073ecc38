/** The documents of an export: a page to read, and the tracks put together for the programs that producers use. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SAMPLE_RATE_HZ } from '../session-clock.ts';
import { audacityFileList, audacityLabels } from './audacity.ts';
import { METADATA_ENTRY, metadataXml, PROJECT_ENTRY, projectXml } from './dawproject.ts';
import { reaperProject } from './reaper.ts';
import { oneLine, type Timeline } from './timeline.ts';
import { zipOf } from './zip.ts';

export interface Document {
  name: string;
  body: Buffer;
}

/** `base` begins every name; `notes` close the page to read. */
export function documentsOf(base: string, timeline: Timeline, notes: readonly string[]): Document[] {
  const { format, markers, tracks } = timeline;
  const document = (name: string, body: string): Document => ({
    name: `${base} - ${name}`,
    body: Buffer.from(body),
  });
  // Windows' own programs want both characters at the end of a line, and no other minds.
  const lines = (name: string, text: readonly string[]) =>
    document(name, text.map((line) => `${line}\r\n`).join(''));
  const fileNames = tracks.map(({ fileName }) => fileName);
  return [
    lines('00 Read me.txt', readMe(timeline, notes)),
    ...(markers.length > 0 ? [lines('00 Markers (Audacity).txt', audacityLabels(markers))] : []),
    lines('00 All tracks (Audacity).lof', audacityFileList(fileNames)),
    document('00 Project (Reaper).rpp', `${reaperProject(timeline)}\n`),
    // No importer of DAWproject is known to read Opus.
    ...(format === 'opus' ? [] : [dawproject(`${base} - 00 Project.dawproject`, timeline)]),
  ];
}

/** The tracks stay outside: inside they would double what there is to download. */
function dawproject(name: string, timeline: Timeline): Document {
  const modifiedAt = new Date(timeline.startedAtMs);
  const entry = (entryName: string, xml: string) => ({ name: entryName, body: Buffer.from(xml), modifiedAt });
  const body = zipOf([
    entry(PROJECT_ENTRY, projectXml(timeline, { external: true, folder: '' })),
    entry(METADATA_ENTRY, metadataXml(timeline)),
  ]);
  return { name, body };
}

function readMe(
  { title, startedAtMs, samples, markers, tracks }: Timeline,
  notes: readonly string[],
): string[] {
  return [
    oneLine(title),
    `From ${new Date(startedAtMs).toISOString()} on, ${(samples / SAMPLE_RATE_HZ).toFixed(3)} seconds.`,
    '',
    'All tracks begin at the same moment and are equally long: put them at zero and they are in step.',
    ...notes,
    '',
    ...tracks.map(({ fileName, name }) => `${oneLine(name)}: ${fileName}`),
    '',
    'Audacity: File > Import > Audio with the .lof, File > Import > Labels with the markers. Reaper: open the .rpp.',
    'Bitwig Studio, Cubase, Studio One and others: open the .dawproject where there is one. Keep it beside the tracks.',
    markers.length > 0 ? `${markers.length} markers are in place in each.` : 'No markers were set.',
  ];
}

export async function writeDocuments(folder: string, documents: readonly Document[]): Promise<void> {
  for (const { name, body } of documents) await writeFile(path.join(folder, name), body);
}
