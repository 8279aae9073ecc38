/** Sessions to break, and proof that what was recorded stays as it is. */
import { createHash } from 'node:crypto';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { lines, voiceFile } from '../../../src/demo/script.ts';
import type { RecordedSession } from '../../../recorder/session/reader.ts';
import { type SampleSession, writeSampleSession } from '../../recorder/support/sample-session.ts';
import { packetsOf } from '../support/sessions.ts';
import { temporaryFolder, toolPaths } from '../support/signals.ts';

export async function recorded(sample: SampleSession, folder?: string): Promise<RecordedSession> {
  return writeSampleSession(folder ?? path.join(await temporaryFolder(), 'session'), sample);
}

/** Opus packets of a line of the demo, 20 ms each: 4 to 8 s of a voice. */
export const voice = (line: number): Promise<Uint8Array[]> => packetsOf(voiceFile(lines[line]!));

/** Two people who talk by turns, about 11 s. */
export const twoVoices = async (): Promise<SampleSession> => ({
  speakers: [
    { userId: '1', spurts: [{ startUs: 300_000, packets: await voice(0) }] },
    { userId: '2', spurts: [{ startUs: 6_000_000, packets: await voice(1) }] },
  ],
});

/** Of every file that is the recording; what others keep beside it is not. */
export async function checksums(sessionFolder: string): Promise<Record<string, string>> {
  const names = await readdir(sessionFolder, { recursive: true, withFileTypes: true });
  const files = names
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !path.relative(sessionFolder, file).startsWith('derived'))
    .sort();
  return Object.fromEntries(
    await Promise.all(
      files.map(
        async (file) =>
          [
            file,
            createHash('sha256')
              .update(await readFile(file))
              .digest('hex'),
          ] as const,
      ),
    ),
  );
}

/** An ffmpeg that is the real one, but that runs whose options hold `word` do something in the shell before. */
export const ffmpegBut = (word: string, before: string): Promise<string> =>
  programBut('ffmpeg', word, before);

export async function programBut(name: 'ffmpeg' | 'ffprobe', word: string, before: string): Promise<string> {
  const file = path.join(await temporaryFolder(), name);
  const real = toolPaths[`${name}Path`];
  await writeFile(file, `#!/bin/sh\ncase "$*" in *${word}*) ${before};; esac\nexec ${real} "$@"\n`);
  await chmod(file, 0o755);
  return file;
}
