/** An episode on its way: mastering in per cent, its figures, its buttons, its links. Pure; one payload per state. */
import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  type InteractionEditReplyOptions,
  type MessageActionRowComponentBuilder,
} from 'discord.js';
import type { Texts } from '../../../templates/messages/index.ts';
import type { Episode, Show } from '../../catalog/index.ts';
import type { Links } from '../context.ts';

/** Custom ids carry the record's id, so that buttons outlive restarts. */
export const PUBLISH_BUTTON = 'episode:publish:';

export type Panel = Pick<InteractionEditReplyOptions, 'content' | 'components'>;

const row = (...buttons: ButtonBuilder[]) =>
  new ActionRowBuilder<MessageActionRowComponentBuilder>().addComponents(buttons);
const link = (label: string, url: string) =>
  new ButtonBuilder().setStyle(ButtonStyle.Link).setLabel(label).setURL(url);

export interface PanelInput {
  episode: Episode;
  show: Pick<Show, 'slug'>;
  percent: number;
}

export function episodePanel({ episode, show, percent }: PanelInput, links: Links, texts: Texts): Panel {
  const { episode: say } = texts;
  const rawTracks = link(say.rawTracks, links.rawTracks(episode.session_id));
  switch (episode.state) {
    case 'mastering':
      return { content: say.mastering(episode.title, percent), components: [] };
    case 'ready': {
      const figures = say.figures(
        (episode.duration_us ?? 0) / 1e6,
        episode.integrated_lufs?.toFixed(1) ?? '–',
        episode.true_peak_dbtp?.toFixed(1) ?? '–',
      );
      const publish = new ButtonBuilder()
        .setStyle(ButtonStyle.Primary)
        .setLabel(say.publish)
        .setCustomId(`${PUBLISH_BUTTON}${episode.id}`);
      return {
        content: `${say.ready(episode.title)}\n${figures}\n${say.readyHint}`,
        components: [row(publish, rawTracks)],
      };
    }
    case 'publishing':
      return { content: say.publishing(episode.title), components: [] };
    case 'published': {
      const page = links.episodePage(show.slug, episode.slug);
      const feed = links.feed(show.slug);
      return {
        content: say.published(episode.title, page, feed),
        components: [row(link(say.openPage, page), link(say.openFeed, feed), rawTracks)],
      };
    }
    case 'failed':
      return { content: say.failed(episode.title, episode.failure ?? '?'), components: [row(rawTracks)] };
  }
}
