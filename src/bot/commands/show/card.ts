/** A show as its hosts see it. Pure. */
import { ActionRowBuilder, ButtonBuilder, ButtonStyle } from 'discord.js';
import type { Texts } from '../../../../templates/messages/index.ts';
import { showFeedSettings, type Show } from '../../../catalog/index.ts';
import type { Panel } from '../../panels/episode-panel.ts';
import { cut, plain } from '../../plain-text.ts';
import { nameOf } from './categories.ts';

/** Of the button and of the form that it opens. */
export const DESCRIPTION = 'show:description:';
/** Docs, Create Message: as many as a message holds. */
const MESSAGE_CHARACTERS = 2_000;
const MOST_OF_THE_DESCRIPTION = 500;

export function showCard(show: Show, { isDefault }: { isDefault: boolean }, { shows: say }: Texts): Panel {
  const { title, author, language, explicit, description, brand, published_at, custom_domain } = show;
  const { type, locked, ownerName, ownerEmail, funding } = showFeedSettings.parse(show.feed);
  const owner = [ownerName, ownerEmail].flatMap((part) => (part === undefined ? [] : plain(part)));
  const lines = [
    say.title(plain(title, 255), plain(author)),
    [plain(nameOf(show)), language, say.types[type], say.explicit(explicit), say.locked(locked)].join(' · '),
    ...(owner.length === 0 ? [] : [say.owner(owner.join(', '))]),
    ...(funding[0] === undefined ? [] : [say.funding(plain(funding[0].text), plain(funding[0].url, 200))]),
    ...(brand.accent === undefined ? [] : [say.accent(brand.accent)]),
    ...(custom_domain === null ? [] : [say.domain(custom_domain)]),
    say.description(plain(description, MOST_OF_THE_DESCRIPTION)),
    ...(isDefault ? [say.isDefault] : []),
    published_at === null ? say.unpublished : say.follows,
  ];
  const button = new ButtonBuilder()
    .setStyle(ButtonStyle.Secondary)
    .setLabel(say.descriptionButton)
    .setCustomId(`${DESCRIPTION}${show.id}`);
  return {
    content: cut(lines.join('\n'), MESSAGE_CHARACTERS),
    components: [new ActionRowBuilder<ButtonBuilder>().addComponents(button).toJSON()],
  };
}
