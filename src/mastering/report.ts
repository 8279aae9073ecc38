/** The figures that prove a render: written beside its files as report.json. */
import type { RecordedSession } from '../../recorder/session/reader.ts';
import type { TimeMap } from './edits/time-map.ts';
import { spreadLu } from './gains.ts';
import { LEAST_SPEECH_SECONDS, type Leveling } from './leveling.ts';
import type { Master } from './masters.ts';
import type { VerifiedRendition } from './rendition.ts';
import type { RenderRequest } from './request.ts';
import type { MixedTrack } from './tracks.ts';

export interface ReportInput {
  engineVersion: string;
  session: RecordedSession;
  timeMap: TimeMap;
  tracks: readonly MixedTrack[];
  leveling: Leveling;
  master: Master;
  renditions: readonly VerifiedRendition[];
  transcript: RenderRequest['transcript'];
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
const roundedOrNull = (value: number | null | undefined): number | null =>
  value === null || value === undefined ? null : rounded(value);

/** Pure; all loudness in LUFS, gains and reductions in dB. */
export function reportOf(input: ReportInput) {
  const { engineVersion, session, timeMap, tracks, leveling, master, renditions, transcript } = input;
  const { mix, targetLufs } = leveling;
  const { levels, inMix } = master;
  return {
    engineVersion,
    sessionId: session.sessionId,
    durationSeconds: rounded(timeMap.durationUs / 1_000_000),
    sessionSeconds: rounded(session.durationUs / 1_000_000),
    joins: timeMap.pieces.length - 1,
    speechSeconds: rounded(mix.seconds),
    target:
      targetLufs === null
        ? { lufs: null, why: `less than ${LEAST_SPEECH_SECONDS} s of speech: no loudness target is forced` }
        : { lufs: targetLufs },
    master: {
      integratedLufs: roundedOrNull(master.integratedLufs),
      limiterShare: rounded(master.limiterShare),
      maxReductionDb: rounded(master.maxReductionDb),
    },
    speakers: tracks.map(({ track, packets, missingSamples }, index) => ({
      track: track.number,
      userId: track.userId,
      displayName: track.displayName,
      measuredLufs: roundedOrNull(levels[index]!.measured?.lufs),
      gainDb: rounded(levels[index]!.gainDb),
      aloneInMixLufs: roundedOrNull(inMix[index]?.lufs),
      speechSeconds: rounded(levels[index]!.measured?.seconds ?? 0),
      noiseLufs: roundedOrNull(leveling.tracks[index]!.noiseLufs),
      packets,
      lost: track.lost,
      holes: session.gaps.filter((gap) => gap.track === track.number).length,
      ...(missingSamples > 0 && {
        warning: `ffmpeg decoded ${missingSamples} samples less than the packets hold; what follows may stand early`,
      }),
    })),
    speakerSpreadLu: roundedOrNull(spreadLu(inMix)),
    leftOut: session.tracks
      .filter(({ bot }) => bot)
      .map(({ number, displayName }) => ({ track: number, displayName, why: 'a bot: labelled, not mixed' })),
    renditions: renditions.map(({ file, encodings, rangeLu, loudnessIsRight }) => ({
      kind: file.kind,
      integratedLufs: file.integratedLufs,
      truePeakDbtp: file.truePeakDbtp,
      rangeLu,
      bytes: file.bytes,
      encodings,
      ...(!loudnessIsRight && {
        warning: 'the loudness target was given up to keep the peaks below their limit',
      }),
    })),
    ...(transcript !== undefined && {
      transcript:
        transcript === 'follows'
          ? { state: transcript, why: 'it is made by a job of its own once the episode is ready' }
          : { state: transcript, why: 'no endpoint is set (TRANSCRIBE_URL)' },
    }),
  };
}
