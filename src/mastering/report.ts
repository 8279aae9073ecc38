/** The figures that prove a render: written beside its files as report.json. */
import type { RecordedSession } from '../../recorder/session/reader.ts';
import { decibels, spreadLu } from './gains.ts';
import { LEAST_SPEECH_SECONDS } from './leveling.ts';
import type { Master } from './masters.ts';
import type { Prepared } from './prepare.ts';
import type { VerifiedRendition } from './rendition.ts';
import type { RenderRequest } from './request.ts';
import { usAt } from './session-clock.ts';

export interface ReportInput {
  engineVersion: string;
  session: RecordedSession;
  prepared: Prepared;
  master: Master;
  /** Of the master. */
  targetLufs: number | null;
  renditions: readonly VerifiedRendition[];
  /** Why the analysis is not kept beside the session. */
  notKept: string | undefined;
  transcript: RenderRequest['transcript'];
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
const roundedOrNull = (value: number | null | undefined): number | null =>
  value === null || value === undefined ? null : rounded(value);

/** Pure; all loudness in LUFS, gains and reductions in dB. */
export function reportOf(input: ReportInput) {
  const { engineVersion, session, prepared, master, targetLufs, renditions, notKept, transcript } = input;
  const { tracks, asRecorded, leveling, arrangement, placed, channels } = prepared;
  const { timeMap } = arrangement;
  const { levels, inMix } = master;
  return {
    engineVersion,
    sessionId: session.sessionId,
    durationSeconds: rounded(timeMap.durationUs / 1_000_000),
    sessionSeconds: rounded(session.durationUs / 1_000_000),
    joins: timeMap.pieces.length - 1,
    talkBeginsSeconds: rounded(usAt(timeMap.leadSamples) / 1_000_000),
    channels,
    speechSeconds: rounded(leveling.mix.seconds),
    target:
      targetLufs === null
        ? { lufs: null, why: `less than ${LEAST_SPEECH_SECONDS} s of speech: no loudness target is forced` }
        : { lufs: rounded(targetLufs) },
    master: {
      integratedLufs: roundedOrNull(master.integratedLufs),
      limiterShare: rounded(master.limiterShare),
      maxReductionDb: rounded(master.maxReductionDb),
    },
    speakers: tracks.map(({ track, as, audio, denoised, packets, unreadable, missingSamples }, index) => ({
      track: track.number,
      userId: track.userId,
      displayName: track.displayName,
      as,
      ...(audio.channels === 2 && { channels: 2 }),
      measuredLufs: roundedOrNull(asRecorded.tracks[index]!.level.measured?.lufs),
      gainDb: rounded(levels[index]!.gainDb),
      aloneInMixLufs: roundedOrNull(inMix[index]?.lufs),
      speechSeconds: rounded(levels[index]!.measured?.seconds ?? 0),
      noiseLufs: roundedOrNull(leveling.tracks[index]!.noiseLufs),
      denoised,
      packets,
      lost: track.lost,
      holes: session.gaps.filter((gap) => gap.track === track.number).length,
      ...(unreadable > 0 && { unreadable }),
      ...(missingSamples > 0 && {
        warning: `ffmpeg decoded ${missingSamples} samples less than the packets hold; what follows may stand early`,
      }),
    })),
    speakerSpreadLu: roundedOrNull(spreadLu(inMix)),
    leftOut: session.tracks
      .filter(({ number }) => tracks.every(({ track }) => track.number !== number))
      .map(({ number, displayName, bot }) => ({
        track: number,
        displayName,
        why: bot ? 'a bot: labelled, not mixed' : 'it holds no sound, or the edit leaves it out',
      })),
    sounds: placed.map(({ clip: { kind, at, length }, gain }) => ({
      ...{ kind, atSeconds: rounded(usAt(at) / 1_000_000), seconds: rounded(usAt(length) / 1_000_000) },
      gainDb: rounded(decibels(gain)),
    })),
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
    analysis: notKept === undefined ? { kept: true } : { kept: false, why: notKept },
    ...(transcript !== undefined && {
      transcript:
        transcript === 'follows'
          ? { state: transcript, why: 'it is made by a job of its own once the episode is ready' }
          : { state: transcript, why: 'no endpoint is set (TRANSCRIBE_URL)' },
    }),
  };
}
