/** The connection to Discord: which events it asks for, how it logs in, and how it leaves without ending a recording. */
import { Client, Events, GatewayCloseCodes, GatewayIntentBits } from 'discord.js';
import type { Logger } from 'pino';

/** None of them is privileged (docs, Gateway, "List of Intents"). GuildModeration tells of bans. */
const INTENTS = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildVoiceStates,
  GatewayIntentBits.GuildScheduledEvents,
  GatewayIntentBits.GuildModeration,
];

/** Discord does not let this bot in; only a person can mend that. */
export class LoginRefusedError extends Error {
  override name = 'LoginRefusedError';
}

export interface ClientOptions {
  token: string;
  /** Discord's API, or an embedded Discord's. */
  apiUrl?: string | undefined;
  /** Also asks for the privileged intent that tells at once what roles members have. */
  membersIntent?: boolean | undefined;
  logger: Logger;
  /** Discord ended the session for good, after all was well; nothing comes any more. */
  onLost?: ((error: LoginRefusedError) => void) | undefined;
}

const REFUSED_TOKEN =
  'Discord refuses DISCORD_TOKEN. Reset it in the Developer Portal (Bot, Reset Token) and put the new one into .env.';

/** Closes of the gateway that a person must mend (docs, Opcodes and Status Codes, "Gateway Close Event Codes"). */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [GatewayCloseCodes.AuthenticationFailed, REFUSED_TOKEN],
  [
    GatewayCloseCodes.DisallowedIntents,
    'Discord does not grant this bot an intent that the settings need: MEMBERS_INTENT=on asks for the Server Members Intent. Switch it on in the Developer Portal (Bot, Privileged Gateway Intents), or set MEMBERS_INTENT=off.',
  ],
]);

/** What a close means after which discord.js gives up. */
export function refusal(closeCode: number): LoginRefusedError {
  return new LoginRefusedError(
    REFUSALS.get(closeCode) ??
      `Discord closed the gateway with code ${closeCode} and does not let the bot in again. Start anew; if that does not help, report it.`,
  );
}

/** Resolves when every server is known. Throws LoginRefusedError, and whatever keeps Discord from answering. */
export async function logIn({
  token,
  apiUrl,
  membersIntent = false,
  logger,
  onLost,
}: ClientOptions): Promise<Client<true>> {
  const client = new Client({
    intents: membersIntent ? [...INTENTS, GatewayIntentBits.GuildMembers] : INTENTS,
    // Titles and names come from people: nobody is pinged unless a message says whom.
    allowedMentions: { parse: [] },
    ...(apiUrl === undefined ? {} : { rest: { api: apiUrl } }),
  });
  client.on(Events.Error, (error) => logger.error({ err: error }, 'the Discord client has a fault'));
  client.on(Events.ShardDisconnect, ({ code }) =>
    logger.error({ err: refusal(code) }, 'Discord ended the gateway session for good'),
  );
  client.on(Events.Warn, (warning) => logger.warn({ warning }, 'the Discord client warns'));
  const ready = new Promise<Client<true>>((resolve, reject) => {
    client.once(Events.ClientReady, resolve);
    // `login` does not settle when the gateway turns the bot away.
    client.once(Events.ShardDisconnect, ({ code }) => reject(refusal(code)));
  });
  try {
    const known = await Promise.race([client.login(token).then(() => ready), ready]);
    client.on(Events.ShardDisconnect, ({ code }) => onLost?.(refusal(code)));
    return known;
  } catch (cause) {
    await client.destroy();
    const isToken = cause instanceof Error && 'code' in cause && cause.code === 'TokenInvalid';
    throw isToken ? new LoginRefusedError(REFUSED_TOKEN, { cause }) : cause;
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
