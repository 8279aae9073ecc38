/**
 * An embedded Discord that the real discord.js and @discordjs/voice connect to: REST v10, gateway v10, and the voice half
 * of `voice/`. Tests and the demo furnish its guilds and move its people.
 */
import path from 'node:path';
import { GatewayIntentBits } from 'discord-api-types/v10';
import { realClock, type SimClock } from './clock.ts';
import { startGateway } from './gateway/gateway.ts';
import { PRIVILEGED_INTENTS } from './gateway/intents.ts';
import { createGuild, wireRole, type SimGuild } from './guild.ts';
import { createOpenApiCheck } from './rest/openapi-check.ts';
import { startRestServer, type RestRequest } from './rest/server.ts';
import { bitsOf, type PermissionName } from './state/permissions.ts';
import { createVoiceStates } from './state/voice-states.ts';
import { wireUser } from './state/wire.ts';
import { createWorld } from './state/world.ts';
import type { EncryptionMode, VoiceServer } from './voice/contract.ts';
import { startVoiceServer } from './voice/voice-server.ts';

export type { SimChannel, SimGuild } from './guild.ts';
export { readableText, type SimInteraction } from './people/interaction.ts';
export type { SimMember } from './people/member.ts';
export { NotPossibleError } from './people/options.ts';
export type { RestRequest } from './rest/server.ts';

export interface SimulatorOptions {
  clock?: SimClock;
  /** Discord's OpenAPI document; by default DISCORD_OPENAPI, then a copy beside the checkout. `null` checks nothing. */
  openApiPath?: string | null;
  modes?: readonly EncryptionMode[];
  seed?: number;
}

export interface BotOptions {
  name?: string;
  guilds: SimGuild[];
  /** Of the bot's own role in each guild. */
  permissions: PermissionName[];
  /** Privileged intents switched on in the Developer Portal. */
  privilegedIntents?: GatewayIntentBits[];
}

export interface SimBot {
  token: string;
  userId: string;
  applicationId: string;
  /** Cuts the gateway connection without a close frame; the session can resume. */
  dropGateway(): void;
  /** Ends the gateway session (op 9): the bot must identify anew. */
  invalidateSession(): void;
  /** Ids of the gateway sessions alive. */
  gatewaySessions(): string[];
}

export interface Simulator {
  apiUrl: string;
  caPem: string;
  clock: SimClock;
  voice: VoiceServer;
  /** True when requests are held against Discord's own document. */
  checksOpenApi: boolean;
  /** Every REST request so far, with the status it got. */
  requests: readonly RestRequest[];
  createGuild(guild: { name: string; locale?: string }): SimGuild;
  createBot(bot: BotOptions): SimBot;
  close(): Promise<void>;
}

const BESIDE_THE_CHECKOUT = path.join(
  import.meta.dirname,
  '..',
  '..',
  '..',
  'shared',
  'discord',
  'openapi.json',
);

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const ownClock = options.clock === undefined ? realClock() : undefined;
  const clock = options.clock ?? ownClock!;
  const documentPath =
    options.openApiPath === null
      ? undefined
      : (options.openApiPath ?? process.env['DISCORD_OPENAPI'] ?? BESIDE_THE_CHECKOUT);
  const check = createOpenApiCheck(documentPath);
  const { modes, seed } = options;
  const voice = await startVoiceServer({
    clock,
    ...(modes ? { modes } : {}),
    ...(seed === undefined ? {} : { seed }),
  });
  const gateway = await startGateway();
  const world = createWorld(gateway.dispatcher);
  const voiceStates = createVoiceStates(world, voice);
  gateway.attach(world, {
    voiceStateUpdate: (session, data) => voiceStates.request(session, data),
    sessionEnded: (session) => voiceStates.release(session),
  });
  const rest = await startRestServer({ world, voice, voiceStates, gatewayUrl: gateway.url }, check);

  return {
    apiUrl: rest.apiUrl,
    caPem: voice.caPem,
    clock,
    voice,
    checksOpenApi: check !== undefined,
    requests: rest.requests,
    createGuild: (guild) => createGuild({ world, voice, voiceStates }, guild),
    createBot({ name = 'Stagecast', guilds, permissions, privilegedIntents = [] }) {
      const userId = world.makeId();
      const user = wireUser(userId, name, true);
      // The shape of a real token: user id, time, and a secret, each in base64url.
      const token = [Buffer.from(userId).toString('base64url'), 'AAAAAA', userId.padStart(27, '0')].join('.');
      const everyIntent = Object.values(GatewayIntentBits).reduce<number>((all, bit) => all | Number(bit), 0);
      const allowedIntents = privilegedIntents.reduce<number>(
        (all, bit) => all | bit,
        everyIntent & ~PRIVILEGED_INTENTS,
      );
      world.users.set(userId, user);
      world.bots.set(token, {
        user,
        applicationId: userId,
        token,
        guildIds: new Set(guilds.map(({ id }) => id)),
        allowedIntents,
        globalCommands: [],
      });
      for (const { id } of guilds) {
        const guild = world.guilds.get(id)!;
        const role = wireRole(world.makeId(), name, bitsOf(permissions), guild.roles.size);
        guild.roles.set(role.id, { ...role, managed: true, tags: { bot_id: userId } });
        guild.members.set(userId, {
          user,
          nick: null,
          roles: new Set([role.id]),
          joinedAt: new Date().toISOString(),
          locale: guild.locale,
        });
      }
      return {
        token,
        userId,
        applicationId: userId,
        dropGateway: () => gateway.drop(userId),
        invalidateSession: () => gateway.invalidate(userId),
        gatewaySessions: () => gateway.sessionsOf(userId).map(({ id }) => id),
      };
    },
    async close() {
      await rest.close();
      await gateway.close();
      await voice.close();
      ownClock?.close();
    },
  };
}
