/** Which intent covers which event (docs, Gateway, "List of Intents"); an event not named here goes to everybody. */
import {
  GatewayDispatchEvents as Event,
  GatewayIntentBits as Intent,
  type APIMessage,
} from 'discord-api-types/v10';

const GUILDS: Event[] = [
  Event.GuildCreate,
  Event.GuildUpdate,
  Event.GuildDelete,
  Event.GuildRoleCreate,
  Event.GuildRoleUpdate,
  Event.GuildRoleDelete,
  Event.ChannelCreate,
  Event.ChannelUpdate,
  Event.ChannelDelete,
  Event.StageInstanceCreate,
  Event.StageInstanceUpdate,
  Event.StageInstanceDelete,
  Event.VoiceChannelStatusUpdate,
];
const SCHEDULED_EVENTS: Event[] = [
  Event.GuildScheduledEventCreate,
  Event.GuildScheduledEventUpdate,
  Event.GuildScheduledEventDelete,
  Event.GuildScheduledEventUserAdd,
  Event.GuildScheduledEventUserRemove,
];
const rows: [Event[], Intent][] = [
  [GUILDS, Intent.Guilds],
  [[Event.GuildMemberAdd, Event.GuildMemberUpdate, Event.GuildMemberRemove], Intent.GuildMembers],
  [[Event.GuildBanAdd, Event.GuildBanRemove], Intent.GuildModeration],
  [[Event.VoiceStateUpdate, Event.VoiceChannelEffectSend], Intent.GuildVoiceStates],
  [[Event.MessageCreate, Event.MessageUpdate, Event.MessageDelete], Intent.GuildMessages],
  [[Event.MessageReactionAdd, Event.MessageReactionRemove], Intent.GuildMessageReactions],
  [SCHEDULED_EVENTS, Intent.GuildScheduledEvents],
];
const intentOf = new Map(rows.flatMap(([events, intent]) => events.map((event) => [event, intent] as const)));

/** Members, presences and message content are privileged: switched on in the Developer Portal or refused with 4014. */
export const PRIVILEGED_INTENTS = Intent.GuildMembers | Intent.GuildPresences | Intent.MessageContent;

export function covers(intents: number, event: Event): boolean {
  const intent = intentOf.get(event);
  return intent === undefined || (intents & intent) !== 0;
}

const KNOWN = Object.values(Intent).reduce<number>((all, bit) => all | Number(bit), 0);

/** Bits that are no intent close the gateway with 4013. */
export const areKnown = (intents: number): boolean => Number.isInteger(intents) && (intents & ~KNOWN) === 0;

/**
 * What of an event a session sees: without MESSAGE_CONTENT a message is empty, unless the bot wrote it or is mentioned
 * (docs, Gateway, "Message Content Intent").
 */
export function visiblePart(intents: number, botId: string, event: Event, content: unknown): unknown {
  if (event !== Event.MessageCreate && event !== Event.MessageUpdate) return content;
  const message = content as APIMessage;
  const isOpen =
    (intents & Intent.MessageContent) !== 0 ||
    message.author.id === botId ||
    message.mentions.some(({ id }) => id === botId);
  return isOpen ? message : { ...message, content: '', embeds: [], attachments: [], components: [] };
}
