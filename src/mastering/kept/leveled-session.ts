/** What leveling made of a session: as it is kept, or from the levels that are kept, or measured now, and then kept. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { denoiserDelay } from '../chain/denoise.ts';
import { denoiseWish } from '../edits/treatment.ts';
import { RenderError } from '../errors.ts';
import { envelopesOf, expectedEnergies, levelTracks, type Leveling } from '../leveling.ts';
import { peaksFolder } from '../peaks-file.ts';
import { isMusic, levelAsRecorded, type MeasuredTrack } from '../plan.ts';
import { prepare, wantedTracks, type Workshop } from '../prepare.ts';
import { preparedBytes } from '../render-room.ts';
import { requireSpace } from '../scratch-space.ts';
import type { Talk } from '../talk.ts';
import { cleaningKey, needsDenoise } from '../voices.ts';
import type { TrackAnalysis } from './analysis.ts';
import { keep, keptAnalysis, keptFolder } from './keep.ts';
import { encodeLeveled, parseLeveled, type LeveledSession } from './leveled.ts';

const FILE = 'leveled.bin';

/** Everything that leveling depends on. An edit only by how it has whole tracks taken. */
export async function leveledKey(workshop: Workshop): Promise<string> {
  const { engine, edit, preset, session } = workshop;
  const { targetLufs, speaker, voice, gate } = preset;
  const tracks = await Promise.all(
    wantedTracks(workshop).map(async ({ track: { number, opusPath }, as }) => [
      ...[number, as, denoiseWish(edit, number) ?? null],
      (await stat(opusPath)).size,
    ]),
  );
  return createHash('sha256')
    .update(JSON.stringify([engine, session.erasedTracks, targetLufs, speaker, voice, gate, tracks]))
    .digest('hex');
}

export interface LeveledParts {
  tracks: readonly (MeasuredTrack & { denoised: boolean })[];
  talks: readonly Talk[];
  /** By the voices as they were recorded, and as they are mixed. */
  asRecorded: Pick<Leveling, 'tracks'>;
  leveled: Leveling['tracks'];
  energies: Float32Array;
}

/** Collected with all that a render keeps. */
export async function collectLeveled(workshop: Workshop, parts: LeveledParts): Promise<LeveledSession> {
  const { tracks, talks, asRecorded, leveled, energies } = parts;
  const { ffmpeg, scratchFolder } = workshop;
  const denoises = tracks.some(({ denoised }) => denoised);
  const session: LeveledSession = {
    ...{ key: await leveledKey(workshop), energies },
    delaySamples: denoises ? await denoiserDelay(ffmpeg, path.join(scratchFolder, 'delay.f32')) : 0,
    voices: tracks.map(({ track, denoised }, index) => {
      const { level, noiseLufs } = asRecorded.tracks[index]!;
      const recorded = { level, noiseLufs };
      return {
        track: track.number,
        denoised,
        recorded,
        level: leveled[index]!.level,
        own: talks[index]!.own,
      };
    }),
  };
  const folder = keptFolder(scratchFolder, 'master');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, FILE), encodeLeveled(session));
  return session;
}

/** Throws RenderError where the session cannot be measured, or nothing can be kept of it. */
export async function leveledSession(workshop: Workshop): Promise<LeveledSession> {
  const { session, scratchFolder } = workshop;
  const known = (await readLeveled(workshop)) ?? (await fromLevels(workshop));
  if (known !== undefined) return known;
  await requireSpace(scratchFolder, preparedBytes(workshop));
  (await prepare(workshop)).close();
  const why = await keep(session, scratchFolder);
  const measured = why === undefined ? await readLeveled(workshop) : undefined;
  if (measured !== undefined) return measured;
  throw new RenderError('unexpected', `Nothing of the analysis could be kept (${why ?? 'it changed'}).`);
}

async function readLeveled(workshop: Workshop): Promise<LeveledSession | undefined> {
  const { folder, sealed } = workshop.session;
  if (!sealed) return undefined;
  const file = await readFile(path.join(peaksFolder(folder, 'master'), FILE)).catch(() => undefined);
  return file && parseLeveled(file, await leveledKey(workshop));
}

/** Undefined when a track was never measured, or would be cleaned otherwise by now. */
async function fromLevels(workshop: Workshop): Promise<LeveledSession | undefined> {
  const { engine, session, preset, edit, scratchFolder } = workshop;
  const sounding: (MeasuredTrack & { analysis: TrackAnalysis })[] = [];
  for (const { track, as } of wantedTracks(workshop)) {
    const analysis = await keptAnalysis(session, track, engine);
    if (analysis === undefined) return undefined;
    if (analysis.packets > 0) sounding.push({ track, as, analysis, levels: analysis.levels });
  }
  const { talks, asRecorded } = levelAsRecorded(sounding, preset);
  const tracks: (MeasuredTrack & { denoised: boolean })[] = [];
  for (const [index, { track, as, analysis, levels }] of sounding.entries()) {
    const leveled = asRecorded.tracks[index]!;
    const denoised = as === 'voice' && needsDenoise(leveled, preset, denoiseWish(edit, track.number));
    const { cleaned } = analysis;
    if (as === 'voice' && cleaned?.key !== cleaningKey(leveled, preset, denoised)) return undefined;
    tracks.push({ track, as, denoised, levels: as === 'voice' ? cleaned!.levels : levels });
  }
  const levels = tracks.map((track) => track.levels);
  const leveled = levelTracks({ levels, talks, music: tracks.map(isMusic), preset });
  const energies = expectedEnergies(levels, envelopesOf(leveled, preset.gate.depthDb));
  const parts = { tracks, talks, asRecorded, leveled, energies };
  const made = await collectLeveled(workshop, parts);
  await keep(session, scratchFolder);
  return made;
}
