/** From an interaction to its handler and back: acknowledged first, allowed second, and every failure answered. */
import { randomBytes } from 'node:crypto';
import {
  MessageFlags,
  type AutocompleteInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Interaction,
  type ModalSubmitInteraction,
} from 'discord.js';
import { textsFor, type Texts } from '../../templates/messages/index.ts';
import { isHost } from './access.ts';
import type { Access, Call, FormButton, Services } from './commands/command.ts';
import { cut } from './plain-text.ts';
import { buttonFor, commands, completions, formFor } from './registry.ts';
import { UserError, wordingFor } from './user-error.ts';

/** Autocomplete shows 25 choices of 100 characters (docs, Receiving and Responding, "Autocomplete"). */
const CHOICES = 25;
const CHOICE_CHARACTERS = 100;

/** Discord waits three seconds for a form (docs, Receiving and Responding); the rest is for its way. */
const FORM_WITHIN_MS = 2_000;

/** A command, button or form of another version of ours: Discord clients keep them for a while. */
const OUTDATED = {
  access: 'handler' as const,
  run: () => Promise.reject(new UserError((say) => say.errors.outdated)),
};

type Answerable =
  ChatInputCommandInteraction<'cached'> | ButtonInteraction<'cached'> | ModalSubmitInteraction<'cached'>;

/** Rejects with what a member reads when it takes too long. */
const inTime = <T>(work: Promise<T>): Promise<T> =>
  Promise.race([
    work,
    new Promise<never>((_, reject) => {
      const late = () => reject(new UserError((say) => say.errors.formLate));
      setTimeout(late, FORM_WITHIN_MS).unref();
    }),
  ]);

/** `record start`: command, group and subcommand as they are typed. */
function pathOf({ options, commandName }: ChatInputCommandInteraction | AutocompleteInteraction): string {
  return [commandName, options.getSubcommandGroup(false), options.getSubcommand(false)]
    .filter(Boolean)
    .join(' ');
}

export function createRouter(services: Services): (interaction: Interaction) => Promise<void> {
  const { logger } = services;

  /** What a member reads when it went wrong; a fault of ours goes into the log with a number that they are given. */
  function explanation(interaction: Answerable, error: unknown, texts: Texts): string {
    const wording = wordingFor(error);
    const id = randomBytes(4).toString('hex');
    if (wording === undefined)
      logger.error({ err: error, id, interaction: interaction.id }, 'an interaction failed');
    return wording?.(texts) ?? texts.errors.unexpected(id);
  }

  /** Throws UserError where only hosts may. */
  function callOf({ guild, member, memberPermissions }: Answerable, access: Access, texts: Texts): Call {
    const call = { ...services, guild, member, isHost: isHost(memberPermissions), texts };
    if (access === 'host' && !call.isHost) throw new UserError((say) => say.errors.notAllowed);
    return call;
  }

  async function answer(
    interaction: Answerable,
    access: Access,
    run: (call: Call) => Promise<void>,
  ): Promise<void> {
    const texts = textsFor(interaction.locale);
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    try {
      await run(callOf(interaction, access, texts));
    } catch (error) {
      const content = explanation(interaction, error, texts);
      await interaction.editReply({ content, embeds: [], components: [] });
    }
  }

  async function openForm(
    interaction: ButtonInteraction<'cached'>,
    button: FormButton,
    recordId: string,
  ): Promise<void> {
    const texts = textsFor(interaction.locale);
    try {
      const made = await inTime(button.form(recordId, callOf(interaction, button.access, texts)));
      await interaction.showModal(made);
    } catch (error) {
      const content = explanation(interaction, error, texts);
      await interaction.reply({ content, flags: MessageFlags.Ephemeral });
    }
  }

  async function complete(interaction: AutocompleteInteraction<'cached'>): Promise<void> {
    const { catalog, categories } = services;
    const { guild, memberPermissions, locale } = interaction;
    const completion = completions.get(pathOf(interaction));
    const isOffered = completion?.access === 'everybody' || isHost(memberPermissions);
    const call = { catalog, categories, guild, texts: textsFor(locale) };
    const choices = isOffered ? ((await completion?.choices(interaction, call)) ?? []) : [];
    await interaction.respond(
      choices.slice(0, CHOICES).map(({ name, value }) => ({ name: cut(name, CHOICE_CHARACTERS), value })),
    );
  }

  async function route(interaction: Interaction): Promise<void> {
    if (!interaction.inCachedGuild()) {
      const { serverOnly } = textsFor(interaction.locale).errors;
      if (interaction.isRepliable())
        await interaction.reply({ content: serverOnly, flags: MessageFlags.Ephemeral });
    } else if (interaction.isAutocomplete()) {
      await complete(interaction);
    } else if (interaction.isChatInputCommand()) {
      const command = commands.get(pathOf(interaction)) ?? OUTDATED;
      await answer(interaction, command.access, (call) => command.run(interaction, call));
    } else if (interaction.isButton()) {
      const { button, recordId } = buttonFor(interaction.customId) ?? { button: OUTDATED, recordId: '' };
      if ('form' in button) await openForm(interaction, button, recordId);
      else await answer(interaction, button.access, (call) => button.run(interaction, recordId, call));
    } else if (interaction.isModalSubmit()) {
      const { form, recordId } = formFor(interaction.customId) ?? { form: OUTDATED, recordId: '' };
      await answer(interaction, form.access, (call) => form.run(interaction, recordId, call));
    }
  }

  // The answer itself can fail (an interaction that expired, Discord out of reach): logged, and the process lives on.
  return (interaction) =>
    route(interaction).catch((error: unknown) =>
      logger.warn({ err: error, interaction: interaction.id }, 'an interaction could not be answered'),
    );
}
