/** Holds what a killed and continued session left on the disk against what was said, and has other programs read it. */
import { spawnSync } from 'node:child_process';
import { readSession, readTrackPackets, type RecordedSession } from '../../recorder/session/reader.ts';
import type { VoiceRoom } from '../../src/simulator/voice/contract.ts';

export interface Evidence {
  folder: string;
  room: VoiceRoom;
  /** All on the simulation clock: when the round began, and when the kill came; undefined for a kill that may cost nothing. */
  sinceUs: number;
  recorderKilledUs: number | undefined;
  /** Whether it went on after that. */
  continued: boolean;
  /** Names of markers that were acknowledged to a person. */
  markers: readonly string[];
}

export interface Verdict {
  tracks: number;
  packets: number;
  /** Age, at the kill, of the oldest packet that is missing from before it, milliseconds. */
  tailMs: number;
  /** How late the speakers themselves sent in the second before the kill: a machine that starves them starves the recorder. */
  stallMs: number;
  /** Packets that are missing, were not in the tail, and of which no gap of the journal tells, or not rightly. */
  lost: number;
  /** From when packets could come again until the last that could not be decrypted yet was sent, milliseconds. */
  unreadMs: number;
  lostMarkers: number;
  /** Furthest that a packet stands from its place, the session's one offset and what was sent late removed, milliseconds. */
  worstMs: number;
  /** From the kill until packets could come again, milliseconds. */
  awayMs: number;
  /** What other programs, and the folder itself, had to say. */
  complaints: string[];
}

/** Undefined when it is not on this machine. */
export const hasOpusinfo = (): boolean => spawnSync('opusinfo', ['-V']).status === 0;

const PROBES = [
  ['ffprobe', ['-v', 'warning', '-count_packets', '-show_entries', 'stream=nb_read_packets']],
  ['opusinfo', []],
] as const;

function complaintsOf(file: string, withOpusinfo: boolean): string[] {
  return PROBES.flatMap(([program, args]) => {
    if (program === 'opusinfo' && !withOpusinfo) return [];
    const { status, stdout, stderr } = spawnSync(program, [...args, file], { encoding: 'utf8' });
    const said = program === 'ffprobe' ? stderr : `${stdout}${stderr}`.match(/^.*warning.*$/gim)?.join('; ');
    const complaint = said?.trim() ?? '';
    return status === 0 && complaint === ''
      ? []
      : [`${program} on ${file}: ${complaint || `exit code ${status}`}`];
  });
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Kept packets beside the sent ones they are, by content: every packet of a round is unlike all others. */
async function placesOf(session: RecordedSession): Promise<Map<string, number>> {
  const places = new Map<string, number>();
  for (const track of session.tracks)
    for await (const { opus, startUs } of readTrackPackets(track))
      places.set(`${track.userId} ${Buffer.from(opus).toString('hex')}`, startUs);
  return places;
}

/** Two packets: what a gap's own place is off by. */
const NEAR_US = 40_000;

/** Whether the journal has a gap for this reason there. */
const hasGap = (
  { tracks, gaps }: RecordedSession,
  wanted: 'crash' | 'undecryptable',
  userId: string,
  atUs: number,
): boolean =>
  gaps.some(
    ({ track, startUs, endUs, reason }) =>
      reason === wanted &&
      (track === 0 || tracks.find(({ number }) => number === track)?.userId === userId) &&
      atUs > startUs - NEAR_US &&
      atUs < endUs + NEAR_US,
  );

export async function judge({
  folder,
  room,
  sinceUs,
  recorderKilledUs,
  markers,
  continued,
}: Evidence): Promise<Verdict> {
  const session = await readSession(folder);
  const killedUs = recorderKilledUs ?? Infinity;
  const places = await placesOf(session);
  const sent = room.truth.userIds().flatMap((userId) =>
    room.truth
      .of(userId)
      .filter(({ dueUs, silence, recipients }) => dueUs >= sinceUs && !silence && recipients > 0)
      .filter(({ sentUs }) => continued || sentUs <= killedUs)
      .map(({ opus, sentUs, dueUs }) => {
        const startUs = places.get(`${userId} ${Buffer.from(opus).toString('hex')}`);
        return { userId, sentUs, dueUs, startUs };
      }),
  );
  const offsets = sent.flatMap(({ dueUs, startUs }) => (startUs === undefined ? [] : [dueUs - startUs]));
  const offsetUs = median(offsets);
  // A busy machine sends late, and who hears it only late cannot know better.
  const lateUs = Math.max(0, ...sent.map(({ sentUs, dueUs }) => sentUs - dueUs));
  const backUs = Math.max(
    ...session.gaps.filter(({ reason }) => reason === 'crash').map(({ endUs }) => endUs + offsetUs),
  );
  const missing = sent.filter(({ startUs }) => startUs === undefined);
  const tail = missing.filter(({ sentUs }) => sentUs <= killedUs && killedUs - sentUs <= 1_000_000);
  // Nobody was there to hear from the kill until the recorder was back: no gap excuses more than that.
  const unheard = missing.filter(
    ({ userId, sentUs, dueUs }) =>
      sentUs > killedUs && sentUs < backUs + NEAR_US && hasGap(session, 'crash', userId, dueUs - offsetUs),
  );
  // Then its group (DAVE) had to take it in: it cannot decrypt what was said before.
  const unread = missing.filter(
    (packet) =>
      packet.sentUs > killedUs &&
      !unheard.includes(packet) &&
      hasGap(session, 'undecryptable', packet.userId, packet.dueUs - offsetUs),
  );
  const complaints = session.tracks.flatMap(({ opusPath }) => complaintsOf(opusPath, hasOpusinfo()));
  if (!session.sealed) complaints.push(`${folder} is not sealed`);
  const goneOn = session.gaps.some(({ track, reason }) => track === 0 && reason === 'crash');
  if (goneOn !== (continued && recorderKilledUs !== undefined))
    complaints.push(`${folder} has ${goneOn ? 'a' : 'no'} crash gap`);
  return {
    tracks: session.tracks.length,
    packets: offsets.length,
    stallMs: Math.max(
      0,
      ...sent
        .filter(({ sentUs }) => sentUs <= killedUs && killedUs - sentUs <= 1_000_000)
        .map(({ sentUs, dueUs }) => (sentUs - dueUs) / 1000),
    ),
    tailMs: Math.max(0, ...tail.map(({ sentUs }) => (killedUs - sentUs) / 1000)),
    lost: missing.length - tail.length - unheard.length - unread.length,
    unreadMs: Math.max(0, ...unread.map(({ sentUs }) => (sentUs - backUs) / 1000)),
    lostMarkers: markers.filter((name) => !session.markers.some((marker) => marker.name === name)).length,
    worstMs: Math.max(0, ...offsets.map((each) => (Math.abs(each - offsetUs) - lateUs) / 1000)),
    awayMs: recorderKilledUs === undefined ? 0 : (backUs - recorderKilledUs) / 1000,
    complaints,
  };
}
