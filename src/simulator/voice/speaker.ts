/** A simulated member of a room: says one utterance after the other, and knows its own sequence and clock. */
import type { SimClock } from '../clock.ts';
import type { SimSpeaker, SpeakerOptions, SpeakOptions, Utterance } from './contract.ts';
import type { Random } from './faults.ts';
import { opusSamples, readOggOpus, SILENCE_FRAME } from './opus-source.ts';
import type { RtpFrame } from './rtp.ts';
import { createSenderClock } from './sender-clock.ts';
import { playSpeech, type Speech, type SpokenFrame } from './speech.ts';
import type { TruthPacket } from './truth.ts';

/** What a speaker needs of its room. */
export interface SpeakerPort {
  readonly clock: SimClock;
  readonly random: Random;
  audible(userId: string): boolean;
  whenAudible(userId: string): Promise<void>;
  /** DAVE encryption where the room has it; undefined while the member has no key. */
  protect(speaker: SimSpeaker, opus: Uint8Array): Uint8Array | undefined;
  /** A spurt begins: connections are told the SSRC. */
  announce(speaker: SimSpeaker, delayUs: number | 'never'): void;
  /** Hands a packet to the network. Resolves when all that is not delayed was handed to the socket. */
  transmit(
    speaker: SimSpeaker,
    frame: RtpFrame,
    said: Pick<TruthPacket, 'dueUs' | 'opus' | 'spurt' | 'silence'>,
  ): Promise<void>;
  left(speaker: SimSpeaker): void;
}

/** Discord, voice connections, "Voice Data Interpolation". */
const SILENCE_FRAMES = 5;

/** `firstSpurt` continues the count of a user who was here before. */
export function createSpeaker(
  identity: { userId: string; ssrc: number; firstSpurt: number },
  port: SpeakerPort,
  options: SpeakerOptions,
): SimSpeaker {
  const { userId, ssrc } = identity;
  const { clock, random } = port;
  const clockPpm = options.clockPpm ?? 0;
  const senderClock = createSenderClock({
    kind: options.sender ?? 'client',
    firstTimestamp: options.firstTimestamp ?? Math.floor(random() * 2 ** 32),
    epochUs: clock.nowUs(),
    clockPpm,
  });
  const lastsUs = (packets: readonly Uint8Array[], silenceFrames: number): number =>
    (packets.reduce((sum, packet) => sum + opusSamples(packet), 0) +
      silenceFrames * opusSamples(SILENCE_FRAME)) /
    (0.048 * (1 + clockPpm / 1e6));
  let sequence = options.firstSequence ?? Math.floor(random() * 2 ** 16);
  let spurts = identity.firstSpurt;
  let left = false;
  /** The running speech first, then those that wait for their start, and when the last one will have ended. */
  let speeches: { speech: Speech; untilUs: number }[] = [];

  const begin = (): number => {
    port.announce(speaker, options.announceDelayUs ?? 0);
    return spurts++;
  };
  const emit = async (frame: SpokenFrame, spurt: number): Promise<boolean> => {
    if (!port.audible(userId)) return false;
    const payload = frame.silence ? frame.opus : port.protect(speaker, frame.opus);
    if (payload === undefined) return false;
    const { timestamp, dueUs, opus, silence } = frame;
    const packet = { sequence, timestamp, ssrc, payload, firstOfSpurt: frame.first };
    sequence = (sequence + 1) & 0xffff;
    await port.transmit(speaker, packet, { dueUs, opus, spurt, silence });
    return true;
  };
  const say = (packets: readonly Uint8Array[], speak: SpeakOptions): Promise<Utterance> => {
    if (left) throw new Error(`${userId} has left the room and cannot speak. Add the speaker again.`);
    const silenceFrames = speak.silenceFrames ?? SILENCE_FRAMES;
    const freeUs = speeches.at(-1)?.untilUs ?? -Infinity;
    // A time that has passed means now: the truth must not place packets where nobody could send them.
    const startUs = Math.max(clock.nowUs(), speak.startUs ?? freeUs);
    if (startUs < freeUs)
      throw new RangeError(
        `${userId} speaks until ${freeUs} us and cannot start at ${startUs} us. Leave startUs out to wait.`,
      );
    const untilUs = startUs + lastsUs(packets, silenceFrames);
    const speech = playSpeech({
      ...{ clock, senderClock, packets, silenceFrames, startUs, begin, emit },
      ended: () => {
        speeches = speeches.filter((other) => other.speech !== speech);
      },
    });
    speeches.push({ speech, untilUs });
    return speech.said;
  };

  const speaker: SimSpeaker = {
    userId,
    ssrc,
    faults: { ...options.faults },
    shape: { ...options.shape },
    garbled: false,
    audible: () => port.audible(userId),
    whenAudible: () => port.whenAudible(userId),
    async speak(source, speak = {}) {
      // No await before given packets begin: a caller may move a manual clock right after the call.
      if (typeof source !== 'string') return say(source, speak);
      return say(await readOggOpus(source), speak);
    },
    speaking: () => speeches.length > 0,
    hush() {
      for (const { speech } of [...speeches]) speech.hush();
      // What is left: the frame that is playing, then silence.
      for (const running of speeches)
        running.untilUs = Math.min(running.untilUs, clock.nowUs() + lastsUs([], SILENCE_FRAMES + 1));
    },
    leave() {
      if (left) return;
      left = true;
      for (const { speech } of [...speeches]) speech.cut();
      port.left(speaker);
    },
  };
  return speaker;
}
