/**
 * A short part of a master, to be heard while an edit is made: only what sounds in it is decoded, and everything else comes
 * from what an earlier render kept. Runs in the render process.
 */
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { levelsUnder } from './edits/arrangement.ts';
import { envelopeOf } from './envelope.ts';
import { RenderError } from './errors.ts';
import { withSamples, type SoundFigures, type Sounds } from './furniture/furnish.ts';
import { heardOf, openSoundParts } from './furniture/sound-parts.ts';
import { linear } from './gains.ts';
import { gateBetween, gateOf } from './gate.ts';
import { FRAME_SAMPLES } from './levels.ts';
import { gainsKey, withKeptGains } from './kept/gains.ts';
import { keptAnalysis } from './kept/keep.ts';
import type { LeveledVoice } from './kept/leveled.ts';
import { leveledSession } from './kept/leveled-session.ts';
import { soundFigures } from './kept/sound-figures.ts';
import { createLimiter } from './limiter.ts';
import { moveSounds } from './masters.ts';
import { createMixer, type GainedTrack, type Mixer } from './mixer.ts';
import { writePcmWav } from './pcm-wav.ts';
import { arrangeFor, layOut, masterChannels, type Layout } from './plan.ts';
import { openWorkshop, wantedTracks, type RenderSurroundings, type Workshop } from './prepare.ts';
import { samplesAt, SAMPLE_RATE_HZ, usAt } from './session-clock.ts';
import { decodeParts, type PartialTrack, type SessionPart } from './track-parts.ts';
import type { ParsedWindowRequest, WindowResult } from './window-request.ts';

const LIMITER_STEP = SAMPLE_RATE_HZ / 1000;
/** Filters, compressor and limiter have settled after so long. */
const RUN_UP_SAMPLES = SAMPLE_RATE_HZ;
/** What a word's end and the limiter need to see ahead. */
const AHEAD_SAMPLES = SAMPLE_RATE_HZ / 10;

/** Throws RenderError `empty-range` for a part that lies behind the end, and whatever a render throws. */
export async function renderWindow(
  request: ParsedWindowRequest,
  surroundings: RenderSurroundings,
): Promise<WindowResult> {
  const workshop = await openWorkshop(request, surroundings);
  const plan = await planWindow(workshop);
  const { samples, durationUs: masterUs } = plan.arrangement.timeMap;
  const from = samplesAt(request.fromUs);
  const to = Math.min(samplesAt(request.toUs), samples);
  if (from >= to)
    throw new RenderError('empty-range', `The master is ${(masterUs / 1e6).toFixed(1)} s long.`);
  const planes = await samplesOf(workshop, plan, from, to);
  const draft = path.join(workshop.scratchFolder, 'window.wav');
  await writePcmWav(draft, planes);
  const finished = path.join(request.outputFolder, 'window.wav');
  await rename(draft, finished);
  return { path: finished, durationUs: usAt(to - from), masterUs };
}

interface WindowPlan extends Layout {
  /** In the order of the mix. */
  voices: readonly (Omit<LeveledVoice, 'track'> & PartialTrack)[];
  figures: SoundFigures;
  delaySamples: number;
  /** As leveling decided it. */
  trimDb: number;
}

async function planWindow(workshop: Workshop): Promise<WindowPlan> {
  const { session, edit, preset, engine } = workshop;
  const figures = await soundFigures(workshop);
  const leveled = await leveledSession(workshop, masterChannels(preset, figures));
  const wanted = new Map(wantedTracks(workshop).map((each) => [each.track.number, each]));
  const voices = leveled.voices.map((voice) => ({ ...voice, ...wanted.get(voice.track)! }));
  const arrangement = arrangeFor({ session, edit, preset, tracks: voices, sounds: figures }, voices);
  const changed = await Promise.all(
    voices.flatMap(async ({ track, as, own, level }, index) => {
      const curve = arrangement.curves[index];
      if (curve === undefined) return [];
      const analysis = await keptAnalysis(session, track, engine);
      const levels =
        (as === 'voice' ? analysis?.cleaned?.levels : analysis?.levels) ?? new Uint8Array(own.length);
      const envelope = envelopeOf(level, gateOf(own, preset.gate), preset.gate.depthDb);
      return [{ levels, envelope, heard: levelsUnder(levels, curve) }];
    }),
  );
  const { energies, delaySamples } = leveled;
  const { mix, ...layout } = layOut({
    ...{ preset, sounds: figures, arrangement, energies, changed: changed.flat() },
  });
  return { ...layout, voices, figures, delaySamples, trimDb: mix.trimDb };
}

async function samplesOf(
  workshop: Workshop,
  plan: WindowPlan,
  from: number,
  to: number,
): Promise<Float32Array[]> {
  const { arrangement, placed, channels, figures, delaySamples, voices } = plan;
  const { preset, session } = workshop;
  const { timeMap, sessionSamples } = arrangement;
  const start = Math.floor(Math.max(0, from - RUN_UP_SAMPLES) / LIMITER_STEP) * LIMITER_STEP;
  const end = Math.min(timeMap.samples, to + AHEAD_SAMPLES);
  const order = { ...workshop, tracks: voices, parts: sessionParts(plan, start, end), delaySamples };
  const open: { close: () => void }[] = [];
  try {
    const sounds = await openHeard(workshop, plan, start, end);
    open.push(...Object.values(sounds));
    const audible = await decodeParts(workshop.ffmpeg, order);
    open.push(...audible.map(({ audio }) => audio));
    const decided = { trimDb: plan.trimDb, levels: voices.map(({ level }) => level) };
    const { trimDb, levels } = await withKeptGains(session.folder, gainsKey(workshop, figures), decided);
    const { gate } = preset;
    const first = frameOf(Math.min(...order.parts.map(({ startUs }) => startUs)));
    const last = frameOf(Math.max(...order.parts.map(({ endUs }) => endUs)));
    const tracks = audible.flatMap(({ audio }, index): GainedTrack[] => {
      if (audio.runs.length === 0) return [];
      const envelope = envelopeOf(
        levels[index]!,
        gateBetween(voices[index]!.own, gate, first, last),
        gate.depthDb,
      );
      return [{ audio, envelope, curve: arrangement.curves[index] }];
    });
    const heard = withSamples(
      placed.filter(({ clip }) => sounds[clip.kind] !== undefined),
      sounds,
    );
    const mixer = createMixer({
      ...{ tracks, timeMap, sessionSamples, trimDb },
      sounds: moveSounds(heard, trimDb - plan.trimDb),
    });
    const planes = Array.from({ length: channels }, () => new Float32Array(end - start));
    return limited(mixer, planes, start, preset).map((plane) => plane.subarray(from - start, to - start));
  } finally {
    for (const each of open) each.close();
  }
}

/** Those of the show's sounds that are heard between two samples of the master, as far as they are. */
async function openHeard(
  { ffmpeg, request, scratchFolder }: Workshop,
  { placed, figures }: WindowPlan,
  start: number,
  end: number,
): Promise<Sounds> {
  const sounds: Sounds = {};
  for (const figure of Object.values(figures)) {
    const { kind } = figure;
    const clips = placed.filter(({ clip }) => clip.kind === kind);
    const ranges = heardOf(clips, start, end);
    const file = request.furniture![`${kind}Path`]!;
    if (ranges.length > 0)
      sounds[kind] = await openSoundParts(ffmpeg, { figure, file, ranges, scratchFolder });
  }
  return sounds;
}

const frameOf = (us: number): number => Math.max(0, Math.floor(samplesAt(us) / FRAME_SAMPLES));

function limited(
  mixer: Mixer,
  planes: Float32Array[],
  start: number,
  preset: Workshop['preset'],
): Float32Array[] {
  mixer(planes, start);
  const ceiling = linear(preset.renditions[0]!.ceilingDbtp);
  const limiter = createLimiter({ ...preset.limiter, channels: planes.length, ceiling });
  const first = limiter.process(planes);
  const rest = limiter.flush();
  for (const [channel, plane] of planes.entries()) {
    plane.set(first[channel]!);
    plane.set(rest[channel]!, first[channel]!.length);
  }
  return planes;
}

/** What of the session sounds between two samples of the master, each piece with what its filters heard before. */
function sessionParts({ arrangement }: Layout, start: number, end: number): SessionPart[] {
  return arrangement.timeMap.pieces.flatMap(({ from, at, length }) => {
    const first = Math.max(start, at) - AHEAD_SAMPLES;
    const last = Math.min(end, at + length) + AHEAD_SAMPLES;
    if (last <= first) return [];
    return [{ startUs: usAt(from + first - at - RUN_UP_SAMPLES), endUs: usAt(from + last - at) }];
  });
}
