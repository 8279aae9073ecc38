/** A whole installation beside an embedded Discord, and the short programmes that are played in it. */
import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startInstallation, type Installation } from '../../../src/demo/installation.ts';
import type { Programme } from '../../../src/demo/play.ts';
import { setTheScene, untilCommandsAreThere, type Scene } from '../../../src/demo/scene.ts';
import { lines, voiceFile, type ScriptedLine } from '../../../src/demo/script.ts';
import { prepareCatalog } from '../../catalog/support/test-catalog.ts';

export interface House {
  scene: Scene;
  installation: Installation;
  /** Ids of the sessions that have a folder. */
  sessionIds(): Promise<string[]>;
  sessionFolder(sessionId: string): string;
  close(): Promise<void>;
}

/** Starts both, on a database that was made before, and waits until people see the bot's commands. */
export async function openHouse(
  channelKind: 'stage' | 'voice',
  env: Readonly<Record<string, string>> = {},
): Promise<House> {
  const dataFolder = path.join(os.tmpdir(), `stagecast-e2e-${randomUUID()}`);
  await prepareCatalog(dataFolder);
  const scene = await setTheScene(channelKind);
  const { discord, bot } = scene;
  const installation = await startInstallation({
    dataFolder,
    token: bot.token,
    apiUrl: discord.apiUrl,
    caPem: discord.caPem,
    env,
  }).catch(async (error: unknown) => {
    await discord.close();
    throw error;
  });
  await untilCommandsAreThere(scene);
  const sessions = path.join(dataFolder, 'sessions');
  return {
    scene,
    installation,
    sessionIds: () => readdir(sessions),
    sessionFolder: (sessionId) => path.join(sessions, sessionId),
    async close() {
      await installation.stop();
      await discord.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** A line of the demo's script, at another moment. */
export function line(file: string, startMs: number): ScriptedLine {
  const scripted = lines.find((each) => each.file === file);
  if (scripted === undefined) throw new Error(`the script has no line ${file}`);
  return { ...scripted, startMs };
}

const marker = { atMs: 2_800, name: 'Everybody at once' };

/** 5.5 s: four voices by turns and over each other, with pauses, and a marker in the middle. */
export const SHORT_PROGRAMME: Programme = {
  title: 'Five seconds & a feed',
  lines: [
    line('mei-1.opus', 100),
    line('tobias-2.opus', 300),
    line('samuel-2.opus', 1_700),
    line('tobias-2.opus', 3_000),
    line('ines-4.opus', 600),
  ],
  markers: [marker],
  endMs: 5_500,
};

/** A speaker's line as a file, to be spoken out of the script. */
export const voiceOf = (file: string): string => voiceFile(line(file, 0));

/** The process ids of a process's children (proc(5), /proc/pid/task/tid/children). */
export async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

/** The recorder's child that is the application now. */
export async function applicationPid({ pid }: Installation): Promise<number | undefined> {
  return (await childrenOf(pid))[0];
}

/** Asks again every 50 ms until the answer is there. Throws with `what` after `limitMs`. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  limitMs = 30_000,
): Promise<T> {
  const deadlineMs = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadlineMs) throw new Error(`Waited ${limitMs} ms in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
