import { afterEach, describe, expect, test } from 'vitest';
import { APPLE_CATEGORIES } from '../../publisher/feed/lint/apple-categories.ts';
import { feedEmbed } from '../../src/bot/commands/show/feed.ts';
import { changedShow, type ShowOptions } from '../../src/bot/commands/show/settings.ts';
import { UserError } from '../../src/bot/user-error.ts';
import { en } from '../../templates/messages/en.ts';
import { buttonOf, links, openHouse, type House } from './support/house.ts';

const NOTHING: ShowOptions = {
  ...{ title: null, author: null, language: null, category: null, explicit: null, type: null },
  ...{ ownerName: null, ownerEmail: null, funding: null, fundingText: null, accent: null, locked: null },
  domain: null,
};
const before = { feed: { funding: [{ url: 'https://a.example/', text: 'Give' }] }, brand: {} };
const changed = (options: Partial<ShowOptions>) =>
  changedShow(before, { ...NOTHING, ...options }, APPLE_CATEGORIES);

describe('what a host says of a show', () => {
  test.each<[Partial<ShowOptions>, object]>([
    [{}, {}],
    [{ title: ' Ears\n2 ' }, { title: 'Ears 2' }],
    [{ language: 'de-CH' }, { language: 'de-ch' }],
    [{ category: 'education › courses' }, { category: 'Education', subcategory: 'Courses' }],
    [{ category: 'Courses' }, { category: 'Education', subcategory: 'Courses' }],
    [{ category: 'technology' }, { category: 'Technology', subcategory: null }],
    [{ accent: '3A6EA5' }, { brand: { accent: '#3a6ea5' } }],
    [{ accent: 'none' }, { brand: { accent: undefined } }],
    [{ domain: ' https://Talks.Example.org/ ' }, { customDomain: 'talks.example.org' }],
    [{ domain: 'bühne.example' }, { customDomain: 'xn--bhne-0ra.example' }],
    [{ domain: 'none' }, { customDomain: null }],
    [{ locked: false }, { feed: { ...before.feed, locked: false } }],
    [{ funding: 'none' }, { feed: { funding: [] } }],
    [{ fundingText: 'Tip' }, { feed: { funding: [{ url: 'https://a.example/', text: 'Tip' }] } }],
    [{ ownerEmail: 'None' }, { feed: { ...before.feed, ownerEmail: undefined } }],
  ])('%j', (options, expected) => {
    expect(changed(options)).toEqual(expected);
  });

  test.each<[Partial<ShowOptions>, string]>([
    [{ title: '\u200b' }, en.errors.nameEmpty],
    [{ language: 'klingonish' }, en.errors.languageUnknown('klingonish')],
    [{ language: 'q!' }, en.errors.languageUnknown('q!')],
    [{ category: 'Webinars' }, en.errors.categoryUnknown('Webinars')],
    [{ accent: 'red' }, en.errors.colourUnclear('red')],
    ...['localhost', '10.0.0.1', 'a.example/path', 'a.example:80', 'a..example', '-a.example', '[::1]'].map(
      (domain): [Partial<ShowOptions>, string] => [{ domain }, en.errors.domainUnclear(domain)],
    ),
    [{ ownerEmail: 'me' }, en.errors.emailUnclear('me')],
    [{ funding: 'javascript:1' }, en.errors.addressUnclear('javascript:1')],
  ])('%j is refused with a remedy', (options, words) => {
    let refusal: unknown;
    try {
      changed(options);
    } catch (error) {
      refusal = error;
    }
    expect(refusal instanceof UserError ? refusal.wording(en) : refusal).toBe(words);
  });
});

test('a feed with the most findings is still a message, and says how many it leaves out', () => {
  const remarks = Array.from({ length: 50 }, (_, at) => ({ text: `${at}${'*'.repeat(400)}`, places: 2 }));
  const report = { revision: 3, episodes: 9, refusals: ['One waits.'], remarks, madeAt: new Date() };
  const show = { title: 'Ears', feed_revision: 4, feed_published_revision: 3, published_at: new Date() };
  const { description } = feedEmbed({ show, report, feedUrl: 'https://x.example/' }, en).toJSON();
  expect(description!.length).toBeLessThanOrEqual(4_096);
  expect(description).toContain(en.shows.refusal('One waits.'));
  expect(description).toContain(en.shows.behind(4));
  expect(description).toMatch(/… and \d+ more$/);
});

describe('the commands', () => {
  let house: House | undefined;
  afterEach(async () => {
    await house?.close();
    house = undefined;
  });

  test('a show is made, described, listed, and made the one that recordings go into', async () => {
    house = await openHouse();
    const { host, lobby, catalog, guild } = house;
    expect((await host.runCommand('show list', {}, lobby)).text()).toBe(en.shows.listEmpty);
    const made = await host.runCommand('show create', { title: 'Second Stage' }, lobby);
    expect(made.ephemeral).toBe(true);
    expect(made.text()).toContain(en.shows.title('Second Stage', 'Open Stage'));
    const twice = await host.runCommand('show create', { title: 'Second Stage' }, lobby);
    expect(twice.text()).toBe(en.errors.showExists);
    const [show] = await catalog.shows.listFor(guild.id);
    const now = async () => (await catalog.shows.byId(show!.id))!;

    const offered = await host.autocomplete('show edit', { category: 'cours' }, 'category', lobby);
    expect(offered.choices).toEqual([{ name: 'Education › Courses', value: 'Education › Courses' }]);
    const all = await host.autocomplete('show edit', { category: '' }, 'category', lobby);
    expect(all.choices).toHaveLength(25);
    const said = { language: 'fr', category: 'Education › Courses', explicit: true, type: 'serial' };
    const owner = { 'owner-email': 'me@example.org', funding: 'https://give.example/', accent: '#3a6ea5' };
    const options = { show: show!.id, author: 'Inès', ...said, ...owner, locked: false, default: true };
    const edited = await host.runCommand('show edit', options, lobby);
    expect(await now()).toMatchObject({
      ...{ author: 'Inès', language: 'fr', category: 'Education', subcategory: 'Courses', explicit: true },
      ...{ brand: { accent: '#3a6ea5' }, feed_revision: 1 },
      feed: { type: 'serial', ownerEmail: 'me@example.org', locked: false },
    });
    expect(edited.text()).toContain('Education › Courses · fr · serial');
    expect(edited.text()).toContain(en.shows.isDefault);
    expect((await catalog.guilds.byId(guild.id))!.default_show_id).toBe(show!.id);
    expect((await host.runCommand('show list', {}, lobby)).text()).toBe(
      en.shows.listLine('Second Stage', undefined, true),
    );

    const opened = await host.press(edited.reply!, buttonOf(edited.reply!, 'show:description:'));
    expect(opened.modal).toMatchObject({ title: en.shows.descriptionForm, fields: ['text'] });
    await host.submitModal(opened, { text: 'Talks.\n\nEvery week.' });
    expect((await now()).description).toBe('Talks.\n\nEvery week.');
    const again = await host.press(edited.reply!, buttonOf(edited.reply!, 'show:description:'));
    const empty = await host.submitModal(again, { text: ' ' });
    expect(empty.text()).toBe(en.errors.descriptionEmpty);
    expect((await now()).description).toBe('Talks.\n\nEvery week.');

    const named = await host.runCommand('show edit', { show: show!.id, domain: 'talks.example.org' }, lobby);
    expect(named.text()).toContain(en.shows.domain('talks.example.org'));
    expect((await catalog.shows.byDomain('talks.example.org'))?.id).toBe(show!.id);
    const other = await catalog.shows.create(guild.id, { title: 'Third Stage' });
    const taken = { show: other.id, domain: 'talks.example.org' };
    expect((await host.runCommand('show edit', taken, lobby)).text()).toBe(
      en.errors.domainTaken('talks.example.org'),
    );
    const shared = { show: other.id, domain: new URL(links.feed('x')).hostname };
    expect((await host.runCommand('show edit', shared, lobby)).text()).toBe(
      en.errors.domainTaken(shared.domain),
    );
    await host.runCommand('show edit', { show: show!.id, domain: 'none' }, lobby);
    expect(await catalog.shows.byDomain('talks.example.org')).toBeUndefined();
  });

  test('the feed is shown with its address, its revision and what the gate found; to its own server alone', async () => {
    house = await openHouse();
    const { host, guest, lobby, catalog, guild, neighbour, rest } = house;
    const show = await catalog.shows.createDefaultFor({ id: guild.id, name: 'Ours' });
    const none = await host.runCommand('show feed', {}, lobby);
    expect(none.text()).toContain(en.shows.noFeed);
    const remarks = [{ text: 'The show has no author. Name who makes it.', places: 1 }];
    await catalog.shows.noteFeedReport(show.id, { revision: 1, episodes: 2, refusals: [], remarks });
    const feed = await host.runCommand('show feed', { show: show.id }, lobby);
    expect(feed.ephemeral).toBe(true);
    expect(feed.text()).toContain(`https://casts.example.org/shows/${show.slug}/feed.xml`);
    expect(feed.text()).toContain('with 2 episodes.');
    expect(feed.text()).toContain('⚠️ The show has no author. Name who makes it.');

    const named = { show: show.id };
    for (const path of ['show feed', 'show edit']) {
      const theirs = await neighbour.host.runCommand(path, named, neighbour.lobby);
      expect(theirs.text()).toContain('no such show');
      await expect(guest.runCommand(path, named, lobby)).rejects.toThrow(/does not see/);
    }
    const custom_id = `show:description:${show.id}`;
    const forged = (await rest('POST', `/channels/${neighbour.lobby.id}/messages`, {
      content: 'x',
      components: [{ type: 1, components: [{ type: 2, style: 2, label: 'x', custom_id }] }],
    })) as { id: string };
    expect((await neighbour.host.press(forged, custom_id)).text()).toContain('no such show');
  });
});
