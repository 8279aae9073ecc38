/** `stagecast export`: a session's tracks for producers, straight from its folder, beside whatever else runs. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readSession } from '../../recorder/session/reader.ts';
import type { Config } from '../config.ts';
import { readZip } from '../mastering/exports/zip-body.ts';
import { layOutZip } from '../mastering/exports/zip.ts';
import { startExport, type ExportFormat, type ExportResult } from '../mastering/index.ts';
import { asMastered, type SoundOptions } from './mastered.ts';
import { RequestError } from './request-error.ts';
import { outFolderOf, sessionFolderOf, untilStopped } from './session-work.ts';

export interface ExportOptions extends SoundOptions {
  /** As they are in a master, instead of as recorded. */
  mastered?: boolean;
  out: string;
  format: ExportFormat;
  /** Microseconds. */
  from?: number;
  to?: number;
  title?: string;
  timeZone?: string;
  zip?: boolean;
}

/** Answers the exit code. Throws RenderError, and RequestError where no such session is. */
export async function exportToFolder(
  config: Config,
  session: string,
  options: ExportOptions,
): Promise<number> {
  const sessionFolder = await sessionFolderOf(config, session);
  const { from = 0, to = Number.MAX_SAFE_INTEGER, zip = false } = options;
  if (options.mastered && (options.format === 'opus' || from > 0 || options.to !== undefined))
    throw new RequestError(
      '--mastered tracks are whole, and WAV or FLAC: leave out --from and --to, trim by --edit.',
    );
  if (to <= from) throw new RequestError('--to must be later than --from.');
  const outFolder = await outFolderOf(options.out);
  const { startedAtMs, title } = await readSession(sessionFolder);
  const result = await startExport(
    {
      ...{ sessionFolder, outputFolder: outFolder, format: options.format },
      ...(options.from === undefined && options.to === undefined
        ? {}
        : { range: { fromUs: from, toUs: to } }),
      ...(options.mastered && { processed: await asMastered(options) }),
      showTitle: options.title ?? title,
      timeZone: options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
      ...{ ffmpegPath: config.ffmpegPath, ffprobePath: config.ffprobePath },
    },
    untilStopped(),
  );
  const names = zip
    ? [await packInto(outFolder, result, new Date(startedAtMs))]
    : result.files.map(({ name }) => name);
  for (const name of names) console.log(path.join(outFolder, name));
  return 0;
}

/** Under its name only when it is whole; the single files are gone then. */
async function packInto(folder: string, { name, files }: ExportResult, modifiedAt: Date): Promise<string> {
  const scratch = await mkdtemp(path.join(folder, '.zip-'));
  try {
    const paths = files.map((file) => path.join(folder, file.name));
    const half = path.join(scratch, 'half.zip');
    const layout = layOutZip(files.map((file) => ({ ...file, modifiedAt })));
    await pipeline(readZip(layout, paths), createWriteStream(half));
    const zipName = `${name} - tracks.zip`;
    await rename(half, path.join(folder, zipName));
    for (const file of paths) await rm(file);
    return zipName;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
