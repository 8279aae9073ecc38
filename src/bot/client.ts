/** The connection to Discord: which events it asks for, how it logs in, and how it leaves without ending a recording. */
import { Client, Events, GatewayIntentBits } from 'discord.js';
import type { Logger } from 'pino';

/** None of them is privileged (docs, Gateway, "List of Intents"). */
const INTENTS = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildVoiceStates,
  GatewayIntentBits.GuildScheduledEvents,
];

/** Discord does not accept this token; only a person can mend that. */
export class LoginRefusedError extends Error {
  override name = 'LoginRefusedError';
}

export interface ClientOptions {
  token: string;
  /** Discord's API, or an embedded Discord's. */
  apiUrl?: string | undefined;
  logger: Logger;
}

/** Resolves when every server is known. Throws LoginRefusedError, and whatever keeps Discord from answering. */
export async function logIn({ token, apiUrl, logger }: ClientOptions): Promise<Client<true>> {
  const client = new Client({
    intents: INTENTS,
    // Titles and names come from people: nobody is pinged unless a message says whom.
    allowedMentions: { parse: [] },
    ...(apiUrl === undefined ? {} : { rest: { api: apiUrl } }),
  });
  client.on(Events.Error, (error) => logger.error({ err: error }, 'the Discord client has a fault'));
  client.on(Events.Warn, (warning) => logger.warn({ warning }, 'the Discord client warns'));
  const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve));
  try {
    await client.login(token);
    return await ready;
  } catch (cause) {
    await client.destroy();
    const isToken = cause instanceof Error && 'code' in cause && cause.code === 'TokenInvalid';
    if (isToken)
      throw new LoginRefusedError(
        'Discord refuses DISCORD_TOKEN. Reset it in the Developer Portal (Bot, Reset Token) and put the new one into .env.',
        { cause },
      );
    throw cause;
  }
}

/** Any code that is neither 1000 nor 1001; @discordjs/ws closes with this one to resume later (`CloseCodes.Resuming`). */
const KEEP_SESSION = 4200;

/**
 * Leaves Discord. With `keepVoice` the gateway session is left to time out: a close with 1000 or 1001, which
 * `client.destroy()` sends, ends the bot's voice connections at once (docs, Gateway, "Initiating a Disconnect"), and the
 * recorder would lose a recording that it could have carried over to the next application.
 */
export async function leave(client: Client, { keepVoice }: { keepVoice: boolean }): Promise<void> {
  // discord.js has no public way to choose the code; a test holds the private field in place.
  const { _ws: gateway } = client.ws as unknown as {
    _ws?: { destroy(options: { code: number; reason: string }): Promise<void> };
  };
  if (keepVoice) await gateway?.destroy({ code: KEEP_SESSION, reason: 'the application is restarting' });
  await client.destroy();
}
