import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Catalog, type Holder, holdsRole, NotInCatalogError } from '../../src/catalog/index.ts';
import { newGuild, onEachEngine, openTestCatalog, type TestCatalog } from './support/test-catalog.ts';

const ROLE = '700';
const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 19, 0, second));

test.each([
  ['the role', { roleIds: ['1', ROLE] }, ROLE, true],
  ['another role', { roleIds: ['1'] }, ROLE, false],
  ['nothing, where everybody may', { roleIds: [] }, '41', true],
  ['the role, where no feed is', { roleIds: [ROLE] }, null, false],
] as const)('who holds %s', (_, membership, roleId, holds) => {
  expect(holdsRole({ members_role_id: roleId, guild_id: '41' }, membership)).toBe(holds);
  expect(holdsRole({ members_role_id: roleId, guild_id: '41' }, 'left')).toBe(false);
});

onEachEngine((engine) => {
  let opened: TestCatalog;
  let catalog: Catalog;
  beforeAll(async () => {
    opened = await openTestCatalog(engine);
    catalog = opened.catalog;
  });
  afterAll(() => opened.remove());

  async function scene({ roleId = ROLE }: { roleId?: string | null } = {}) {
    const guild = newGuild();
    const show = await catalog.shows.createDefaultFor(guild);
    await catalog.memberFeeds.follow(guild.id, show.id, roleId, '300');
    const holder: Holder = { guildId: guild.id, showId: show.id, userId: '900' };
    const hashOf = (generation: number) =>
      createHash('sha256').update(`${show.id} ${holder.userId} ${generation}`).digest('hex');
    const making = (second: number, roleIds: string[] = [ROLE]) => ({
      ...{ membership: { roleIds }, at: at(second), hashOf },
    });
    const stands = async (generation = 1) =>
      (await catalog.memberFeeds.byHash(hashOf(generation)))?.feed ?? undefined;
    return { guild, show, holder, hashOf, making, stands };
  }

  test('a member has one feed in use, however often they ask at once; another takes its place for good', async () => {
    const { holder, making, hashOf, stands, show } = await scene();
    const feeds = await Promise.all(
      [1, 2, 3].map((second) => catalog.memberFeeds.open(holder, making(second))),
    );
    expect(new Set(feeds.map(({ token_hash: hash }) => hash))).toEqual(new Set([hashOf(1)]));
    expect(await catalog.memberFeeds.renew(holder, making(4))).toMatchObject({
      generation: 2,
      state: 'active',
    });
    expect(await stands(1)).toMatchObject({ state: 'rotated', user_id: '900' });
    expect(await catalog.memberFeeds.open(holder, making(5))).toMatchObject({ generation: 2 });
    expect((await catalog.memberFeeds.byHash(hashOf(2)))?.show.id).toBe(show.id);
    expect(await catalog.memberFeeds.byHash('0'.repeat(64))).toBeUndefined();
    expect(await catalog.memberFeeds.revoke(holder)).toBe(true);
    expect(await catalog.memberFeeds.revoke(holder)).toBe(false);
    expect(await stands(2)).toMatchObject({ state: 'revoked' });
    expect(await catalog.memberFeeds.open(holder, making(6))).toMatchObject({ generation: 3 });
  });

  test('the role is followed by the newest news, whichever comes first', async () => {
    const { guild, holder, making, stands } = await scene();
    await catalog.memberFeeds.open(holder, making(1));
    expect(await stands()).toMatchObject({ has_role: true, checked_at: at(1) });
    expect(await catalog.memberFeeds.learn(guild.id, '900', { roleIds: [] }, at(5))).toBe(1);
    expect(await catalog.memberFeeds.learn(guild.id, '900', { roleIds: [ROLE] }, at(3))).toBe(0);
    expect(await stands()).toMatchObject({ has_role: false, role_changed_at: at(5), checked_at: at(5) });
    await catalog.memberFeeds.learn(guild.id, '900', { roleIds: ['1', ROLE] }, at(6));
    expect(await stands()).toMatchObject({ has_role: true });
    await catalog.memberFeeds.learn(guild.id, '900', 'left', at(7));
    await catalog.memberFeeds.learn(guild.id, '900', 'left', at(8));
    const lapsed = { has_role: false, state: 'active', role_changed_at: at(7), checked_at: at(8) };
    expect(await stands()).toMatchObject(lapsed);
    expect(await catalog.memberFeeds.learn(newGuild().id, '900', { roleIds: [ROLE] }, at(8))).toBe(0);
    await catalog.memberFeeds.learn(guild.id, '900', { roleIds: [ROLE] }, at(8));
    await catalog.memberFeeds.roleGone(guild.id, 'another', at(9));
    expect(await stands()).toMatchObject({ has_role: true });
    await catalog.memberFeeds.roleGone(guild.id, ROLE, at(9));
    expect(await stands()).toMatchObject({ has_role: false });
    expect(await catalog.memberFeeds.holders(guild.id)).toEqual(['900']);
  });

  test('each change of the role has its date, whoever tells of it', async () => {
    const { guild, show, holder, making, stands } = await scene();
    await catalog.memberFeeds.open(holder, making(1));
    await catalog.memberFeeds.open(holder, making(2, []));
    expect(await stands()).toMatchObject({ has_role: false, role_changed_at: at(2), checked_at: at(2) });
    await catalog.memberFeeds.open(holder, making(3, []));
    expect(await stands()).toMatchObject({ has_role: false, role_changed_at: at(2), checked_at: at(3) });
    await catalog.memberFeeds.open(holder, making(4));
    expect(await stands()).toMatchObject({ has_role: true, role_changed_at: at(4) });
    const before = new Date();
    await catalog.memberFeeds.follow(guild.id, show.id, 'another', '300');
    expect((await stands())?.has_role).toBe(false);
    expect((await stands())!.role_changed_at.getTime()).toBeGreaterThanOrEqual(before.getTime());
  });

  test('a ban ends it for good, and whoever comes back gets another address', async () => {
    const { guild, holder, making, stands } = await scene();
    await catalog.memberFeeds.open(holder, making(1));
    await catalog.memberFeeds.learn(guild.id, '900', 'banned', at(2));
    expect(await stands()).toMatchObject({ state: 'banned', has_role: false });
    await catalog.memberFeeds.learn(guild.id, '900', { roleIds: [ROLE] }, at(3));
    expect(await stands()).toMatchObject({ state: 'banned', has_role: false });
    expect(await catalog.memberFeeds.open(holder, making(4))).toMatchObject({
      generation: 2,
      has_role: true,
    });
  });

  test('who is forgotten leaves hashes alone, and their addresses stay gone', async () => {
    const { guild, holder, making, stands } = await scene();
    await catalog.memberFeeds.open(holder, making(1));
    await catalog.memberFeeds.renew(holder, making(2));
    expect(await catalog.memberFeeds.forget(newGuild().id, '900')).toBe(0);
    expect(await catalog.memberFeeds.forget(guild.id, '900')).toBe(1);
    for (const generation of [1, 2])
      expect(await stands(generation)).toMatchObject({ state: 'erased', user_id: null });
    expect(await catalog.memberFeeds.holders(guild.id)).toEqual([]);
    expect(await catalog.memberFeeds.open(holder, making(3))).toMatchObject({ generation: 3 });
  });

  test('another role makes what was known of the former worth nothing; the same again changes nothing', async () => {
    const { guild, show, holder, making, stands } = await scene();
    await catalog.memberFeeds.open(holder, making(1));
    await catalog.memberFeeds.follow(guild.id, show.id, ROLE, '301');
    expect(await stands()).toMatchObject({ has_role: true });
    const changed = await catalog.memberFeeds.follow(guild.id, show.id, '701', '302');
    expect(changed).toMatchObject({ members_role_id: '701', members_set_by: '302' });
    expect(await stands()).toMatchObject({ has_role: false, checked_at: new Date(0) });
    await catalog.memberFeeds.learn(guild.id, '900', { roleIds: ['701'] }, at(2));
    expect(await stands()).toMatchObject({ has_role: true });
    await catalog.memberFeeds.follow(guild.id, show.id, null, '302');
    await catalog.memberFeeds.learn(guild.id, '900', { roleIds: ['701'] }, at(3));
    expect(await stands()).toMatchObject({ has_role: false });
  });

  test('another server’s show is not there', async () => {
    const { show, holder, making } = await scene();
    const foreign = { ...holder, guildId: newGuild().id };
    await expect(catalog.memberFeeds.open(foreign, making(1))).rejects.toThrow(NotInCatalogError);
    await expect(catalog.memberFeeds.renew(foreign, making(1))).rejects.toThrow(NotInCatalogError);
    await expect(catalog.memberFeeds.follow(foreign.guildId, show.id, ROLE, '1')).rejects.toThrow(
      NotInCatalogError,
    );
    expect(await catalog.memberFeeds.revoke(foreign)).toBe(false);
    expect(await catalog.memberFeeds.revoke({ ...holder, showId: 'no-id' })).toBe(false);
  });
});
