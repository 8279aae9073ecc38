/** What the embedded Discord holds. The parts that go over the wire have Discord's own shapes. */
import type {
  APIApplicationCommand,
  APIGuildScheduledEvent,
  APIMessage,
  APIOverwrite,
  APIRole,
  APIStageInstance,
  APIUser,
  APIVoiceState,
  InteractionType,
} from 'discord-api-types/v10';

export type ChannelKind = 'text' | 'voice' | 'stage';

export interface ChannelState {
  id: string;
  guildId: string;
  kind: ChannelKind;
  name: string;
  topic: string | null;
  /** 0 is no limit. */
  userLimit: number;
  overwrites: APIOverwrite[];
  status: string | null;
  messages: Map<string, APIMessage>;
}

export interface MemberState {
  user: APIUser;
  nick: string | null;
  roles: Set<string>;
  joinedAt: string;
  /** The language of this person's own client; only interactions tell it. */
  locale: string;
}

export interface EventState {
  event: APIGuildScheduledEvent;
  subscribers: Set<string>;
}

export interface GuildState {
  id: string;
  name: string;
  ownerId: string;
  locale: string;
  roles: Map<string, APIRole>;
  channels: Map<string, ChannelState>;
  members: Map<string, MemberState>;
  bans: Map<string, APIUser>;
  voiceStates: Map<string, APIVoiceState>;
  /** By channel id. */
  stageInstances: Map<string, APIStageInstance>;
  events: Map<string, EventState>;
  /** Guild commands by application id. */
  commands: Map<string, APIApplicationCommand[]>;
}

export interface BotState {
  user: APIUser;
  applicationId: string;
  token: string;
  guildIds: Set<string>;
  /** Intents that the Developer Portal has switched on for it; privileged ones are off unless named. */
  allowedIntents: number;
  globalCommands: APIApplicationCommand[];
}

/** A form that the bot opened and the person has not sent yet. */
export interface OpenForm {
  customId: string;
  components: readonly unknown[];
}

/** An interaction on its way: known by its token until it is answered and for its follow-ups. */
export interface InteractionState {
  id: string;
  token: string;
  type: InteractionType;
  applicationId: string;
  guildId: string;
  channelId: string;
  user: APIUser;
  /** The message whose component was pressed, or from which the form was opened. */
  source: APIMessage | undefined;
  /** On the simulation clock: until when it may be acknowledged, and until when its token works. */
  acknowledgeByUs: number;
  expiresAtUs: number;
  onCallback: (callback: { type: number; data: unknown }) => void;
  /** The first reply, once there is one; a placeholder while it is deferred. */
  original: APIMessage | undefined;
  followUps: Map<string, APIMessage>;
  acknowledged: boolean;
  form: OpenForm | undefined;
  onMessage: (message: APIMessage, event: 'created' | 'edited' | 'deleted') => void;
}
