/** Slash commands, global and per guild. A PUT replaces all, as Discord does. */
import type { APIApplicationCommand } from 'discord-api-types/v10';
import type { BotState } from '../../state/model.ts';
import { DiscordError, invalidForm, type FormFault } from '../errors.ts';
import type { RestApp, RestContext } from '../server.ts';
import { guildOf } from './lookup.ts';

/** Docs, Application Commands, "Application Command Naming": 1-32 characters, lower case where the script has cases. */
const COMMAND_NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

interface CommandBody {
  name?: string;
  description?: string;
  type?: number;
  options?: CommandBody[];
  choices?: unknown[];
}

/** The prose rules of the document's command page that the OpenAPI document does not hold. */
export function commandFaults(commands: readonly CommandBody[], at = ''): FormFault[] {
  return commands.flatMap(({ name, description, type, options, choices }, index) => {
    const path = `${at}${index}`;
    const faults: FormFault[] = [];
    const isChatInput = at !== '' || type === undefined || type === 1;
    if (isChatInput && (!COMMAND_NAME.test(name ?? '') || name !== name?.toLowerCase()))
      faults.push({
        path: `${path}.name`,
        code: 'APPLICATION_COMMAND_INVALID_NAME',
        message: 'Command name is invalid',
      });
    if (isChatInput && !(description && description.length <= 100))
      faults.push({
        path: `${path}.description`,
        code: 'BASE_TYPE_BAD_LENGTH',
        message: 'Must be between 1 and 100 in length.',
      });
    if ((options?.length ?? 0) > 25 || (choices?.length ?? 0) > 25)
      faults.push({ path, code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 25 or fewer in length.' });
    return [...faults, ...commandFaults(options ?? [], `${path}.options.`)];
  });
}

export function commandRoutes(app: RestApp, { world }: RestContext): void {
  const own = (bot: BotState, applicationId: string) => {
    if (bot.applicationId !== applicationId)
      throw new DiscordError(403, 20012, 'You are not authorized to perform this action on this application');
  };
  const complete = (body: unknown, applicationId: string, guildId?: string): APIApplicationCommand[] => {
    const commands = Object.values(body as Record<string, CommandBody>);
    const faults = commandFaults(commands);
    if (faults.length > 0) throw invalidForm(faults);
    return commands.map(
      (command) =>
        ({
          type: 1,
          default_member_permissions: null,
          nsfw: false,
          ...command,
          id: world.makeId(),
          application_id: applicationId,
          version: world.makeId(),
          ...(guildId === undefined ? {} : { guild_id: guildId }),
        }) as unknown as APIApplicationCommand,
    );
  };
  app.get('/applications/:id/commands', (c) => {
    own(c.get('bot'), c.req.param('id'));
    return c.json(c.get('bot').globalCommands);
  });
  app.put('/applications/:id/commands', (c) => {
    const bot = c.get('bot');
    own(bot, c.req.param('id'));
    bot.globalCommands = complete(c.get('body'), bot.applicationId);
    return c.json(bot.globalCommands);
  });
  app.get('/applications/:id/guilds/:guild/commands', (c) => {
    own(c.get('bot'), c.req.param('id'));
    const guild = guildOf(world, c.get('bot'), c.req.param('guild'));
    return c.json(guild.commands.get(c.req.param('id')) ?? []);
  });
  app.put('/applications/:id/guilds/:guild/commands', (c) => {
    const bot = c.get('bot');
    own(bot, c.req.param('id'));
    const guild = guildOf(world, bot, c.req.param('guild'));
    const commands = complete(c.get('body'), bot.applicationId, guild.id);
    guild.commands.set(bot.applicationId, commands);
    return c.json(commands);
  });
}
