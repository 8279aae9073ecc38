/** Plays one utterance on the simulation clock: a frame each time one is due, silence frames at its end. */
import type { SimClock } from '../clock.ts';
import type { Utterance } from './contract.ts';
import { opusSamples, SILENCE_FRAME } from './opus-source.ts';
import type { SenderClock } from './sender-clock.ts';

export interface SpokenFrame {
  readonly opus: Uint8Array;
  readonly dueUs: number;
  readonly timestamp: number;
  readonly silence: boolean;
  readonly first: boolean;
}

export interface SpeechOptions {
  readonly clock: SimClock;
  readonly senderClock: SenderClock;
  readonly packets: readonly Uint8Array[];
  readonly silenceFrames: number;
  readonly startUs: number;
  /** Called when the utterance starts; returns its number. */
  readonly begin: () => number;
  /** Sends a frame; resolves with true when it went out, false when it could not. */
  readonly emit: (frame: SpokenFrame, spurt: number) => Promise<boolean>;
  readonly ended: () => void;
}

export interface Speech {
  readonly said: Promise<Utterance>;
  readonly started: () => boolean;
  /** Goes to the silence frames at the next frame; one that has not started ends at once. */
  hush(): void;
  /** Ends at once, without silence frames. */
  cut(): void;
}

export function playSpeech(options: SpeechOptions): Speech {
  const { clock, senderClock, packets, startUs } = options;
  const { promise: said, resolve } = Promise.withResolvers<Utterance>();
  let spurt = -1;
  let index = 0;
  let silenceLeft = options.silenceFrames;
  let hushed = false;
  let frames = 0;
  let sent = 0;
  let endUs = startUs;

  const end = (): void => {
    cancel();
    options.ended();
    resolve({ spurt, startUs, endUs, packets: sent, unsent: frames - sent });
  };
  const step = async (): Promise<void> => {
    const silence = hushed || index >= packets.length;
    if (silence && silenceLeft-- === 0) {
      end();
      return;
    }
    const opus = silence ? SILENCE_FRAME : packets[index++]!;
    const { dueUs, timestamp } = senderClock.next(opusSamples(opus));
    if (!silence) endUs = senderClock.endUs();
    // The next frame is set before this one is sent: a speaker does not wait for the network.
    cancel = clock.at(senderClock.endUs(), step);
    frames += 1;
    if (await options.emit({ opus, dueUs, timestamp, silence, first: frames === 1 }, spurt)) sent += 1;
  };
  let cancel = clock.at(startUs, () => {
    spurt = options.begin();
    senderClock.beginSpurt(startUs);
    return step();
  });

  return {
    said,
    started: () => spurt >= 0,
    hush() {
      hushed = true;
      if (spurt < 0) end();
    },
    cut: end,
  };
}
