/** The Discord bot: logs in, registers its commands, answers, and keeps recorder and catalog in step. */
import {
  Client,
  Events,
  GatewayIntentBits,
  GuildScheduledEventStatus,
  REST,
  Routes,
  type GuildScheduledEvent,
  type PartialGuildScheduledEvent,
  type VoiceState,
} from 'discord.js';
import type { Logger } from 'pino';
import { textsFor } from '../../templates/messages/index.ts';
import type { Catalog } from '../catalog/index.ts';
import { commandDefinitions } from './commands/definitions.ts';
import type { BotContext, Links } from './context.ts';
import { personOf } from './recordings.ts';
import type { RecorderLink } from './recorder-link.ts';
import { createRouter } from './router.ts';
import { createSealing } from './sealing.ts';
import { createVoiceBridge } from './voice-bridge.ts';

export type { Links } from './context.ts';

export interface BotOptions {
  token: string;
  /** Discord's API, or an embedded Discord's. */
  apiUrl?: string;
  catalog: Catalog;
  recorder: RecorderLink;
  links: Links;
  logger: Logger;
}

export interface Bot {
  close(): Promise<void>;
}

/** Discord does not accept this token; only a person can mend that. */
export class LoginRefusedError extends Error {
  override name = 'LoginRefusedError';
}

/** None of them is privileged (docs, Gateway, "List of Intents"). */
const INTENTS = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildVoiceStates,
  GatewayIntentBits.GuildScheduledEvents,
];

/** Puts the commands in place of whatever was registered before. Resolves with their number. */
export async function registerCommands({
  token,
  apiUrl,
}: {
  token: string;
  apiUrl?: string;
}): Promise<number> {
  const rest = new REST({ version: '10', ...(apiUrl === undefined ? {} : { api: apiUrl }) }).setToken(token);
  const { id } = (await rest.get(Routes.currentApplication())) as { id: string };
  const body = commandDefinitions(textsFor('en'));
  await rest.put(Routes.applicationCommands(id), { body });
  return body.length;
}

async function login(client: Client, token: string): Promise<Client<true>> {
  const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve));
  try {
    await client.login(token);
  } catch (cause) {
    const isToken = cause instanceof Error && 'code' in cause && cause.code === 'TokenInvalid';
    if (isToken)
      throw new LoginRefusedError(
        'Discord refuses DISCORD_TOKEN. Reset it in the Developer Portal (Bot, Reset Token) and put the new one into .env.',
        { cause },
      );
    throw cause;
  }
  return ready;
}

/** Starts the bot. Throws LoginRefusedError, and whatever keeps Discord or the recorder from answering. */
export async function startBot({
  token,
  apiUrl,
  catalog,
  recorder,
  links,
  logger,
}: BotOptions): Promise<Bot> {
  const fresh = new Client({ intents: INTENTS, ...(apiUrl === undefined ? {} : { rest: { api: apiUrl } }) });
  fresh.on(Events.Error, (error) => logger.error({ err: error }, 'the Discord client has a fault'));
  const client = await login(fresh, token);
  const bridge = createVoiceBridge(client, recorder);
  const context: BotContext = { client, catalog, recorder, bridge, links, logger };
  const sealing = createSealing(context);

  const settle = (session: Parameters<typeof sealing.settle>[0]) =>
    sealing
      .settle(session)
      .catch((error: unknown) =>
        logger.error({ err: error, sessionId: session.sessionId }, 'a session was not taken in'),
      );
  const onSealed = (session: Parameters<typeof settle>[0]) => void settle(session);
  const onWarning = (sessionId: string, code: string, detail: string) =>
    logger.warn({ sessionId, code, detail }, 'the recorder warns');

  /** Names are known only here: the recorder is told who comes into a channel that it records. */
  const onVoiceState = (_: VoiceState, state: VoiceState): void => {
    const live = recorder.liveIn(state.guild.id);
    if (live?.channelId === state.channelId && state.member)
      recorder.person(live.sessionId, personOf(state.member));
  };
  /** An event that is cancelled or deleted in Discord's own interface cancels the webinar. */
  const onEventGone = async (event: GuildScheduledEvent | PartialGuildScheduledEvent): Promise<void> => {
    const webinar = await catalog.webinars.byScheduledEvent(event.guildId, event.id);
    if (webinar?.state === 'scheduled') await catalog.webinars.cancel(event.guildId, webinar.id);
  };
  const cancel = (event: GuildScheduledEvent | PartialGuildScheduledEvent) =>
    void onEventGone(event).catch((error: unknown) =>
      logger.warn({ err: error }, 'a webinar was not cancelled'),
    );

  recorder.events.on('sealed', onSealed);
  recorder.events.on('warning', onWarning);
  client.on(Events.VoiceStateUpdate, onVoiceState);
  client.on(Events.GuildScheduledEventDelete, cancel);
  client.on(Events.GuildScheduledEventUpdate, (_, event) => {
    if (event.status === GuildScheduledEventStatus.Canceled) cancel(event);
  });

  // Sessions that outlived the application before this one: their way to the gateway is opened again.
  const { live, sealed } = await recorder.hello();
  for (const session of live) {
    const guild = client.guilds.cache.get(session.guildId);
    const channel = guild?.channels.cache.get(session.channelId);
    if (guild) bridge.open(guild);
    if (channel?.isVoiceBased())
      for (const member of channel.members.values()) recorder.person(session.sessionId, personOf(member));
  }
  await Promise.all(sealed.map(settle));
  const route = createRouter(context, sealing);
  client.on(Events.InteractionCreate, (interaction) => void route(interaction));
  // Last, because a command that can be typed must be answered.
  await registerCommands({ token, ...(apiUrl === undefined ? {} : { apiUrl }) });
  logger.info({ user: client.user.id, guilds: client.guilds.cache.size, live: live.length }, 'bot is up');

  return {
    async close() {
      recorder.events.off('sealed', onSealed);
      recorder.events.off('warning', onWarning);
      bridge.close();
      recorder.close();
      await client.destroy();
    },
  };
}
