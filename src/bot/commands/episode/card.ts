/** What feed and pages say of an episode, as its hosts see it. Pure. */
import { ActionRowBuilder, ButtonBuilder, ButtonStyle } from 'discord.js';
import type { Texts } from '../../../../templates/messages/index.ts';
import { isOut, type Episode } from '../../../catalog/index.ts';
import type { Panel } from '../../panels/episode-panel.ts';
import { cut, plain } from '../../plain-text.ts';

/** Docs, Create Message: as many as a message holds. */
const MESSAGE_CHARACTERS = 2_000;
const MOST_OF_THE_NOTES = 600;

/** `hasMembers`: its show has a feed for members. */
export function episodeCard(
  episode: Episode,
  { hasMembers, notesId }: { hasMembers: boolean; notesId: string },
  { describe: say, episode: { states }, schedule }: Texts,
): Panel {
  const { title, notes, kind, season, number, visibility, state, publish_at } = episode;
  const facts = [
    say.kinds[kind],
    ...(season === null ? [] : [say.season(season)]),
    ...(number === null ? [] : [say.number(number)]),
    say.visibilities[visibility],
  ];
  const lines = [
    say.title(plain(title, 255), states[state]),
    facts.join(' · '),
    ...(publish_at === null ? [] : [schedule.line(Math.floor(publish_at.getTime() / 1000))]),
    notes === '' ? say.noNotes : say.notes(plain(notes, MOST_OF_THE_NOTES)),
    ...(visibility === 'members' && !hasMembers ? [say.noMembers] : []),
    ...(isOut(episode) ? [say.follows] : []),
  ];
  const button = new ButtonBuilder()
    .setStyle(ButtonStyle.Secondary)
    .setLabel(say.notesButton)
    .setCustomId(notesId);
  return {
    content: cut(lines.join('\n'), MESSAGE_CHARACTERS),
    components: [new ActionRowBuilder<ButtonBuilder>().addComponents(button).toJSON()],
  };
}
