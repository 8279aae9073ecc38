/** What a host is told of each voice that a sound check heard or missed. Pure. */
import type { HeardSpeaker } from '../../../recorder/protocol.ts';
import type { Texts } from '../../../templates/messages/index.ts';
import { plain } from '../plain-text.ts';

export interface Loudness {
  /** As EBU R 128 gates it; -70 is the meter's floor. */
  integratedLufs: number;
  truePeakDbtp: number;
}

export interface Voice extends Omit<HeardSpeaker, 'opusPath'> {
  /** Undefined when it could not be measured. */
  loudness: Loudness | undefined;
}

/** Somebody who could have been heard. */
export interface Present {
  userId: string;
  displayName: string;
  muted: boolean;
  /** They do not want to be recorded, so they were not listened to. */
  refused: boolean;
}

export type Quality =
  'unmeasured' | 'short' | 'nothing' | 'clipped' | 'loud' | 'good' | 'quiet' | 'veryQuiet';

/** EBU R 128 measures in windows of 400 ms; a few of them are a judgement. */
const ENOUGH_US = 1_500_000;
/** What mastering brings to its target without raising the room's noise with it, and below which it does. */
const LUFS = { loud: -14, good: -30, quiet: -38, nothing: -69 };

export function qualityOf({ loudness, audioUs }: Pick<Voice, 'loudness' | 'audioUs'>): Quality {
  if (loudness === undefined) return 'unmeasured';
  if (loudness.integratedLufs <= LUFS.nothing) return audioUs < ENOUGH_US ? 'short' : 'nothing';
  if (loudness.truePeakDbtp >= 0) return 'clipped';
  if (audioUs < ENOUGH_US) return 'short';
  if (loudness.integratedLufs > LUFS.loud) return 'loud';
  if (loudness.integratedLufs >= LUFS.good) return 'good';
  return loudness.integratedLufs >= LUFS.quiet ? 'quiet' : 'veryQuiet';
}

export const lossPercent = ({ packets, lost }: Pick<Voice, 'packets' | 'lost'>): number =>
  (100 * lost) / Math.max(1, packets + lost);

/** A description holds 4,096 characters; so many lines of the longest names fit. */
const LINES = 15;

/** Those who were heard, loudest share of packets first, then those who were not. */
export function soundReport(voices: readonly Voice[], present: readonly Present[], texts: Texts): string[] {
  const { check: say } = texts;
  const name = (text: string) => plain(text, 40);
  const heard = [...voices]
    .sort((a, b) => b.packets - a.packets)
    .map((voice) =>
      say.voice(
        name(voice.displayName),
        voice.loudness?.integratedLufs ?? NaN,
        qualityOf(voice),
        lossPercent(voice),
        voice.bot,
      ),
    );
  const unheard = present
    .filter(({ userId }) => !voices.some((voice) => voice.userId === userId))
    .map(({ displayName, muted, refused }) =>
      refused ? say.refused(name(displayName)) : say.unheard(name(displayName), muted),
    );
  const lines = [...heard, ...unheard];
  if (lines.length === 0) return [say.nobody];
  const more = lines.length - LINES;
  return more > 0 ? [...lines.slice(0, LINES), say.more(more)] : lines;
}
