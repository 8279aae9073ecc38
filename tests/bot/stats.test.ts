import { afterEach, describe, expect, test } from 'vitest';
import { sparkline } from '../../src/bot/commands/episode/sparkline.ts';
import { statsEmbed, type StatsInput } from '../../src/bot/commands/episode/stats-view.ts';
import { en } from '../../templates/messages/en.ts';
import { mastered, recordedEpisode } from '../catalog/support/stories.ts';
import { openHouse, type House } from './support/house.ts';

test.each<[number[], string]>([
  [[], ''],
  [[0, 0, 0], '···'],
  [[1, 2, 4, 8], '▁▂▄█'],
  [[0, 1_000, 1], '·█▁'],
  [[5], '█'],
  // Of more days than bars neighbours are added up; the last bar is whole.
  [[9, ...Array<number>(10).fill(1)], '█▂▂▂▂▂'],
])('%j is %s', (numbers, line) => {
  expect(sparkline(numbers, 6)).toBe(line);
});

const figures: StatsInput['figures'] = {
  ...{ downloads: 1_250, downloadsEver: 98_765 },
  days: [
    { day: '2026-11-20', downloads: 250 },
    { day: '2026-11-22', downloads: 1_000 },
  ],
  episodes: [{ episodeId: 'a', downloads: 1_250 }],
  apps: Array.from({ length: 9 }, (_, index) => ({ value: `App ${index}*`, amount: 300 - index * 10 })),
  devices: [{ value: 'smart_speaker', amount: 1_250 }],
  countries: [{ value: 'BE', amount: 625 }],
  deliveries: [{ value: 'redirect', amount: 25 }],
  filtered: [
    { value: 'bot', amount: 4_000 },
    { value: 'partial', amount: 2 },
  ],
};
const input: StatsInput = {
  ...{ title: 'Open *Stage*', figures, from: '2026-11-20', to: '2026-11-22' },
  ...{ episodeTitles: new Map([['a', 'First']]), jsonUrl: 'https://x.example/y' },
};

describe('the picture of figures', () => {
  test('tells downloads, days, apps, and what was not counted', () => {
    const { title, description = '' } = statsEmbed(input, en).toJSON();
    expect(title).toBe('Downloads of “Open \\*Stage\\*”');
    expect(description).toContain('**1,250** in 3 days · 98,765 since counting began');
    expect(description).toContain('`▂·█`\n2026-11-20 to 2026-11-22, at most 1,000 on a day');
    expect(description).toMatch(/\*\*Apps\*\* App 0\\\* 24 % · .* · others 55 %/);
    expect(description).toContain('**Devices** smart speaker 100 %');
    expect(description).toContain('**Countries** BE 50 %');
    expect(description).toContain('• First: 1,250');
    expect(description).toContain(en.stats.redirected(25));
    expect(description).toContain('4,000 × bots · 2 × less than a minute of audio');
    expect(description).toContain('https://x.example/y');
  });

  test('of nothing is short, and of the most still a message', () => {
    const none = { ...figures, downloads: 0, downloadsEver: 0, days: [], episodes: [], apps: [] };
    const { description } = statsEmbed(
      { ...input, figures: { ...none, devices: [], countries: [], deliveries: [], filtered: [] } },
      en,
    ).toJSON();
    expect(description).toBe(`${en.stats.total(0, 3, 0)}\n${en.stats.method('https://x.example/y')}`);
    const long = Array.from({ length: 50 }, (_, index) => ({
      value: `${index}${'*'.repeat(200)}`,
      amount: 1,
    }));
    const most = statsEmbed({ ...input, figures: { ...figures, apps: long, filtered: long } }, en).toJSON();
    expect(most.description!.length).toBeLessThanOrEqual(4_096);
  });
});

describe('/episode stats', () => {
  let house: House | undefined;
  afterEach(async () => {
    await house?.close();
    house = undefined;
  });

  test('hosts see how often their shows and episodes were downloaded, and nobody else’s', async () => {
    house = await openHouse();
    const { host, guest, lobby, catalog, guild, neighbour } = house;
    const { show, episode } = await recordedEpisode(catalog, { guild: { id: guild.id, name: 'Open Stage' } });
    const { renditions } = await catalog.episodes.markReady(episode.id, mastered());
    const day = new Date().toISOString().slice(0, 10);
    const mediaKey = renditions[0]!.media_key;
    await catalog.audience.rememberMedia({
      ...{ media_key: mediaKey, episode_id: episode.id, from_byte: 0, enough_bytes: 10 },
    });
    const listener = {
      ...{ day, episodeId: episode.id, mediaKey, listener: 'ann', requests: 2, sent: [[0, 10]] as const },
      ...{ app: 'Overcast', device: 'mobile', country: undefined, delivery: 'stream' as const },
    };
    await catalog.audience.record({ listeners: [listener], filtered: [] }, day);

    const questions: Record<string, string | number>[] = [
      {},
      { show: show.id },
      { episode: episode.id, days: 7 },
    ];
    for (const options of questions) {
      const answer = await host.runCommand('episode stats', options, lobby);
      await answer.until((message) => message.embeds.length > 0);
      expect(answer.ephemeral).toBe(true);
      expect(answer.text()).toContain('**Apps** Overcast 100 %');
      expect(answer.text()).toContain(en.stats.total(1, 'days' in options ? 7 : 30, 1));
      expect(answer.text()).toContain(`/api/shows/${show.slug}/audience?signature=secret`);
    }
    const theirs = await neighbour.host.runCommand('episode stats', { episode: episode.id }, neighbour.lobby);
    expect(theirs.text()).toContain('no such episode');
    await expect(guest.runCommand('episode stats', {}, lobby)).rejects.toThrow(/does not see/);

    expect((await host.autocomplete('episode stats', { episode: '' }, 'episode', lobby)).choices).toEqual([]);
    await catalog.episodes.publish(guild.id, episode.id);
    await catalog.episodes.markPublished(episode.id);
    const offered = await host.autocomplete('episode stats', { episode: 'tal' }, 'episode', lobby);
    expect(offered.choices).toEqual([{ name: 'Talk', value: episode.id }]);
    const shows = await host.autocomplete('episode stats', { show: '' }, 'show', lobby);
    expect(shows.choices).toEqual([{ name: show.title, value: show.id }]);
  });
});
