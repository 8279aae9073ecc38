/** Several servers with people in their channels, in an embedded Discord, and a whole installation that may be killed. */
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startInstallation, type Installation } from '../../src/demo/installation.ts';
import { BOT_PERMISSIONS, untilCommandsAreThere } from '../../src/demo/scene.ts';
import {
  startSimulator,
  type SimBot,
  type SimChannel,
  type SimMember,
  type Simulator,
} from '../../src/simulator/index.ts';

export interface SoakServer {
  name: string;
  lobby: SimChannel;
  hall: SimChannel;
  host: SimMember;
  people: SimMember[];
}

export interface SoakHouse {
  discord: Simulator;
  bot: SimBot;
  servers: SoakServer[];
  dataFolder: string;
  installation(): Installation;
  /** Starts the process tree again on the same folder, once the one before has ended. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Mastering and publishing are left out: what is soaked is capture, and this machine's cores are few. */
const WITHOUT_MASTERING = { FFMPEG_PATH: '/nonexistent/ffmpeg', FFPROBE_PATH: '/nonexistent/ffprobe' };

/** Stages and, every second one, a voice channel with end-to-end encryption. */
export async function openSoakHouse(
  serverCount: number,
  dataFolder = path.join(tmpdir(), `stagecast-soak-${process.pid}`),
): Promise<SoakHouse> {
  const discord = await startSimulator();
  const guilds = Array.from({ length: serverCount }, (_, index) =>
    discord.createGuild({ name: `Server ${index + 1}` }),
  );
  const bot = discord.createBot({ guilds, permissions: [...BOT_PERMISSIONS] });
  const servers = guilds.map((guild, index): SoakServer => {
    const hosts = guild.createRole({
      name: 'Hosts',
      permissions: ['ManageEvents', 'MuteMembers', 'MoveMembers'],
    });
    const kind = index % 2 === 0 ? 'stage' : 'voice';
    const host = guild.addMember({ displayName: `Host ${index + 1}`, roles: [hosts] });
    const people = [host, guild.addMember({ displayName: `Guest ${index + 1}` })];
    const hall = guild.createChannel({ kind, name: kind });
    for (const person of people) person.joinVoice(hall, { speaker: true });
    return {
      name: `${guild.name} (${kind})`,
      lobby: guild.createChannel({ kind: 'text', name: 'lobby' }),
      hall,
      host,
      people,
    };
  });
  const start = (preferredPort?: number): Promise<Installation> =>
    startInstallation({
      ...{ dataFolder, token: bot.token, apiUrl: discord.apiUrl, caPem: discord.caPem },
      ...(preferredPort === undefined ? {} : { preferredPort }),
      env: WITHOUT_MASTERING,
    });
  let installation = await start();
  await untilCommandsAreThere({ discord });
  return {
    ...{ discord, bot, servers, dataFolder },
    installation: () => installation,
    async restart() {
      await installation.ended;
      installation = await start(Number(new URL(installation.baseUrl).port));
    },
    async close() {
      await installation.stop();
      await discord.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
