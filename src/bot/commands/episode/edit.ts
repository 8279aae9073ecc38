/** `/episode edit` and its form for notes: what feed and pages say of an episode. Without an option it only shows it. */
import type { RepliableInteraction } from 'discord.js';
import {
  type Episode,
  type EpisodeFields,
  type EpisodeKind,
  type EpisodeVisibility,
  NotInCatalogError,
} from '../../../catalog/index.ts';
import { oneLine } from '../../plain-text.ts';
import { UserError } from '../../user-error.ts';
import type { Call, Command, Form, FormButton } from '../command.ts';
import { longTextForm, longTextOf } from '../long-text.ts';
import { episodeCard } from './card.ts';

/** Of the button and of the form that it opens. */
export const NOTES = 'episode:notes:';

async function show(
  interaction: RepliableInteraction,
  { catalog, guild, texts }: Call,
  episode: Episode,
): Promise<void> {
  const its = await catalog.shows.ofGuild(guild.id, episode.show_id);
  const about = { hasMembers: (its?.members_role_id ?? null) !== null, notesId: `${NOTES}${episode.id}` };
  await interaction.editReply(episodeCard(episode, about, texts));
}

async function found({ catalog, guild }: Call, episodeId: string): Promise<Episode> {
  const episode = await catalog.episodes.ofGuild(guild.id, episodeId);
  if (episode === undefined) throw new NotInCatalogError('episode');
  return episode;
}

/** 0 takes it away. */
const orNone = (number: number | null) => (number === null ? undefined : number === 0 ? null : number);

export const episodeEdit: Command = {
  access: 'host',
  async run(interaction, call) {
    const { options } = interaction;
    const episode = await found(call, options.getString('episode', true));
    const typed = options.getString('title');
    const title = typed === null ? undefined : oneLine(typed);
    if (title === '') throw new UserError((say) => say.errors.nameEmpty);
    const said: Partial<EpisodeFields> = {
      title,
      // Discord takes no other words than the ones it was told of.
      kind: (options.getString('kind') as EpisodeKind | null) ?? undefined,
      visibility: (options.getString('visibility') as EpisodeVisibility | null) ?? undefined,
      season: orNone(options.getInteger('season')),
      number: orNone(options.getInteger('number')),
    };
    const isSaid = Object.values<unknown>(said).some((value) => value !== undefined);
    const after = isSaid ? await call.catalog.episodes.describe(call.guild.id, episode.id, said) : episode;
    await show(interaction, call, after);
  },
};

export const notesButton: FormButton = {
  access: 'host',
  async form(episodeId, call) {
    const { id, notes } = await found(call, episodeId);
    const { notesForm: title, notesLabel: label, notesHint: hint } = call.texts.describe;
    return longTextForm({ customId: `${NOTES}${id}`, title, label, hint, value: notes });
  },
};

export const notesForm: Form = {
  access: 'host',
  async run(interaction, episodeId, call) {
    const notes = longTextOf(interaction);
    await show(interaction, call, await call.catalog.episodes.describe(call.guild.id, episodeId, { notes }));
  },
};
