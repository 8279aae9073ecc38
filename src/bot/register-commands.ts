/** Tells Discord which commands there are. */
import { REST, Routes } from 'discord.js';
import { textsFor } from '../../templates/messages/index.ts';
import { commandDefinitions } from './commands/definitions.ts';

/** Puts the commands in place of whatever was registered before. Resolves with their number. */
export async function registerCommands({
  token,
  apiUrl,
}: {
  token: string;
  apiUrl?: string | undefined;
}): Promise<number> {
  const rest = new REST({ version: '10', ...(apiUrl === undefined ? {} : { api: apiUrl }) }).setToken(token);
  const { id } = (await rest.get(Routes.currentApplication())) as { id: string };
  const body = commandDefinitions(textsFor('en'));
  await rest.put(Routes.applicationCommands(id), { body });
  return body.length;
}
