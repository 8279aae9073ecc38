/** From what the embedded Discord holds to the objects it sends. */
import {
  ChannelType,
  type APIGuildMember,
  type APIRole,
  type APIUser,
  type GatewayGuildCreateDispatchData,
} from 'discord-api-types/v10';
import type { ChannelKind, ChannelState, GuildState, MemberState } from './model.ts';

const CHANNEL_TYPES: Record<ChannelKind, ChannelType> = {
  text: ChannelType.GuildText,
  voice: ChannelType.GuildVoice,
  stage: ChannelType.GuildStageVoice,
};

export function wireUser(id: string, name: string, bot: boolean): APIUser {
  const user: Record<string, unknown> = {
    id,
    username: name.toLowerCase().replaceAll(/[^a-z0-9_.]/g, '_'),
    discriminator: '0',
    global_name: bot ? null : name,
    avatar: null,
    bot,
    public_flags: 0,
    flags: 0,
    banner: null,
    accent_color: null,
    avatar_decoration_data: null,
    collectibles: null,
    primary_guild: null,
  };
  return user as unknown as APIUser;
}

export function wireRole(id: string, name: string, permissions: bigint, position: number): APIRole {
  const role: Record<keyof APIRole, unknown> = {
    id,
    name,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position,
    permissions: permissions.toString(),
    managed: false,
    mentionable: false,
    tags: undefined,
    flags: 0,
  };
  return role as unknown as APIRole;
}

export function wireMember({ user, nick, roles, joinedAt }: MemberState): APIGuildMember {
  const member: Record<string, unknown> = {
    user,
    nick,
    roles: [...roles],
    joined_at: joinedAt,
    premium_since: null,
    deaf: false,
    mute: false,
    pending: false,
    flags: 0,
    avatar: null,
    banner: null,
    communication_disabled_until: null,
  };
  return member as unknown as APIGuildMember;
}

export function wireChannel(channel: ChannelState, position = 0): Record<string, unknown> {
  const base = {
    id: channel.id,
    type: CHANNEL_TYPES[channel.kind],
    guild_id: channel.guildId,
    name: channel.name,
    position,
    permission_overwrites: channel.overwrites,
    parent_id: null,
    nsfw: false,
    topic: channel.topic,
    rate_limit_per_user: 0,
    last_message_id: [...channel.messages.keys()].at(-1) ?? null,
    flags: 0,
  };
  return channel.kind === 'text'
    ? base
    : { ...base, bitrate: 64_000, user_limit: channel.userLimit, rtc_region: null, status: channel.status };
}

export function wireGuild(guild: GuildState): Record<string, unknown> {
  return {
    id: guild.id,
    name: guild.name,
    owner_id: guild.ownerId,
    icon: null,
    splash: null,
    banner: null,
    description: null,
    home_header: null,
    discovery_splash: null,
    roles: [...guild.roles.values()],
    emojis: [],
    stickers: [],
    features: ['COMMUNITY'],
    preferred_locale: guild.locale,
    afk_channel_id: null,
    afk_timeout: 300,
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    mfa_level: 0,
    nsfw_level: 0,
    premium_tier: 0,
    premium_progress_bar_enabled: false,
    premium_subscription_count: 0,
    region: 'deprecated',
    widget_enabled: false,
    widget_channel_id: null,
    max_members: 500_000,
    max_presences: null,
    max_video_channel_users: 25,
    max_stage_video_channel_users: 50,
    nsfw: false,
    incidents_data: null,
    system_channel_id: null,
    system_channel_flags: 0,
    rules_channel_id: null,
    public_updates_channel_id: null,
    safety_alerts_channel_id: null,
    vanity_url_code: null,
    application_id: null,
  };
}

/**
 * GUILD_CREATE: discord.js needs every array present.
 * @param everyMember - with the GUILD_PRESENCES intent; otherwise only the bot itself and people in voice channels come
 *   (docs, Gateway Events, "Guild Create")
 */
export function wireGuildCreate(
  guild: GuildState,
  { joinedAt, everyMember, botId }: { joinedAt: string; everyMember: boolean; botId: string },
): GatewayGuildCreateDispatchData {
  const isShown = (id: string) => everyMember || id === botId || guild.voiceStates.has(id);
  return {
    ...wireGuild(guild),
    joined_at: joinedAt,
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    channels: [...guild.channels.values()].map((channel, index) => wireChannel(channel, index)),
    members: [...guild.members.values()].filter(({ user }) => isShown(user.id)).map(wireMember),
    voice_states: [...guild.voiceStates.values()],
    threads: [],
    presences: [],
    soundboard_sounds: [],
    stage_instances: [...guild.stageInstances.values()],
    guild_scheduled_events: [...guild.events.values()].map(({ event }) => event),
  } as unknown as GatewayGuildCreateDispatchData;
}
