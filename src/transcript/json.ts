/**
 * The podcast namespace's own form (Podcastindex-org/podcast-namespace, docs/examples/transcripts/transcripts.md):
 * version 1.0.0, segments with speaker, startTime, endTime (seconds) and body.
 */
import { type Cue, textOf } from './model.ts';

const secondsOf = (us: number) => Math.round(us / 1000) / 1000;

export function renderJson(cues: readonly Cue[]): string {
  return JSON.stringify({
    version: '1.0.0',
    segments: cues.map((cue) => ({
      speaker: cue.speaker,
      startTime: secondsOf(cue.startUs),
      endTime: secondsOf(cue.endUs),
      body: textOf(cue),
    })),
  });
}
