/** The three that are compared, each from a session folder to an MP3 and an M4A in a folder of its own. */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readSession, readTrackPackets } from '../../recorder/session/reader.ts';
import { writeCompactTrack } from '../../src/mastering/compact-track.ts';
import type { FfmpegJob } from '../../src/mastering/ffmpeg.ts';
import { decodeJob, encodeJob } from '../../src/mastering/ffmpeg-jobs.ts';
import type { Edit } from '../../src/mastering/index.ts';
import type { RenditionKind } from '../../src/mastering/request.ts';
import { measured, sumOf, type Usage } from './usage.ts';

export const KINDS: readonly RenditionKind[] = ['mp3', 'm4a'];
const BITRATE_KBPS = 96;
const LOUDNORM = 'loudnorm=I=-19:TP=-1:LRA=11';

export interface OursUsage extends Usage {
  peakMb: number;
}

/** The whole application side: a process that starts the render in a child, as jobs do. */
export async function ours(
  session: string,
  output: string,
  preset = 'speech',
  edit: Edit = {},
): Promise<OursUsage> {
  await fresh(output);
  const script = path.join(import.meta.dirname, 'ours.ts');
  const run = await measured([
    process.execPath,
    '--no-warnings',
    script,
    session,
    output,
    preset,
    JSON.stringify(edit),
  ]);
  const { peakMb } = JSON.parse(run.stdout.trim().split('\n').at(-1)!) as { peakMb: number | null };
  return { cpuSeconds: run.cpuSeconds, wallSeconds: run.wallSeconds, peakMb: peakMb ?? NaN };
}

/**
 * What everyone writes: `amix`, then `loudnorm` in two passes. It is spared the trap of filtering two channels for a mono
 * file, and writes both files in one go with the encoder options of ours.
 */
export async function naive(session: string, output: string): Promise<Usage> {
  await fresh(output);
  const { tracks } = await readSession(session);
  const inputs = tracks.flatMap(({ opusPath }) => ['-i', opusPath]);
  const mono = tracks.map((_, index) => `[${index}:a]aformat=channel_layouts=mono[a${index}]`).join(';');
  const mix = `${mono};${tracks.map((_, index) => `[a${index}]`).join('')}amix=inputs=${tracks.length}:normalize=0`;
  const quiet = ['ffmpeg', '-y', '-hide_banner', '-nostdin', '-nostats'];
  const graph = `${mix},${LOUDNORM}:print_format=json[out]`;
  const first = await measured([
    ...[...quiet, ...inputs, '-filter_complex', graph, '-map', '[out]', '-f', 'null', '-'],
  ]);
  const found = JSON.parse(/\{[^{}]*\}\s*(?=used)/.exec(first.stderr)![0]) as Record<string, string>;
  const known = `measured_I=${found['input_i']}:measured_TP=${found['input_tp']}:measured_LRA=${found['input_lra']}:measured_thresh=${found['input_thresh']}:offset=${found['target_offset']}:linear=true`;
  const split = `${mix},${LOUDNORM}:${known},aresample=48000,asplit=2[mp3][m4a]`;
  const outputs = KINDS.flatMap((kind) => ['-map', `[${kind}]`, ...encoderOptions(kind), file(output, kind)]);
  const second = await measured([...quiet, ...inputs, '-filter_complex', split, ...outputs]);
  return sumOf([first, second]);
}

/** The least that any render must do: each second of speech decoded once, each file encoded once. */
export async function floor(prepared: FloorInput, output: string): Promise<Usage> {
  await fresh(output);
  const decodes = prepared.compact.map((compact, index) =>
    commandLine(decodeJob(compact, path.join(output, `${index}.f32`))),
  );
  const encodes = KINDS.map((kind) => commandLine(encodeOf(kind, prepared, file(output, kind))));
  const script = path.join(output, 'floor.sh');
  await writeFile(script, [...inLanes(decodes), 'wait', ...inLanes(encodes), 'wait'].join('\n'));
  return measured(['bash', '-e', script]);
}

/** Two lanes, as many as encoders run. */
const inLanes = (commands: readonly string[]): string[] =>
  [0, 1].map((lane) => `( ${commands.filter((_, index) => index % 2 === lane).join(' && ')} ) &`);

export interface FloorInput {
  compact: string[];
  masterPath: string;
  metadataPath: string;
}

/** What the floor gets for nothing: speech without silence, and a finished master. */
export async function prepareFloor(session: string, rendition: string, folder: string): Promise<FloorInput> {
  await fresh(folder);
  const { tracks } = await readSession(session);
  const compact: string[] = [];
  for (const track of tracks) {
    compact.push(path.join(folder, `${track.number}.opus`));
    await writeCompactTrack(readTrackPackets(track), compact.at(-1)!);
  }
  const masterPath = path.join(folder, 'master.f32');
  const raw = ['-map', '0:a:0', '-f', 'f32le', '-ar', '48000', '-ac', '1', masterPath];
  await measured(['ffmpeg', '-y', '-v', 'error', '-nostdin', '-i', rendition, ...raw]);
  const metadataPath = path.join(folder, 'tags.ffmetadata');
  await writeFile(metadataPath, ';FFMETADATA1\n');
  return { compact, masterPath, metadataPath };
}

const encodeOf = (kind: RenditionKind, { masterPath, metadataPath }: FloorInput, output: string): FfmpegJob =>
  encodeJob({
    ...{
      kind,
      bitrateKbps: BITRATE_KBPS,
      channels: 1,
      rawPath: masterPath,
      metadataPath,
      coverPath: undefined,
    },
    ...{ trimDb: 0, output },
  });

const encoderOptions = (kind: RenditionKind): string[] => [
  ...(kind === 'mp3' ? ['-c:a', 'libmp3lame'] : ['-c:a', 'aac', '-aac_coder', 'fast']),
  ...['-b:a', `${BITRATE_KBPS}k`],
];

const commandLine = ({ inputs, options, output }: FfmpegJob): string =>
  ['ffmpeg', '-y', ...inputs.flatMap((input) => [...input.options, '-i', input.path]), ...options, output]
    .map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`)
    .join(' ');

export const file = (folder: string, kind: RenditionKind): string => path.join(folder, `episode.${kind}`);

async function fresh(folder: string): Promise<void> {
  if (existsSync(folder)) await rm(folder, { recursive: true });
  await mkdir(folder, { recursive: true });
}
