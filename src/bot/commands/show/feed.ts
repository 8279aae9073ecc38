/** `/show feed`: where a show's feed stands, what is in it, and what directories or apps would not like about it. */
import { EmbedBuilder } from 'discord.js';
import type { Texts } from '../../../../templates/messages/index.ts';
import type { DatedFeedReport, Show } from '../../../catalog/index.ts';
import { plain } from '../../plain-text.ts';
import type { Command } from '../command.ts';
import { showOf } from './which.ts';

const BLUE = 0x3a_6e_a5;
const AMBER = 0xd9_8e_04;
const EMBED_CHARACTERS = 4_096;
const MOST_OF_A_LINE = 500;

export interface FeedView {
  show: Pick<Show, 'title' | 'feed_revision' | 'feed_published_revision' | 'published_at'>;
  report: DatedFeedReport | undefined;
  feedUrl: string;
}

export function feedEmbed({ show, report, feedUrl }: FeedView, { shows: say }: Texts): EmbedBuilder {
  const isOut = show.published_at !== null;
  // One that waits for its first episode was written for members alone: nothing to tell.
  const isTold = report !== undefined && (isOut || report.episodes !== 0);
  const isBehind = isOut && show.feed_published_revision < show.feed_revision;
  const refusals = (report?.refusals ?? []).map((text) => say.refusal(plain(text, MOST_OF_A_LINE)));
  const remarks = (report?.remarks ?? []).map(({ text, places }) =>
    say.remark(plain(text, MOST_OF_A_LINE), places),
  );
  const head = [
    feedUrl,
    isOut ? say.revision(show.feed_published_revision) : say.noFeed,
    ...(isBehind ? [say.behind(show.feed_revision)] : []),
    ...(isTold
      ? [say.written(Math.floor(report.madeAt.getTime() / 1000), report.episodes ?? undefined)]
      : []),
    ...(isTold && refusals.length + remarks.length === 0 ? [say.sound] : []),
  ];
  return new EmbedBuilder()
    .setColor(refusals.length > 0 || isBehind ? AMBER : BLUE)
    .setTitle(say.feedTitle(plain(show.title, 150)).slice(0, 256))
    .setDescription(fitting([...head, ...refusals, ...remarks], say.more));
}

/** Whole lines, and how many did not fit. */
function fitting(lines: readonly string[], more: (count: number) => string): string {
  let kept = lines.length;
  const text = () =>
    [...lines.slice(0, kept), ...(kept < lines.length ? [more(lines.length - kept)] : [])].join('\n');
  while (kept > 1 && text().length > EMBED_CHARACTERS) kept -= 1;
  return text();
}

export const showFeed: Command = {
  access: 'host',
  async run(interaction, call) {
    const { catalog, guild, links, texts } = call;
    const show = await showOf(call, interaction.options.getString('show'));
    const report = await catalog.shows.feedReportOf(guild.id, show.id);
    const embed = feedEmbed({ show, report, feedUrl: links.feed(show.slug) }, texts);
    await interaction.editReply({ embeds: [embed] });
  },
};
