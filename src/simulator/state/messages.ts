/** Messages: composed as Discord stores them, posted, edited and deleted, each told to the bots that may hear of it. */
import {
  AllowedMentionsTypes,
  EmbedType,
  GatewayDispatchEvents,
  MessageFlags,
  MessageType,
  type APIAllowedMentions,
  type APIEmbed,
  type APIMessage,
  type APIUser,
} from 'discord-api-types/v10';
import { type SentFile, upload, wireAttachment } from './attachments.ts';
import { findChannel, isoNow, type World } from './world.ts';

/** The fields of a request body or an interaction callback that become the message. */
export interface MessageBody {
  content?: string | null;
  embeds?: APIEmbed[] | null;
  components?: ComponentBody[] | null;
  flags?: number | null;
  tts?: boolean;
  allowed_mentions?: APIAllowedMentions | null;
  /** What came with the request as files (docs, Reference, "Uploading Files"). */
  uploads?: readonly SentFile[];
}
interface ComponentBody {
  id?: number;
  components?: ComponentBody[];
  accessory?: ComponentBody;
}

/** Docs, Message, "Edit Message": the only flags that an edit may set; an ephemeral message stays one. */
const EDITABLE_FLAGS = MessageFlags.SuppressEmbeds | MessageFlags.IsComponentsV2;

/** Docs, Components, "Anatomy of a Component": ids left out are counted up in the order of the message. */
function numbered(components: readonly ComponentBody[], next = { id: 1 }): ComponentBody[] {
  return components.map((component) => ({
    ...component,
    id: component.id ?? next.id++,
    ...(component.components ? { components: numbered(component.components, next) } : {}),
    ...(component.accessory ? { accessory: numbered([component.accessory], next)[0]! } : {}),
  }));
}

const idsIn = (content: string, mention: RegExp): string[] => [
  ...new Set([...content.matchAll(mention)].map((match) => match[1]!)),
];

const MENTION_TYPES = { users: AllowedMentionsTypes.User, roles: AllowedMentionsTypes.Role };

/** Docs, Message, "Allowed Mentions Object": without one, everybody named is mentioned. */
function mentionsOf(world: World, { content, allowed_mentions: allowed }: MessageBody) {
  const may = (id: string, kind: 'users' | 'roles') =>
    !allowed || allowed.parse?.includes(MENTION_TYPES[kind]) || (allowed[kind] ?? []).includes(id);
  const users = idsIn(content ?? '', /<@!?(\d+)>/g).filter((id) => may(id, 'users'));
  return {
    mentions: users.flatMap((id) => world.users.get(id) ?? []),
    mention_roles: idsIn(content ?? '', /<@&(\d+)>/g).filter((id) => may(id, 'roles')),
  };
}

/** What of a body is stored: only the fields that it names. */
function stored(world: World, body: MessageBody): Partial<APIMessage> {
  return {
    ...(body.content === undefined ? {} : { content: body.content ?? '', ...mentionsOf(world, body) }),
    ...(body.embeds === undefined
      ? {}
      : { embeds: (body.embeds ?? []).map((embed) => ({ type: EmbedType.Rich, ...embed })) }),
    ...(body.uploads === undefined
      ? {}
      : {
          attachments: body.uploads.flatMap((file) => wireAttachment(world, upload(world, file).id) ?? []),
        }),
    ...(body.components === undefined
      ? {}
      : { components: numbered(body.components ?? []) as unknown as NonNullable<APIMessage['components']> }),
  };
}

export function composeMessage(
  world: World,
  place: { guildId?: string; channelId: string },
  author: APIUser,
  body: MessageBody,
  more: Partial<APIMessage> = {},
): APIMessage {
  const message: Record<string, unknown> = {
    id: world.makeId(),
    type: MessageType.Default,
    channel_id: place.channelId,
    guild_id: place.guildId,
    author,
    content: '',
    embeds: [],
    components: [],
    attachments: [],
    mentions: [],
    mention_roles: [],
    mention_everyone: false,
    pinned: false,
    tts: body.tts ?? false,
    timestamp: isoNow(world),
    edited_timestamp: null,
    flags: body.flags ?? 0,
    ...stored(world, body),
    ...more,
  };
  return message as unknown as APIMessage;
}

export const isEphemeral = ({ flags }: Pick<APIMessage, 'flags'>): boolean =>
  (Number(flags) & MessageFlags.Ephemeral) !== 0;

export const isLoading = ({ flags }: Pick<APIMessage, 'flags'>): boolean =>
  (Number(flags) & MessageFlags.Loading) !== 0;

/** Lets it be seen: in its channel by everybody, or by `viewerId` alone when it is ephemeral. */
export function postMessage(world: World, message: APIMessage, viewerId?: string): void {
  const place = findChannel(world, message.channel_id);
  if (isEphemeral(message)) {
    if (viewerId !== undefined) world.ephemerals.set(message.id, { message, userId: viewerId });
  } else if (place) {
    place.channel.messages.set(message.id, message);
    world.dispatch.toGuild(place.guild.id, GatewayDispatchEvents.MessageCreate, message, place.channel);
  }
  world.changes.emit('message', message, 'created');
}

export function editMessage(world: World, message: APIMessage, body: MessageBody): void {
  const flags = (Number(message.flags) & ~EDITABLE_FLAGS) | (Number(body.flags) & EDITABLE_FLAGS);
  Object.assign(message, stored(world, body), {
    ...(typeof body.flags === 'number' ? { flags } : {}),
    edited_timestamp: isoNow(world),
  });
  const place = findChannel(world, message.channel_id);
  if (place && !isEphemeral(message))
    world.dispatch.toGuild(place.guild.id, GatewayDispatchEvents.MessageUpdate, message, place.channel);
  world.changes.emit('message', message, 'edited');
}

/** The placeholder of a deferred answer becomes the message. */
export function fillPlaceholder(
  world: World,
  message: APIMessage,
  body: MessageBody,
  viewerId: string,
): void {
  const kept = Number(message.flags) & ~MessageFlags.Loading;
  Object.assign(message, stored(world, body), { flags: kept | (Number(body.flags) & EDITABLE_FLAGS) });
  postMessage(world, message, viewerId);
}

export function deleteMessage(world: World, message: APIMessage): void {
  const place = findChannel(world, message.channel_id);
  world.ephemerals.delete(message.id);
  if (place?.channel.messages.delete(message.id))
    world.dispatch.toGuild(
      place.guild.id,
      GatewayDispatchEvents.MessageDelete,
      { id: message.id, channel_id: message.channel_id, guild_id: place.guild.id },
      place.channel,
    );
  world.changes.emit('message', message, 'deleted');
}
