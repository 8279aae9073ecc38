/** `/show create`, `/show edit` and the form for its description: what a show says of itself. */
import type { RepliableInteraction } from 'discord.js';
import { NotInCatalogError, type Show } from '../../../catalog/index.ts';
import { oneLine } from '../../plain-text.ts';
import { UserError } from '../../user-error.ts';
import type { Call, Command, Completion, Form, FormButton } from '../command.ts';
import { longTextForm, longTextOf } from '../long-text.ts';
import { DESCRIPTION, showCard } from './card.ts';
import { categoriesLike } from './categories.ts';
import { changedShow } from './settings.ts';
import { showChoices, showOf } from './which.ts';

async function answer(
  interaction: RepliableInteraction,
  { catalog, guild, texts }: Call,
  show: Show,
): Promise<void> {
  const isDefault = (await catalog.guilds.byId(guild.id))?.default_show_id === show.id;
  await interaction.editReply(showCard(show, { isDefault }, texts));
}

export const showCreate: Command = {
  access: 'host',
  async run(interaction, call) {
    const { catalog, guild } = call;
    const title = oneLine(interaction.options.getString('title', true));
    if (title === '') throw new UserError((say) => say.errors.nameEmpty);
    await catalog.guilds.upsert({ id: guild.id, name: guild.name });
    const has = await catalog.shows.listFor(guild.id);
    // A second one of the same name is mostly a command that was sent twice.
    if (has.some((show) => show.title === title)) throw new UserError((say) => say.errors.showExists);
    await answer(interaction, call, await catalog.shows.create(guild.id, { title }));
  },
};

export const showEdit: Command = {
  access: 'host',
  async run(interaction, call) {
    const { catalog, categories, guild } = call;
    const { options } = interaction;
    const show = await showOf(call, options.getString('show'));
    const said = changedShow(
      show,
      {
        ...{ title: options.getString('title'), author: options.getString('author') },
        ...{ language: options.getString('language'), category: options.getString('category') },
        ...{ explicit: options.getBoolean('explicit'), type: options.getString('type') },
        ...{ ownerName: options.getString('owner-name'), ownerEmail: options.getString('owner-email') },
        ...{ funding: options.getString('funding'), fundingText: options.getString('funding-text') },
        ...{ accent: options.getString('accent'), locked: options.getBoolean('locked') },
        domain: options.getString('domain'),
      },
      categories,
    );
    if (said.customDomain) await requireFree(call, show, said.customDomain);
    const isSaid = Object.keys(said).length > 0;
    const after = isSaid ? await catalog.shows.update(guild.id, show.id, said) : show;
    if (options.getBoolean('default') === true)
      await catalog.guilds.updateSettings(guild.id, { defaultShowId: show.id });
    await answer(interaction, call, after);
  },
};

/** The installation's own name is everybody's, and another show's is that show's. */
async function requireFree({ catalog, links }: Call, show: Show, domain: string): Promise<void> {
  const isShared = new URL(links.feed(show.slug)).hostname === domain;
  const other = await catalog.shows.byDomain(domain);
  if (isShared || (other !== undefined && other.id !== show.id))
    throw new UserError((say) => say.errors.domainTaken(domain));
}

export const descriptionButton: FormButton = {
  access: 'host',
  async form(showId, { catalog, guild, texts: { shows: say } }) {
    const show = await catalog.shows.ofGuild(guild.id, showId);
    if (show === undefined) throw new NotInCatalogError('show');
    return longTextForm({
      ...{ customId: `${DESCRIPTION}${show.id}`, title: say.descriptionForm, value: show.description },
      ...{ label: say.descriptionLabel, hint: say.descriptionHint },
    });
  },
};

export const descriptionForm: Form = {
  access: 'host',
  async run(interaction, showId, call) {
    const description = longTextOf(interaction);
    // A feed without one is refused, so what stands stays.
    if (oneLine(description) === '') throw new UserError((say) => say.errors.descriptionEmpty);
    await answer(interaction, call, await call.catalog.shows.update(call.guild.id, showId, { description }));
  },
};

/** Shows, and Apple's categories. */
export const showEditChoices: Completion = {
  choices(interaction, call) {
    const { name, value } = interaction.options.getFocused(true);
    if (name !== 'category') return showChoices.choices(interaction, call);
    const names = categoriesLike(value, call.categories);
    return Promise.resolve(names.map((each) => ({ name: each, value: each })));
  },
};
