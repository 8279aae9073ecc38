/** The webinar that the demo plays: who speaks, which line, when. Two lines run over the one before on purpose. */
import path from 'node:path';

export type SpeakerKey = 'ines' | 'tobias' | 'mei' | 'samuel';

export interface ScriptedSpeaker {
  key: SpeakerKey;
  displayName: string;
  role: 'host' | 'guest';
}

export interface ScriptedLine {
  speaker: SpeakerKey;
  /** In the folder `voices`. */
  file: string;
  /** From the moment the stage opened. */
  startMs: number;
  text: string;
}

export interface ScriptedMarker {
  atMs: number;
  name: string;
}

/** One name with an accent, so that file names and pages show that they can. */
export const speakers: readonly ScriptedSpeaker[] = [
  { key: 'ines', displayName: 'Inès Moreau', role: 'host' },
  { key: 'tobias', displayName: 'Tobias Okafor', role: 'guest' },
  { key: 'mei', displayName: 'Mei Tanaka', role: 'guest' },
  { key: 'samuel', displayName: 'Samuel Reid', role: 'guest' },
];

export const lines: readonly ScriptedLine[] = [
  {
    speaker: 'ines',
    file: 'ines-1.opus',
    startMs: 500,
    text: 'Welcome to Open Stage. I am Inès, and tonight we ask how a live talk becomes a podcast.',
  },
  {
    speaker: 'ines',
    file: 'ines-2.opus',
    startMs: 6700,
    text: 'With me are Tobias, Mei and Samuel. Tobias, what matters most to you?',
  },
  {
    speaker: 'tobias',
    file: 'tobias-1.opus',
    startMs: 12000,
    text: 'Every speaker gets a track of their own. When one microphone fails, the others are still fine.',
  },
  {
    speaker: 'mei',
    file: 'mei-1.opus',
    startMs: 18000,
    text: 'And I sit far from my microphone, so please turn me up before you publish this.',
  },
  {
    speaker: 'samuel',
    file: 'samuel-1.opus',
    startMs: 23500,
    text: 'My fan is running, sorry. Can you still understand me over all of this noise?',
  },
  { speaker: 'tobias', file: 'tobias-2.opus', startMs: 27500, text: 'Yes, we hear you quite well.' },
  {
    speaker: 'ines',
    file: 'ines-3.opus',
    startMs: 30000,
    text: 'Then here is our first question. What happens when two people speak at once?',
  },
  {
    speaker: 'mei',
    file: 'mei-2.opus',
    startMs: 35500,
    text: 'Each of them keeps a track, so nothing is lost, and both can be heard in the end.',
  },
  {
    speaker: 'samuel',
    file: 'samuel-2.opus',
    startMs: 38500,
    text: 'Exactly, both of us, at the same time.',
  },
  {
    speaker: 'ines',
    file: 'ines-4.opus',
    startMs: 42500,
    text: 'Thank you all. The episode will be in your feed in a moment. Goodbye!',
  },
];

/** Set by the host; they become the chapters after the first. */
export const markers: readonly ScriptedMarker[] = [
  { atMs: 11800, name: 'Why a track for everyone' },
  { atMs: 29900, name: 'Questions from the audience' },
];

/** When the host ends the webinar: every line has been spoken. */
export const SCRIPT_END_MS = 48_500;

/** Where a line's Opus file is. */
export const voiceFile = (line: ScriptedLine): string => path.join(import.meta.dirname, 'voices', line.file);
