/** `stagecast register-commands`: puts the bot's slash commands in place without starting anything else. */
import { registerCommands } from '../bot/register-commands.ts';
import type { Config } from '../config.ts';
import { missingSettings } from './serve.ts';
import { ConfigError } from '../config.ts';

export async function register(config: Config): Promise<void> {
  const { token, apiUrl } = config.discord;
  if (token === undefined) throw new ConfigError(missingSettings(config, ['bot', 'worker', 'api']));
  const count = await registerCommands({ token, apiUrl }).catch((error: unknown) => {
    if (error instanceof Error && 'status' in error && error.status === 401)
      throw new ConfigError([
        'DISCORD_TOKEN is refused by Discord: reset it in the Developer Portal (Bot, Reset Token) and put the new one into .env',
      ]);
    throw error;
  });
  console.log(`${count} commands are registered; Discord shows them at once, an open client after a reload.`);
}
