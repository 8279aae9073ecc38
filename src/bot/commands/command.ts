/** What a command's module exports, and what its handler is handed. */
import type {
  AutocompleteInteraction,
  ButtonInteraction,
  ChatInputCommandInteraction,
  Guild,
  GuildMember,
} from 'discord.js';
import type { Texts } from '../../../templates/messages/index.ts';
import type { BotContext } from '../context.ts';
import type { Sealing } from '../sealing.ts';

export interface CommandCall extends BotContext {
  sealing: Sealing;
  guild: Guild;
  member: GuildMember;
  texts: Texts;
}

/** Already acknowledged (deferred, ephemeral) when it runs: Discord's three seconds are never spent on a query. */
export type CommandHandler = (
  interaction: ChatInputCommandInteraction<'cached'>,
  call: CommandCall,
) => Promise<void>;
export type ButtonHandler = (
  interaction: ButtonInteraction<'cached'>,
  recordId: string,
  call: CommandCall,
) => Promise<void>;

export interface Choice {
  name: string;
  value: string;
}
export type AutocompleteHandler = (
  interaction: AutocompleteInteraction<'cached'>,
  call: Pick<CommandCall, 'catalog' | 'guild' | 'texts'>,
) => Promise<Choice[]>;
