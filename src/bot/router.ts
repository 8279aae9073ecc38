/** From an interaction to its handler and back: acknowledged first, allowed second, and every failure answered. */
import { randomBytes } from 'node:crypto';
import {
  MessageFlags,
  type AutocompleteInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Interaction,
} from 'discord.js';
import { textsFor, type Texts } from '../../templates/messages/index.ts';
import { autocompleteHandlers, buttonHandlers, commandHandlers } from './commands/index.ts';
import type { CommandCall } from './commands/command.ts';
import { HOST_PERMISSIONS } from './commands/definitions.ts';
import type { BotContext } from './context.ts';
import type { Sealing } from './sealing.ts';
import { UserError, wordingFor } from './user-error.ts';

/** Autocomplete shows 25 choices of 100 characters (docs, Receiving and Responding, "Autocomplete"). */
const CHOICES = 25;
const CHOICE_CHARACTERS = 100;

type Answerable = ChatInputCommandInteraction<'cached'> | ButtonInteraction<'cached'>;

/** `record start`: command, group and subcommand as they are typed. */
function pathOf(interaction: ChatInputCommandInteraction | AutocompleteInteraction): string {
  const { options, commandName } = interaction;
  return [commandName, options.getSubcommandGroup(false), options.getSubcommand(false)]
    .filter(Boolean)
    .join(' ');
}

export function createRouter(
  context: BotContext,
  sealing: Sealing,
): (interaction: Interaction) => Promise<void> {
  const callOf = (interaction: Answerable, texts: Texts): CommandCall => ({
    ...context,
    sealing,
    guild: interaction.guild,
    member: interaction.member,
    texts,
  });

  async function explain(interaction: Answerable, error: unknown, texts: Texts): Promise<void> {
    const wording = wordingFor(error);
    const id = randomBytes(4).toString('hex');
    if (wording === undefined)
      context.logger.error({ err: error, id, interaction: interaction.id }, 'an interaction failed');
    const content = wording?.(texts) ?? texts.errors.unexpected(id);
    await interaction.editReply({ content, embeds: [], components: [] });
  }

  async function answer(interaction: Answerable, run: (call: CommandCall) => Promise<void>): Promise<void> {
    const texts = textsFor(interaction.locale);
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    try {
      if (!interaction.memberPermissions.has(HOST_PERMISSIONS))
        throw new UserError((say) => say.errors.notAllowed);
      await run(callOf(interaction, texts));
    } catch (error) {
      await explain(interaction, error, texts);
    }
  }

  async function complete(interaction: AutocompleteInteraction<'cached'>): Promise<void> {
    const { catalog } = context;
    const handler = autocompleteHandlers.get(pathOf(interaction));
    const isAllowed = interaction.memberPermissions.has(HOST_PERMISSIONS);
    const texts = textsFor(interaction.locale);
    const choices =
      handler && isAllowed ? await handler(interaction, { catalog, guild: interaction.guild, texts }) : [];
    await interaction.respond(
      choices.slice(0, CHOICES).map(({ name, value }) => ({ name: name.slice(0, CHOICE_CHARACTERS), value })),
    );
  }

  async function route(interaction: Interaction): Promise<void> {
    if (!interaction.inCachedGuild()) {
      const { serverOnly } = textsFor(interaction.locale).errors;
      if (interaction.isRepliable())
        await interaction.reply({ content: serverOnly, flags: MessageFlags.Ephemeral });
      return;
    }
    if (interaction.isAutocomplete()) return complete(interaction);
    if (interaction.isChatInputCommand()) {
      const handler = commandHandlers.get(pathOf(interaction));
      if (handler) await answer(interaction, (call) => handler(interaction, call));
    } else if (interaction.isButton()) {
      const [prefix, handler] =
        [...buttonHandlers].find(([start]) => interaction.customId.startsWith(start)) ?? [];
      if (prefix !== undefined && handler)
        await answer(interaction, (call) =>
          handler(interaction, interaction.customId.slice(prefix.length), call),
        );
    }
  }

  // The answer itself can fail (an interaction that expired, Discord out of reach): logged, and the process lives on.
  return (interaction) =>
    route(interaction).catch((error: unknown) =>
      context.logger.warn(
        { err: error, interaction: interaction.id },
        'an interaction could not be answered',
      ),
    );
}
