/** Who speaks in the corpus, how loud, and what is wrong with their microphone or their line. */

/** A voice of espeak-ng, or one that was recorded: used where its files are there, the made one elsewhere. */
export interface Voice {
  /** espeak-ng voice and variant, words per minute, pitch (0 to 99). */
  made: readonly [name: string, wordsPerMinute: number, pitch: number];
  /** Files below the folder of real voices. */
  real?: readonly string[];
}

export interface CastMember {
  name: string;
  voice: Voice;
  /** Loudness of their speech on the line, by ffmpeg's ebur128. */
  lufs: number;
  /** Share of packets that never come. */
  loss: number;
  /** Sends without a pause: hiss, and everybody else from the loudspeaker. Both in dB below their own voice. */
  open?: { hissDb: number; bleedDb: number };
  /** Mains hum at 50, 100 and 150 Hz: amplitude of the first. */
  humAmplitude?: number;
  /** Their level wanders by so much to both sides, once around in DRIFT_PERIOD_SECONDS. */
  driftDb?: number;
}

export const DRIFT_PERIOD_SECONDS = 1200;

const LJ = ['0001', '0003', '0004', '0005', '0007', '0009'].map((number) => `lj/LJ001-${number}.flac`);

const hot: CastMember = { name: 'hot', voice: { made: ['en-us+m3', 175, 38] }, lufs: -12, loss: 0.01 };
const quiet: CastMember = {
  ...{ name: 'quiet', voice: { made: ['en-gb-x-rp+f3', 165, 55] }, lufs: -35, loss: 0.02 },
};
const open: CastMember = {
  ...{ name: 'open', voice: { made: ['en-gb-scotland+m7', 160, 30] }, lufs: -28, loss: 0 },
  open: { hissDb: -24, bleedDb: -16 },
};
const drifting: CastMember = {
  ...{
    name: 'drifting',
    voice: { made: ['en-us+f2', 170, 48], real: ['3575_00000.mp3'] },
    lufs: -22,
    loss: 0,
  },
  driftDb: 4,
};

export const fourSpeakers: readonly CastMember[] = [hot, quiet, open, drifting];

export const tenSpeakers: readonly CastMember[] = [
  ...fourSpeakers,
  { name: 'host', voice: { made: ['en-us+f4', 165, 50], real: LJ }, lufs: -16, loss: 0 },
  { name: 'plain', voice: { made: ['en-us+m1', 160, 45], real: ['1320_00000.mp3'] }, lufs: -20, loss: 0.005 },
  { name: 'humming', voice: { made: ['en-gb+m5', 170, 42] }, lufs: -25, loss: 0, humAmplitude: 0.004 },
  { name: 'lossy', voice: { made: ['en-gb+m2', 155, 50], real: ['6829_00000.mp3'] }, lufs: -30, loss: 0.03 },
  { name: 'bright', voice: { made: ['en-us+f5', 175, 66] }, lufs: -18, loss: 0 },
  { name: 'calm', voice: { made: ['en-gb+f1', 150, 40], real: ['8230_00000.mp3'] }, lufs: -24, loss: 0.01 },
];

/** What the made voices say. */
export const SENTENCES = [
  'Welcome back, everyone, tonight we talk about how small teams keep their servers alive.',
  'The first thing we did was to throw away everything that nobody had opened for a year.',
  'I would not call it a failure, but we learned where the weak spots were.',
  'Somebody in the chat asks whether this works without a database, and the answer is yes.',
  'We measured it twice, once in the morning and once at night, and the numbers were the same.',
  'That is a fair point, and I think most of us have made exactly that mistake.',
  'When the power went out we lost about one second of audio, which surprised me.',
  'You can hear the difference between a good room and a bad one within a minute.',
];
export const BACKCHANNELS = ['Yes.', 'Right.', 'Exactly.', 'I see.'];
