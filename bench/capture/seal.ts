/** How long others wait while a session of a bad network is sealed: hours of journal are read beside their packets. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../recorder/clock.ts';
import { sealedSession } from '../../recorder/sealed-sessions.ts';
import { carryOutErasures } from '../../recorder/session/erase.ts';
import { openSessionWriter } from '../../recorder/session/writer.ts';
import { channelId, guildId, sessionId, speakerId } from './setting.ts';

export interface SealCost {
  sealMs: number;
  /** Longest time in which nothing else ran. */
  longestStallMs: number;
}

const SPEAKERS = 10;
const LOOK_MS = 2;

/** Seals, as the recorder does, a session whose journal has so many holes. */
export async function sealBesideOthers(holes: number): Promise<SealCost> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'stagecast-seal-'));
  const session = path.join(folder, 'session');
  const header = {
    ...{ sessionId: sessionId(0), guildId: guildId(0), channelId: channelId(0), title: 'Bench' },
    ...{ startedAtMs: 0, startedByUserId: '1' },
  };
  const writer = openSessionWriter(session, header, systemClock);
  for (let number = 0; number < SPEAKERS; number++) {
    const arrivalUs = systemClock.nowUs();
    const opus = Buffer.from([0xf8, 1, 2, 3]);
    writer.receive({ userId: speakerId(number), ssrc: number, sequence: 0, timestamp: 0, arrivalUs, opus });
  }
  for (let hole = 0; hole < holes; hole++) {
    const userId = speakerId(hole % SPEAKERS);
    writer.gap({ startUs: hole * 1000, endUs: hole * 1000 + 20_000, reason: 'loss', userId });
  }
  await delay(300);

  let [longestStallMs, lookedMs] = [0, performance.now()];
  const look = (): void => {
    const nowMs = performance.now();
    longestStallMs = Math.max(longestStallMs, nowMs - lookedMs - LOOK_MS);
    lookedMs = nowMs;
  };
  const looking = setInterval(look, LOOK_MS);
  const beganMs = performance.now();
  const manifest = await writer.seal('stop');
  await sealedSession(session, (await carryOutErasures(session)) ?? manifest);
  const sealMs = performance.now() - beganMs;
  await delay(2 * LOOK_MS);
  clearInterval(looking);
  await rm(folder, { recursive: true, force: true });
  return { sealMs, longestStallMs };
}
