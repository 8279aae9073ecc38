/** What a command's module exports, and what its handler is handed. */
import {
  ChannelType,
  type AutocompleteInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Guild,
  type GuildMember,
  type ModalBuilder,
  type ModalSubmitInteraction,
} from 'discord.js';
import type { Texts } from '../../../templates/messages/index.ts';
import type { BotContext } from '../context.ts';
import type { RoleFollower } from '../members/follow-roles.ts';
import type { EpisodePanels } from '../panels/episode-panels.ts';
import type { Recordings } from '../recording/recordings.ts';
import type { Sealing } from '../recording/sealing.ts';

/** Channels that people speak in. */
export const SPEAKABLE = [ChannelType.GuildVoice, ChannelType.GuildStageVoice] as const;

/** An event's name holds 100 characters (docs, Guild Scheduled Event), so no title is longer, and no chapter's. */
export const TITLE_CHARACTERS = 100;

/** What handlers work with, beside the interaction's own. */
export interface Services extends BotContext {
  recordings: Recordings;
  sealing: Sealing;
  panels: EpisodePanels;
  roles: RoleFollower;
  /** Whether Discord tells at once what roles members have. */
  followsAtOnce: boolean;
}

export interface Call extends Services {
  guild: Guild;
  member: GuildMember;
  /** By the member's permissions in the channel where the interaction began. */
  isHost: boolean;
  texts: Texts;
}

/** `host`: refused to everybody else before the handler runs. `handler`: the handler decides, or everybody may. */
export type Access = 'host' | 'handler';

/** Acknowledged (deferred, ephemeral) before it runs: Discord's three seconds are never spent on a query. */
export interface Command {
  access: Access;
  run(interaction: ChatInputCommandInteraction<'cached'>, call: Call): Promise<void>;
}

export interface Button {
  access: Access;
  /** `recordId` is what follows the prefix of the custom id. */
  run(interaction: ButtonInteraction<'cached'>, recordId: string, call: Call): Promise<void>;
}

/** Opens a form, which has to be the first answer to a press (docs, Receiving and Responding): it asks the catalog once. */
export interface FormButton {
  access: Access;
  form(recordId: string, call: Call): Promise<ModalBuilder>;
}

/** Takes what was filled in; acknowledged (deferred, ephemeral) before it runs. */
export interface Form {
  access: Access;
  run(interaction: ModalSubmitInteraction<'cached'>, recordId: string, call: Call): Promise<void>;
}

export interface Choice {
  name: string;
  value: string;
}

/** Offered to hosts only, unless it says otherwise; cannot be deferred, so it asks the catalog once. */
export interface Completion {
  access?: 'everybody';
  choices(interaction: AutocompleteInteraction<'cached'>, call: CompletionCall): Promise<Choice[]>;
}
export type CompletionCall = Pick<Call, 'catalog' | 'categories' | 'guild' | 'texts'>;
