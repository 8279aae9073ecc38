/** What Discord calls a server that the bot is in, for those who make it known before anybody has used the bot there. */
import type { Config } from './config.ts';

const ASK_MS = 5_000;

/** Undefined without a token, and where the bot is not. */
export async function discordNameOf(
  { discord: { token, apiUrl } }: Pick<Config, 'discord'>,
  guildId: string,
): Promise<string | undefined> {
  if (token === undefined) return undefined;
  const signal = AbortSignal.timeout(ASK_MS);
  const headers = { authorization: `Bot ${token}` };
  const response = await fetch(`${apiUrl}/v10/guilds/${guildId}`, { headers, signal }).catch(() => undefined);
  return response?.ok === true ? ((await response.json()) as { name?: string }).name : undefined;
}
