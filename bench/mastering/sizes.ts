/** Large sessions: what a render takes of memory and time. They are made of the demo's voices, so nothing is said of sound. */
import path from 'node:path';
import { type CheapSession, writeCheapSession } from '../support/cheap-session.ts';
import { atMost, type Must } from '../support/musts.ts';
import { formatTable, rounded } from '../support/table.ts';
import { ours } from './rows.ts';

/** Of the render process; what ffmpeg takes beside it is ffmpeg's. */
export const RSS_MB = 200;
const VAST_RSS_MB = 1000;
/** Of the session's length, on a machine that does other things too. */
const VAST_SHARE = 1 / 20;

async function measure(name: string, scratch: string, preset: string, session: CheapSession) {
  const folder = await writeCheapSession(path.join(scratch, name), session);
  const { peakMb, cpuSeconds, wallSeconds } = await ours(folder, path.join(scratch, `${name}-out`), preset);
  const { speakers, seconds, linesEach } = session;
  console.log(`\n${speakers} speakers, ${rounded(seconds / 3600)} hours, ${linesEach} lines each`);
  const titles = ['peak memory, MB', 'CPU, s', 'wall, s'];
  console.log(formatTable(titles, [[rounded(peakMb, 0), rounded(cpuSeconds, 0), rounded(wallSeconds, 0)]]));
  return { peakMb: rounded(peakMb, 0), wallSeconds };
}

/** Ten people who talk for three hours, a third of it each. */
export async function memory(scratch: string, preset: string, short: boolean): Promise<Must[]> {
  const hours = short ? 0.25 : 3;
  const session = { speakers: 10, seconds: hours * 3600, linesEach: Math.round(hours * 200) };
  const { peakMb } = await measure('long', scratch, preset, session);
  return [atMost(`10 speakers, ${hours} h: peak memory of the render, MB`, peakMb, RSS_MB)];
}

/** Forty people who are there for half a day and say little. */
export async function vast(scratch: string, preset: string, short: boolean): Promise<Must[]> {
  const hours = short ? 0.5 : 12;
  const session = { speakers: 40, seconds: hours * 3600, linesEach: 10 };
  const { peakMb, wallSeconds } = await measure('vast', scratch, preset, session);
  const mostSeconds = Math.max(60, hours * 3600 * VAST_SHARE);
  return [
    atMost(`40 speakers, ${hours} h: peak memory of the render, MB`, peakMb, VAST_RSS_MB),
    atMost(`40 speakers, ${hours} h: wall time, s`, rounded(wallSeconds, 0), mostSeconds),
  ];
}
