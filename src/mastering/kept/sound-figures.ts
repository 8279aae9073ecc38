/** How long and how loud a show's sounds are, kept beside a session: a window of a master need not hear half an hour of bed. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { flacMd5 } from '../flac-header.ts';
import type { SoundFigures } from '../furniture/furnish.ts';
import { FURNITURE, type FurnitureKind } from '../furniture/layout.ts';
import { openSound, type SoundFigure } from '../furniture/sound.ts';
import { peaksFolder } from '../peaks-file.ts';
import type { Workshop } from '../prepare.ts';
import { keep, keptFolder } from './keep.ts';

const FILE = 'sounds.json';

const keptFigures = z.object({
  engine: z.string(),
  sounds: z.array(
    z.object({
      kind: z.enum(FURNITURE),
      /** Of what is heard in the file. */
      identity: z.string(),
      channels: z.union([z.literal(1), z.literal(2)]),
      samples: z.number(),
      lufs: z.number(),
    }),
  ),
});

/** Collected with all that a render keeps. */
export async function collectFigures(
  { engine, request, scratchFolder }: Workshop,
  figures: SoundFigures,
): Promise<void> {
  const { furniture = {} } = request;
  const sounds = await Promise.all(
    Object.values(figures).map(async ({ kind, channels, samples, lufs }) => ({
      ...{ kind, channels, samples, lufs },
      identity: await identityOf(furniture[`${kind}Path`]!),
    })),
  );
  if (sounds.length === 0) return;
  const folder = keptFolder(scratchFolder, 'master');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, FILE), JSON.stringify({ engine, sounds }));
}

/** As they are kept; measured, and kept, where they are not. Throws RenderError `bad-furniture`. */
export async function soundFigures(workshop: Workshop): Promise<SoundFigures> {
  const { engine, request, session, ffmpeg, scratchFolder } = workshop;
  const { furniture = {} } = request;
  const wanted = FURNITURE.filter((kind) => furniture[`${kind}Path`] !== undefined);
  if (wanted.length === 0) return {};
  const known = await readFigures(session.folder);
  const figures: SoundFigures = {};
  let measured = false;
  for (const kind of wanted) {
    const file = furniture[`${kind}Path`]!;
    const identity = await identityOf(file);
    const figure =
      known?.engine === engine
        ? known.sounds.find((each) => each.kind === kind && each.identity === identity)
        : undefined;
    measured ||= figure === undefined;
    figures[kind] = figure ?? (await measure({ kind, file }));
  }
  if (measured) {
    await collectFigures(workshop, figures);
    await keep(session, scratchFolder);
  }
  return figures;

  async function measure(sound: { kind: FurnitureKind; file: string }): Promise<SoundFigure> {
    const { kind, channels, samples, lufs, close } = await openSound(ffmpeg, { ...sound, scratchFolder });
    close();
    return { kind, channels, samples, lufs };
  }
}

const readFigures = (sessionFolder: string) =>
  readFile(path.join(peaksFolder(sessionFolder, 'master'), FILE), 'utf8').then(
    (text) => keptFigures.safeParse(JSON.parse(text)).data,
    () => undefined,
  );

/** A FLAC file, which is what shows keep, names its sound by itself; half an hour of it need not be read. */
async function identityOf(file: string): Promise<string> {
  const md5 = await flacMd5(file);
  if (md5 !== undefined) return `flac ${md5}`;
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
