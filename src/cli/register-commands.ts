/** `stagecast register-commands`: puts the bot's slash commands in place without starting anything else. */
import { registerCommands } from '../bot/index.ts';
import type { Config } from '../config.ts';
import { missingSettings } from './serve.ts';
import { ConfigError } from '../config.ts';

export async function register(config: Config): Promise<void> {
  const { token, apiUrl } = config.discord;
  if (token === undefined) throw new ConfigError(missingSettings(config, ['bot', 'worker', 'api']));
  const count = await registerCommands({ token, apiUrl });
  console.log(`${count} commands are registered; Discord shows them at once, an open client after a reload.`);
}
