/**
 * Tells the catalog what members hold, as Discord tells it: by events where the privileged intent is granted, of bans and of
 * deleted roles always, and by asking for whoever has a feed after each time that events may have been missed.
 */
import { Events, GatewayDispatchEvents, type Client, type Guild, type Role } from 'discord.js';
import type {
  GatewayGuildBanAddDispatchData,
  GatewayGuildMemberAddDispatchData,
  GatewayGuildMemberRemoveDispatchData,
  GatewayGuildMemberUpdateDispatchData,
} from 'discord-api-types/v10';
import type { MemberFeeds, Membership } from '../../catalog/index.ts';
import type { Background } from '../background.ts';

export interface RoleFollower {
  /** Asks for everybody with a feed in this server; needs no privileged intent (docs, Gateway, "Request Guild Members"). */
  catchUp(guild: Guild): void;
  close(): void;
}

/** Docs, Gateway Events, "Request Guild Members": up to 100 user ids. */
const AT_ONCE = 100;

export function followRoles({
  client,
  catalog,
  background,
}: {
  client: Client<true>;
  catalog: { memberFeeds: Pick<MemberFeeds, 'learn' | 'roleGone' | 'holders'> };
  background: Background;
}): RoleFollower {
  const { memberFeeds } = catalog;
  const learn = (guildId: string, userId: string, membership: Membership, at = new Date()) =>
    background.run(
      'what a member holds did not reach the catalog',
      () => memberFeeds.learn(guildId, userId, membership, at),
      { guildId, userId },
    );
  // As they come: discord.js tells of members whom it has in its cache alone.
  const onMember = (data: GatewayGuildMemberUpdateDispatchData | GatewayGuildMemberAddDispatchData) =>
    learn(data.guild_id, data.user.id, { roleIds: data.roles });
  const onLeft = (data: GatewayGuildMemberRemoveDispatchData) => learn(data.guild_id, data.user.id, 'left');
  const onBan = (data: GatewayGuildBanAddDispatchData) => learn(data.guild_id, data.user.id, 'banned');
  const onRoleGone = ({ id, guild }: Role) =>
    background.run('a deleted role did not reach the catalog', () =>
      memberFeeds.roleGone(guild.id, id, new Date()),
    );

  async function ask(guild: Guild): Promise<void> {
    const holders = await memberFeeds.holders(guild.id);
    for (let first = 0; first < holders.length; first += AT_ONCE) {
      const asked = holders.slice(first, first + AT_ONCE);
      const at = new Date();
      const found = await guild.members.fetch({ user: asked });
      for (const userId of asked) {
        const member = found.get(userId);
        const membership = member === undefined ? 'left' : { roleIds: [...member.roles.cache.keys()] };
        await memberFeeds.learn(guild.id, userId, membership, at);
      }
    }
  }

  client.ws.on(GatewayDispatchEvents.GuildMemberUpdate, onMember);
  client.ws.on(GatewayDispatchEvents.GuildMemberAdd, onMember);
  client.ws.on(GatewayDispatchEvents.GuildMemberRemove, onLeft);
  client.ws.on(GatewayDispatchEvents.GuildBanAdd, onBan);
  client.on(Events.GuildRoleDelete, onRoleGone);
  return {
    catchUp: (guild) =>
      background.run('what members hold was not asked', () => ask(guild), { guildId: guild.id }),
    close() {
      client.ws.off(GatewayDispatchEvents.GuildMemberUpdate, onMember);
      client.ws.off(GatewayDispatchEvents.GuildMemberAdd, onMember);
      client.ws.off(GatewayDispatchEvents.GuildMemberRemove, onLeft);
      client.ws.off(GatewayDispatchEvents.GuildBanAdd, onBan);
      client.off(Events.GuildRoleDelete, onRoleGone);
    },
  };
}
