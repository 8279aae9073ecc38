/** What `/episode stats` shows of a show's or an episode's figures. Pure. */
import { EmbedBuilder } from 'discord.js';
import type { Texts } from '../../../../templates/messages/index.ts';
import type { AudienceFigures, Share } from '../../../catalog/index.ts';
import { plain } from '../../plain-text.ts';
import { sparkline } from './sparkline.ts';

export interface StatsInput {
  /** A show's or an episode's. */
  title: string;
  figures: AudienceFigures;
  /** In UTC, both included, `2026-11-22`. */
  from: string;
  to: string;
  /** Of the show's episodes, by id; empty for one episode. */
  episodeTitles: ReadonlyMap<string, string>;
  jsonUrl: string;
}

const BLUE = 0x3a_6e_a5;
const DAY_MS = 24 * 60 * 60_000;
/** As many as a telephone shows on a line. */
const BARS = 30;
const MOST_SHARES = 6;
const MOST_EPISODES = 5;

export function statsEmbed(input: StatsInput, { stats: say }: Texts): EmbedBuilder {
  const { title, figures, episodeTitles, jsonUrl } = input;
  const perDay = everyDay(input);
  const count = perDay.length;
  const shares = (list: readonly Share[]) => {
    const most = list.slice(0, MOST_SHARES).map(({ value, amount }) => ({ name: plain(value, 40), amount }));
    const others = list.slice(MOST_SHARES).reduce((sum, { amount }) => sum + amount, 0);
    return say.shares(most, others, figures.downloads);
  };
  const redirected = figures.deliveries.find(({ value }) => value === 'redirect')?.amount ?? 0;
  const filtered = figures.filtered.filter(({ amount }) => amount > 0);
  const lines = [
    say.total(figures.downloads, count, figures.downloadsEver),
    ...(figures.downloads > 0
      ? [say.days(sparkline(perDay, BARS), input.from, input.to, Math.max(...perDay))]
      : []),
    ...(figures.apps.length > 0 ? [say.apps(shares(figures.apps))] : []),
    ...(figures.devices.length > 0
      ? [say.devices(shares(figures.devices.map((each) => named(each, say.device))))]
      : []),
    ...(figures.countries.length > 0 ? [say.countries(shares(figures.countries))] : []),
    ...figures.episodes.slice(0, MOST_EPISODES).flatMap(({ episodeId, downloads }) => {
      const of = episodeTitles.get(episodeId);
      return of === undefined ? [] : [say.episode(plain(of, 80), downloads)];
    }),
    ...(redirected > 0 ? [say.redirected(redirected)] : []),
    ...(filtered.length > 0
      ? [say.filtered(filtered.map(({ value, amount }) => ({ name: reasonIn(value, say.reasons), amount })))]
      : []),
    say.method(jsonUrl),
  ];
  return new EmbedBuilder()
    .setColor(BLUE)
    .setTitle(say.title(plain(title, 150)).slice(0, 256))
    .setDescription(lines.join('\n').slice(0, 4_096));
}

const reasonIn = (reason: string, names: Readonly<Record<string, string>>) =>
  names[reason] ?? plain(reason, 40);
const named = ({ value, amount }: Share, names: Readonly<Record<string, string>>): Share => ({
  value: names[value] ?? value,
  amount,
});

/** Also those without a download. */
function everyDay({ figures, from, to }: Pick<StatsInput, 'figures' | 'from' | 'to'>): number[] {
  const known = new Map(figures.days.map(({ day, downloads }) => [day, downloads]));
  const perDay: number[] = [];
  for (let ms = Date.parse(from); ms <= Date.parse(to); ms += DAY_MS)
    perDay.push(known.get(new Date(ms).toISOString().slice(0, 10)) ?? 0);
  return perDay;
}
