/** The sending of an interaction to its bot, with all that Discord puts into one. */
import { randomBytes } from 'node:crypto';
import {
  ApplicationCommandOptionType as OptionType,
  GatewayDispatchEvents,
  InteractionContextType,
  InteractionType,
  type APIMessage,
} from 'discord-api-types/v10';
import type { BotState, ChannelState, GuildState, MemberState } from '../state/model.ts';
import { channelPermissions } from '../state/permissions.ts';
import { wireChannel, wireMember } from '../state/wire.ts';
import type { World } from '../state/world.ts';
import { traceInteraction, type SimInteraction } from './interaction.ts';
import { wireAttachment } from '../state/attachments.ts';
import { referencedIds } from './options.ts';

export interface Beginner {
  world: World;
  guild: GuildState;
  /** Who types, presses or fills in. */
  state: MemberState;
}

export interface Beginning {
  bot: BotState;
  channel: ChannelState;
  type: InteractionType;
  /** By type: the command with its options, the component, the form. */
  content: unknown;
  /** The message that the component is on, or from which the form was opened. */
  source?: APIMessage | undefined;
}

/** Sends it and follows what comes back: resolves at the first readable answer, rejects when none comes in time. */
export async function beginInteraction(
  { world, guild, state }: Beginner,
  { bot, channel, type, content, source }: Beginning,
): Promise<SimInteraction> {
  const id = world.makeId();
  const token = randomBytes(32).toString('base64url');
  const trace = traceInteraction(world, id, `${state.user.username}: ${InteractionType[type]}`);
  const nowUs = world.clock.nowUs();
  world.interactions.set(token, {
    id,
    token,
    type,
    applicationId: bot.applicationId,
    guildId: guild.id,
    channelId: channel.id,
    user: state.user,
    source,
    acknowledgeByUs: nowUs + world.timing.acknowledgeWithinMs * 1000,
    expiresAtUs: nowUs + world.timing.tokenLifetimeMs * 1000,
    original: undefined,
    followUps: new Map(),
    acknowledged: false,
    form: undefined,
    onCallback: trace.onCallback,
    onMessage: trace.onMessage,
  });
  const mine = channelPermissions(guild, channel, state.user.id).toString();
  world.dispatch.toBot(bot.user.id, GatewayDispatchEvents.InteractionCreate, {
    id,
    application_id: bot.applicationId,
    type,
    token,
    version: 1,
    data: content,
    guild_id: guild.id,
    guild: { id: guild.id, locale: guild.locale, features: [] },
    guild_locale: guild.locale,
    channel_id: channel.id,
    channel: { ...wireChannel(channel), permissions: mine },
    member: { ...wireMember(state), permissions: mine },
    locale: state.locale,
    app_permissions: channelPermissions(guild, channel, bot.user.id).toString(),
    entitlements: [],
    authorizing_integration_owners: { 0: guild.id },
    context: InteractionContextType.Guild,
    attachment_size_limit: 10_485_760,
    ...(source ? { message: source } : {}),
  });
  return trace.answered();
}

/** The objects behind the ids in a command's options ("Resolved Data Structure"). */
export function resolvedObjects(
  { world, guild, state }: Beginner,
  options: readonly unknown[] | undefined,
): Record<string, unknown> {
  const result: Record<string, Record<string, unknown>> = {};
  for (const { type, id } of referencedIds(options)) {
    const channel = guild.channels.get(id);
    const member = guild.members.get(id);
    const role = guild.roles.get(id);
    if (type === OptionType.Channel && channel)
      (result['channels'] ??= {})[id] = {
        ...wireChannel(channel),
        permissions: channelPermissions(guild, channel, state.user.id).toString(),
      };
    if ((type === OptionType.User || type === OptionType.Mentionable) && member) {
      (result['users'] ??= {})[id] = member.user;
      (result['members'] ??= {})[id] = wireMember(member);
    }
    const attachment = type === OptionType.Attachment ? wireAttachment(world, id) : undefined;
    if (attachment) (result['attachments'] ??= {})[id] = attachment;
    if ((type === OptionType.Role || type === OptionType.Mentionable) && role)
      (result['roles'] ??= {})[id] = role;
  }
  return result;
}
