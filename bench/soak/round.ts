/** One round: every server records, people speak, something is killed with -9, people speak on, and hosts stop. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SoakHouse, SoakServer } from './house.ts';
import { judge, type Verdict } from './judge.ts';

export const TARGETS = ['recorder', 'application', 'both'] as const;
export type Target = (typeof TARGETS)[number];

export interface RoundPlan {
  number: number;
  target: Target;
  /** From the first words to the kill. */
  killAfterMs: number;
}

/** 20 ms CELT stereo packets of 120 bytes, none like any other: round, then place. */
export function speech(count: number, round: number, from: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => {
    const packet = Buffer.alloc(120, (index * 37) & 0xff);
    packet[0] = 0xfc;
    packet.writeUInt32BE(round, 1);
    packet.writeUInt32BE(from + index, 5);
    return packet;
  });
}

/** Asks again every 50 ms; what fails while the tree is away is not news. */
async function eventually<T>(what: string, ask: () => Promise<T | undefined>, limitMs = 60_000): Promise<T> {
  const deadlineMs = Date.now() + limitMs;
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    if (Date.now() > deadlineMs) throw new Error(`waited ${limitMs / 1000} s in vain until ${what}`);
    await sleep(50);
  }
}

async function applicationPid(recorderPid: number): Promise<number | undefined> {
  const children = await readFile(`/proc/${recorderPid}/task/${recorderPid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number)[0];
}

export async function playRound(house: SoakHouse, plan: RoundPlan): Promise<Verdict[]> {
  const { discord, servers } = house;
  const sessions = path.join(house.dataFolder, 'sessions');
  const before = new Set(await readdir(sessions).catch(() => []));
  const markers = new Map<SoakServer, string[]>(servers.map((server) => [server, []]));

  /** A person tries again until somebody answers; only what was acknowledged counts. */
  const mark = async (server: SoakServer, name: string): Promise<void> => {
    const answer = await server.host.runCommand('record marker', { name }, server.lobby);
    if (answer.text().includes('Marked')) markers.get(server)!.push(name);
  };
  const listening = (server: SoakServer) =>
    Promise.all([
      server.hall.room().whenConnected(house.bot.userId),
      ...server.hall
        .room()
        .speakers()
        .map((speaker) => speaker.whenAudible()),
    ]);
  const speak = (server: SoakServer, count: number, from: number) =>
    server.people.map((person, index) => person.speak(speech(count, plan.number, from + index * 10_000)));

  await Promise.all(
    servers.map(async (server) => {
      await eventually(`recording starts in ${server.name}`, async () => {
        const title = `Round ${plan.number}`;
        const answer = await server.host.runCommand(
          'record start',
          { channel: server.hall, title },
          server.lobby,
        );
        return /Recording|already running/.test(answer.text()) ? true : undefined;
      });
      await listening(server);
    }),
  );
  // A group's very first packets may come before its keys; how they fare is not what is asked here.
  await Promise.all(servers.flatMap((server) => speak(server, 10, 5_000)));
  const sinceUs = discord.clock.nowUs();
  const ids = (await readdir(sessions)).filter((id) => !before.has(id));
  const talking = servers.flatMap((server) => speak(server, Math.ceil(plan.killAfterMs / 20) + 150, 0));
  const marking = servers.map((server) => mark(server, `first ${plan.number}`).catch(() => undefined));
  await sleep(plan.killAfterMs);

  const { pid } = house.installation();
  const application = (await applicationPid(pid))!;
  const killedUs = discord.clock.nowUs();
  if (plan.target === 'recorder') process.kill(pid, 'SIGKILL');
  else if (plan.target === 'application') process.kill(application, 'SIGKILL');
  else process.kill(-pid, 'SIGKILL');
  await Promise.all(marking);
  if (plan.target !== 'application') await house.restart();

  const journalOf = (id: string) => readFile(path.join(sessions, id, 'journal.jsonl'), 'utf8');
  // By the recorder's own account: the new connection stands.
  const sign = plan.target === 'application' ? '"handed-over"' : '"change":"joined"';
  for (const id of ids)
    await eventually(`session ${id} goes on`, async () =>
      (await journalOf(id)).includes(sign) ? true : undefined,
    );
  await Promise.all(servers.map(listening));
  await Promise.all([...talking, ...servers.flatMap((server) => speak(server, 40, 1_000))]);
  for (const server of servers)
    await eventually(`a marker is taken in ${server.name}`, () =>
      mark(server, `second ${plan.number}`).then(() => true),
    );
  await Promise.all(
    servers.map((server) =>
      eventually(`recording stops in ${server.name}`, async () => {
        await server.host.runCommand('record stop', {}, server.lobby);
        return true;
      }),
    ),
  );
  const after = (await readdir(sessions)).filter((id) => !before.has(id));
  if (after.length !== servers.length)
    throw new Error(`${after.length} sessions of ${servers.length} recordings`);
  return Promise.all(
    after.map(async (id) => {
      await eventually(`session ${id} is sealed`, async () =>
        (await readdir(path.join(sessions, id))).includes('manifest.json') ? true : undefined,
      );
      const { channelId } = JSON.parse((await journalOf(id)).split('\n')[0]!) as { channelId: string };
      const server = servers.find(({ hall }) => hall.id === channelId)!;
      return judge({
        ...{ folder: path.join(sessions, id), room: server.hall.room(), sinceUs },
        recorderKilledUs: plan.target === 'application' ? undefined : killedUs,
        continued: true,
        markers: markers.get(server)!,
      });
    }),
  );
}
