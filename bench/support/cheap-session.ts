/** A long session made in seconds: the lines of the demo over and over, through the recorder's own session writer. */
import { readOpusPackets } from '../../recorder/ogg/reader.ts';
import { lines, voiceFile } from '../../src/demo/script.ts';
import { writeSampleSession } from '../../tests/recorder/support/sample-session.ts';

export interface CheapSession {
  speakers: number;
  seconds: number;
  /** Lines of 4 to 8 s that each speaker says, evenly over the session and by turns. */
  linesEach: number;
}

/** Answers the folder. */
export async function writeCheapSession(
  folder: string,
  { speakers, seconds, linesEach }: CheapSession,
): Promise<string> {
  const voices = await Promise.all(lines.map((line) => packetsOf(voiceFile(line))));
  const durationUs = seconds * 1_000_000;
  const turnUs = durationUs / linesEach;
  await writeSampleSession(folder, {
    durationUs,
    speakers: Array.from({ length: speakers }, (_, speaker) => ({
      userId: `${speaker + 1}`,
      spurts: Array.from({ length: linesEach }, (_, turn) => ({
        startUs: Math.round(turnUs * (turn + speaker / speakers)),
        packets: voices[(speaker + turn) % voices.length]!,
      })),
    })),
  });
  return folder;
}

async function packetsOf(file: string): Promise<Uint8Array[]> {
  const packets: Uint8Array[] = [];
  for await (const { opus } of readOpusPackets(file)) packets.push(opus);
  return packets;
}
