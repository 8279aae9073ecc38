/** The server, the people and the bot of the demo, in an embedded Discord. */
import {
  startSimulator,
  type SimBot,
  type SimChannel,
  type SimGuild,
  type SimMember,
  type Simulator,
} from '../simulator/index.ts';
import { speakers, type ScriptedSpeaker, type SpeakerKey } from './script.ts';

export interface Scene {
  discord: Simulator;
  guild: SimGuild;
  bot: SimBot;
  /** Where the host types. */
  lobby: SimChannel;
  /** The stage or voice channel. */
  hall: SimChannel;
  host: SimMember;
  cast: ReadonlyMap<SpeakerKey, SimMember>;
  audience: SimMember[];
}

/** What the README's invite link grants. */
export const BOT_PERMISSIONS = [
  'ViewChannel',
  'SendMessages',
  'ReadMessageHistory',
  'Connect',
  'CreateEvents',
  'ManageChannels',
  'MuteMembers',
  'MoveMembers',
] as const;

export async function setTheScene(
  channelKind: 'stage' | 'voice',
  cast: readonly ScriptedSpeaker[] = speakers,
): Promise<Scene> {
  const discord = await startSimulator();
  const guild = discord.createGuild({ name: 'Open Stage' });
  const lobby = guild.createChannel({ kind: 'text', name: 'lobby' });
  const hall = guild.createChannel({
    kind: channelKind,
    name: channelKind === 'stage' ? 'Main Stage' : 'Round Table',
  });
  const hosts = guild.createRole({
    name: 'Hosts',
    permissions: ['ManageEvents', 'ManageChannels', 'MuteMembers', 'MoveMembers'],
  });
  const members = new Map(
    cast.map(({ key, displayName, role }) => [
      key,
      guild.addMember({ displayName, roles: role === 'host' ? [hosts] : [] }),
    ]),
  );
  const host = members.get(cast.find(({ role }) => role === 'host')?.key ?? 'ines');
  if (host === undefined) throw new Error('the script has no host');
  const audience = ['Noor', 'Jonas', 'Priya'].map((displayName) => guild.addMember({ displayName }));
  const bot = discord.createBot({ guilds: [guild], permissions: [...BOT_PERMISSIONS] });
  return { discord, guild, bot, lobby, hall, host, cast: members, audience };
}

/** The bot registers its commands when it can answer them; a person sees them from then on. */
export async function untilCommandsAreThere(
  { discord }: Pick<Scene, 'discord'>,
  withinMs = 60_000,
): Promise<void> {
  const deadlineMs = Date.now() + withinMs;
  const isThere = () =>
    discord.requests.some(
      ({ method, path, status }) => method === 'PUT' && path.endsWith('/commands') && status === 200,
    );
  while (!isThere()) {
    if (Date.now() > deadlineMs) throw new Error('the bot did not register its commands in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
