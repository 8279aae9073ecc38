/**
 * A short part of a master, to be heard while an edit is made: only what sounds in it is decoded, and everything else comes
 * from what an earlier render kept. Runs in the render process.
 */
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { RenderError } from './errors.ts';
import { openSounds, type Sounds } from './furniture/furnish.ts';
import { linear } from './gains.ts';
import { gainsKey, withKeptGains } from './kept/gains.ts';
import { levelsFromKept, type KeptLevels } from './kept/levels.ts';
import { createLimiter } from './limiter.ts';
import { moveSounds, underGains } from './masters.ts';
import { createMixer, type Mixer } from './mixer.ts';
import { writePcmWav } from './pcm-wav.ts';
import { planMaster, type MasterPlan } from './plan.ts';
import { openWorkshop, type RenderSurroundings, type Workshop } from './prepare.ts';
import { samplesAt, SAMPLE_RATE_HZ, usAt } from './session-clock.ts';
import { decodeParts, type SessionPart } from './track-parts.ts';
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
  const { scratchFolder } = workshop;
  const sounds = await openSounds(workshop.ffmpeg, request.furniture, scratchFolder);
  try {
    const kept = await levelsFromKept(workshop);
    const plan = planMaster({ ...workshop, ...kept, sounds });
    const { samples, durationUs: masterUs } = plan.arrangement.timeMap;
    const from = samplesAt(request.fromUs);
    const to = Math.min(samplesAt(request.toUs), samples);
    if (from >= to)
      throw new RenderError('empty-range', `The master is ${(masterUs / 1e6).toFixed(1)} s long.`);
    const planes = await samplesOf({ workshop, sounds, kept, plan }, from, to);
    const draft = path.join(scratchFolder, 'window.wav');
    await writePcmWav(draft, planes);
    const finished = path.join(request.outputFolder, 'window.wav');
    await rename(draft, finished);
    return { path: finished, durationUs: usAt(to - from), masterUs };
  } finally {
    for (const sound of Object.values(sounds)) sound.close();
  }
}

interface Material {
  workshop: Workshop;
  sounds: Sounds;
  kept: KeptLevels;
  plan: MasterPlan;
}

async function samplesOf(
  { workshop, sounds, kept, plan }: Material,
  from: number,
  to: number,
): Promise<Float32Array[]> {
  const { leveling, arrangement, placed, channels } = plan;
  const { preset, session } = workshop;
  const { timeMap, sessionSamples } = arrangement;
  const start = Math.floor(Math.max(0, from - RUN_UP_SAMPLES) / LIMITER_STEP) * LIMITER_STEP;
  const end = Math.min(timeMap.samples, to + AHEAD_SAMPLES);
  const order = { ...workshop, tracks: kept.tracks, parts: sessionParts(plan, start, end) };
  const audible = await decodeParts(workshop.ffmpeg, order);
  try {
    const decided = { trimDb: leveling.trimDb, levels: leveling.tracks.map(({ level }) => level) };
    const { trimDb, levels } = await withKeptGains(session.folder, gainsKey(workshop, sounds), decided);
    const gains = { leveling, arrangement, levels, gateDepthDb: preset.gate.depthDb };
    const mixer = createMixer(
      {
        ...{ tracks: underGains(audible, gains), timeMap, sessionSamples, trimDb },
        sounds: moveSounds(placed, trimDb - leveling.trimDb),
      },
      end - start,
    );
    const planes = Array.from({ length: channels }, () => new Float32Array(end - start));
    return limited(mixer, planes, start, preset).map((plane) => plane.subarray(from - start, to - start));
  } finally {
    for (const { audio } of audible) audio.close();
  }
}

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
function sessionParts({ arrangement }: MasterPlan, start: number, end: number): SessionPart[] {
  return arrangement.timeMap.pieces.flatMap(({ from, at, length }) => {
    const first = Math.max(start, at) - AHEAD_SAMPLES;
    const last = Math.min(end, at + length) + AHEAD_SAMPLES;
    if (last <= first) return [];
    return [{ startUs: usAt(from + first - at - RUN_UP_SAMPLES), endUs: usAt(from + last - at) }];
  });
}
