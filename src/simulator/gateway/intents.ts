/** Which intent covers which event (docs, Gateway, "List of Intents"); an event not named here goes to everybody. */
import { GatewayDispatchEvents as Event, GatewayIntentBits as Intent } from 'discord-api-types/v10';

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
