/** `/subscribe`, for every member: their own private feed of a show, handed over where nobody else sees it. */
import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  type RepliableInteraction,
  RESTJSONErrorCodes,
} from 'discord.js';
import {
  type Holder,
  holdsRole,
  type Membership,
  NotInCatalogError,
  type Show,
} from '../../../catalog/index.ts';
import type { PrivateLink } from '../../context.ts';
import { plain } from '../../plain-text.ts';
import { isDiscordCode, UserError } from '../../user-error.ts';
import type { Button, Call, Command, Completion } from '../command.ts';

export const RESET_LINK_BUTTON = 'members:reset:';

export const subscribe: Command = {
  access: 'handler',
  async run(interaction, call) {
    const show = await showFor(call, interaction.options.getString('show'));
    await hand(interaction, call, show, 'open');
  },
};

export const resetLinkButton: Button = {
  access: 'handler',
  async run(interaction, showId, call) {
    await hand(interaction, call, await showFor(call, showId), 'renew');
  },
};

/** Shows with a feed for members, for everybody to choose from: which of them they may have is said when they ask. */
export const membersShowChoices: Completion = {
  access: 'everybody',
  async choices(interaction, { catalog, guild }) {
    const typed = interaction.options.getFocused().toLowerCase();
    return (await withMembers(catalog, guild.id))
      .filter(({ title }) => title.toLowerCase().includes(typed))
      .map(({ id, title }) => ({ name: title, value: id }));
  },
};

const withMembers = async (catalog: Call['catalog'], guildId: string): Promise<Show[]> =>
  (await catalog.shows.listFor(guildId)).filter(({ members_role_id: roleId }) => roleId !== null);

/** As this very interaction says it. */
const membershipOf = ({ member }: Call): Membership => ({ roleIds: [...member.roles.cache.keys()] });

/** The one that is named, or the only one that it can be. Throws UserError and NotInCatalogError. */
async function showFor(call: Call, showId: string | null): Promise<Show> {
  const { catalog, guild } = call;
  const shows = await withMembers(catalog, guild.id);
  if (showId !== null) {
    const show = shows.find(({ id }) => id === showId);
    if (show !== undefined) return show;
    throw (await catalog.shows.ofGuild(guild.id, showId)) === undefined
      ? new NotInCatalogError('show')
      : new UserError((say) => say.members.none);
  }
  const open = shows.filter((show) => holdsRole(show, membershipOf(call)));
  const [only, ...others] = open.length > 0 ? open : shows;
  if (only === undefined) throw new UserError((say) => say.members.none);
  if (others.length > 0)
    throw new UserError((say) => say.members.which([only, ...others].map(({ title }) => plain(title))));
  return only;
}

async function hand(
  interaction: RepliableInteraction,
  call: Call,
  show: Show,
  how: 'open' | 'renew',
): Promise<void> {
  const { guild, member, members, texts } = call;
  const membership = membershipOf(call);
  if (!holdsRole(show, membership))
    throw new UserError((say) => say.members.roleNeeded(plain(show.title), `<@&${show.members_role_id}>`));
  const holder: Holder = { guildId: guild.id, showId: show.id, userId: member.id };
  const link = await members[how](holder, membership);
  const { members: say } = texts;
  const content = `${how === 'renew' ? `${say.reset}\n` : ''}${say.link(plain(show.title), link.feedUrl)}`;
  const reset = new ButtonBuilder()
    .setStyle(ButtonStyle.Secondary)
    .setLabel(say.resetButton)
    .setCustomId(`${RESET_LINK_BUTTON}${show.id}`);
  const reply = (buttons: ButtonBuilder[]) =>
    interaction.editReply({
      content,
      files: [qrOf(link, say.qrDescription)],
      components: [new ActionRowBuilder<ButtonBuilder>().addComponents(buttons)],
    });
  const open = new ButtonBuilder().setStyle(ButtonStyle.Link).setLabel(say.openButton).setURL(link.pageUrl);
  await reply([open, reset]).catch((error: unknown) => {
    // Discord may take no button to an address such as `localhost`; the words have it too.
    if (!isDiscordCode(error, RESTJSONErrorCodes.InvalidFormBodyOrContentType)) throw error;
    return reply([reset]);
  });
}

const qrOf = ({ qrPng }: PrivateLink, description: string) => ({
  attachment: Buffer.from(qrPng),
  name: 'private-feed.png',
  description,
});
