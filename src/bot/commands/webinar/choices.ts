/** The planned webinars, offered while a host types; their times in the server's zone. */
import { cut } from '../../plain-text.ts';
import type { Completion } from '../command.ts';

/** `Tue, 1 Dec, 19:00`: short enough to stand behind a title. */
export function shortTime(at: Date, timeZone: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(at);
}

/** A choice's name holds 100 characters; the time must stay readable behind a long title. */
const TITLE_CHARACTERS = 70;

export const webinarChoices: Completion = {
  async choices(interaction, { catalog, guild, texts }) {
    const typed = interaction.options.getFocused().toLowerCase();
    const [webinars, settings] = await Promise.all([
      catalog.webinars.listFor(guild.id, { states: ['scheduled'] }),
      catalog.guilds.byId(guild.id),
    ]);
    const timeZone = settings?.time_zone ?? 'UTC';
    return webinars
      .filter(({ title }) => title.toLowerCase().includes(typed))
      .map(({ id, title, starts_at }) => {
        const time = shortTime(starts_at, timeZone, interaction.locale);
        return { name: texts.webinar.choice(cut(title, TITLE_CHARACTERS), time), value: id };
      });
  },
};
