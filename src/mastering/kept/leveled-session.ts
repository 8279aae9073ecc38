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
import { channelsOf } from '../tracks.ts';
import { cleaningKey, needsDenoise } from '../voices.ts';
import type { TrackAnalysis } from './analysis.ts';
import { keep, keptAnalysis, keptFolder } from './keep.ts';
import { encodeLeveled, parseLeveled, type LeveledSession } from './leveled.ts';

const FILE = 'leveled.bin';

/** Everything that leveling depends on. An edit only by how it has whole tracks taken. */
export async function leveledKey(workshop: Workshop, musicChannels: 1 | 2): Promise<string> {
  const { engine, edit, preset, session } = workshop;
  const { targetLufs, speaker, voice, gate } = preset;
  const tracks = await Promise.all(
    wantedTracks(workshop).map(async ({ track: { number, opusPath }, as }) => [
      ...[number, as, as === 'music' && musicChannels, denoiseWish(edit, number) ?? null],
      (await stat(opusPath)).size,
    ]),
  );
  return createHash('sha256')
    .update(JSON.stringify([engine, session.erasedTracks, targetLufs, speaker, voice, gate, tracks]))
    .digest('hex');
}

export type LeveledPart = MeasuredTrack & { denoised: boolean; channels: 1 | 2 };

export interface LeveledParts {
  tracks: readonly LeveledPart[];
  musicChannels: 1 | 2;
  talks: readonly Talk[];
  /** By the voices as they were recorded, and as they are mixed. */
  asRecorded: Pick<Leveling, 'tracks'>;
  leveled: Leveling['tracks'];
  energies: Float32Array;
}

/** Collected with all that a render keeps. */
export async function collectLeveled(workshop: Workshop, parts: LeveledParts): Promise<LeveledSession> {
  const { tracks, musicChannels, talks, asRecorded, leveled, energies } = parts;
  const { ffmpeg, scratchFolder } = workshop;
  const denoises = tracks.some(({ denoised }) => denoised);
  const session: LeveledSession = {
    ...{ key: await leveledKey(workshop, musicChannels), energies },
    delaySamples: denoises ? await denoiserDelay(ffmpeg, path.join(scratchFolder, 'delay.f32')) : 0,
    voices: tracks.map(({ track, channels, denoised }, index) => ({
      ...{ track: track.number, channels, denoised, recorded: asRecorded.tracks[index]! },
      ...{ level: leveled[index]!.level, own: talks[index]!.own },
    })),
  };
  const folder = keptFolder(scratchFolder, 'master');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, FILE), encodeLeveled(session));
  return session;
}

/** Throws RenderError where the session cannot be measured, or nothing can be kept of it. */
export async function leveledSession(workshop: Workshop, musicChannels: 1 | 2): Promise<LeveledSession> {
  const { session, scratchFolder } = workshop;
  const known = (await readLeveled(workshop, musicChannels)) ?? (await fromLevels(workshop, musicChannels));
  if (known !== undefined) return known;
  await requireSpace(scratchFolder, preparedBytes(workshop));
  (await prepare(workshop)).close();
  const why = await keep(session, scratchFolder);
  const measured = why === undefined ? await readLeveled(workshop, musicChannels) : undefined;
  if (measured !== undefined) return measured;
  throw new RenderError('unexpected', `Nothing of the analysis could be kept (${why ?? 'it changed'}).`);
}

async function readLeveled(workshop: Workshop, musicChannels: 1 | 2): Promise<LeveledSession | undefined> {
  const { folder, sealed } = workshop.session;
  if (!sealed) return undefined;
  const file = await readFile(path.join(peaksFolder(folder, 'master'), FILE)).catch(() => undefined);
  return file && parseLeveled(file, await leveledKey(workshop, musicChannels));
}

/** Undefined when a track was never measured, or would be cleaned otherwise by now. */
async function fromLevels(workshop: Workshop, musicChannels: 1 | 2): Promise<LeveledSession | undefined> {
  const { engine, session, preset, edit, scratchFolder } = workshop;
  const sounding: (MeasuredTrack & { analysis: TrackAnalysis })[] = [];
  for (const { track, as } of wantedTracks(workshop)) {
    const analysis = await keptAnalysis(session, track, engine);
    if (analysis === undefined || analysis.channels !== channelsOf(analysis, as, musicChannels))
      return undefined;
    if (analysis.packets > 0) sounding.push({ track, as, analysis, levels: analysis.levels });
  }
  const { talks, asRecorded } = levelAsRecorded(sounding, preset);
  const tracks: LeveledPart[] = [];
  for (const [index, { track, as, analysis, levels }] of sounding.entries()) {
    const leveled = asRecorded.tracks[index]!;
    const denoised = as === 'voice' && needsDenoise(leveled, preset, denoiseWish(edit, track.number));
    const { cleaned } = analysis;
    if (as === 'voice' && cleaned?.key !== cleaningKey(leveled, preset, denoised)) return undefined;
    const { channels } = analysis;
    tracks.push({ track, as, denoised, channels, levels: as === 'voice' ? cleaned!.levels : levels });
  }
  const levels = tracks.map((track) => track.levels);
  const leveled = levelTracks({ levels, talks, music: tracks.map(isMusic), preset });
  const energies = expectedEnergies(levels, envelopesOf(leveled, preset.gate.depthDb));
  const parts = { tracks, musicChannels, talks, asRecorded, leveled, energies };
  const made = await collectLeveled(workshop, parts);
  await keep(session, scratchFolder);
  return made;
}
