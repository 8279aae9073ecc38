/** A simulated person in a guild: what somebody at a Discord client can do, and nothing else. */
import { randomBytes } from 'node:crypto';
import {
  ApplicationCommandOptionType as OptionType,
  ComponentType,
  GatewayDispatchEvents,
  InteractionType,
  type APIMessage,
} from 'discord-api-types/v10';
import type { SimSpeaker, SpeakerOptions, SpeakOptions, Utterance, VoiceServer } from '../voice/contract.ts';
import type { BotState, ChannelState, GuildState, MemberState } from '../state/model.ts';
import { channelPermissions } from '../state/permissions.ts';
import { isStageModerator, mayJoin, roomOf, type VoiceStates } from '../state/voice-states.ts';
import { wireChannel, wireMember } from '../state/wire.ts';
import type { World } from '../state/world.ts';
import { traceInteraction, type SimInteraction } from './interaction.ts';
import { commandData, NotPossibleError, referencedIds, type OptionValues } from './options.ts';

export interface JoinOptions extends SpeakerOptions {
  /** On a stage: among the speakers at once, as if invited. Stage moderators always are. */
  speaker?: boolean;
}

export interface SimMember {
  id: string;
  displayName: string;
  /** Throws NotPossibleError where Discord would not let this person in. */
  joinVoice(channel: { id: string }, options?: JoinOptions): SimSpeaker;
  leaveVoice(): void;
  /** On a stage: accepts the invitation to speak. */
  becomeSpeaker(): void;
  speak(source: readonly Uint8Array[] | string, options?: SpeakOptions): Promise<Utterance>;
  /** Resolves at the first readable answer; rejects when the bot stays silent, as Discord's client would tell. */
  runCommand(path: string, values?: OptionValues, where?: { id: string }): Promise<SimInteraction>;
  /** The choices offered while `focused` is being typed. */
  autocomplete(
    path: string,
    values: OptionValues,
    focused: string,
    where?: { id: string },
  ): Promise<SimInteraction>;
  /** Presses a button, or picks from a select menu. */
  press(message: APIMessage, customId: string, picked?: string[]): Promise<SimInteraction>;
  submitModal(interaction: SimInteraction, values: Record<string, string>): Promise<SimInteraction>;
  /** Marks a scheduled event as interesting; again takes it back. */
  subscribe(event: { id: string }): void;
}

interface MemberContext {
  world: World;
  voice: VoiceServer;
  voiceStates: VoiceStates;
  guild: GuildState;
  state: MemberState;
}

/** The bot that registered the command, with its commands; global ones and the guild's. */
function applicationFor(world: World, guild: GuildState, commandName: string) {
  for (const bot of world.bots.values()) {
    if (!bot.guildIds.has(guild.id)) continue;
    const commands = [...(guild.commands.get(bot.applicationId) ?? []), ...bot.globalCommands];
    const command = commands.find(({ name }) => name === commandName);
    if (command) return { bot, commands, command };
  }
  throw new NotPossibleError(`/${commandName}: no bot in ${guild.name} has registered it`);
}

export function createMember({ world, voice, voiceStates, guild, state }: MemberContext): SimMember {
  const userId = state.user.id;
  let lastChannel: ChannelState | undefined;

  const channelOf = (where: { id: string } | undefined): ChannelState => {
    const channel = where ? guild.channels.get(where.id) : (lastChannel ?? [...guild.channels.values()][0]);
    if (channel === undefined) throw new NotPossibleError(`${guild.name} has no such channel`);
    return channel;
  };
  const present = () => {
    const voiceState = guild.voiceStates.get(userId);
    const channel = guild.channels.get(voiceState?.channel_id ?? '');
    if (voiceState === undefined || channel === undefined)
      throw new NotPossibleError(`${state.user.username} is in no voice channel`);
    return { voiceState, channel };
  };

  /** Sends an interaction to its bot and follows what comes back. */
  function begin(
    bot: BotState,
    channel: ChannelState,
    type: InteractionType,
    data: unknown,
    message?: APIMessage,
  ) {
    const id = world.makeId();
    const token = randomBytes(32).toString('base64url');
    const trace = traceInteraction(id, `${state.user.username}: ${InteractionType[type]}`);
    world.interactions.set(token, {
      id,
      token,
      applicationId: bot.applicationId,
      guildId: guild.id,
      channelId: channel.id,
      userId,
      messageId: message?.id,
      original: undefined,
      followUps: new Map(),
      acknowledged: false,
      onCallback: trace.onCallback,
      onMessage: trace.onMessage,
    });
    const mine = channelPermissions(guild, channel, userId).toString();
    world.dispatch.toBot(bot.user.id, GatewayDispatchEvents.InteractionCreate, {
      id,
      application_id: bot.applicationId,
      type,
      token,
      version: 1,
      data,
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
      context: 0,
      attachment_size_limit: 10_485_760,
      ...(message ? { message } : {}),
    });
    return trace.answered();
  }

  function resolved(options: readonly unknown[] | undefined): Record<string, unknown> {
    const result: Record<string, Record<string, unknown>> = {};
    for (const { type, id } of referencedIds(options)) {
      const channel = guild.channels.get(id);
      const member = guild.members.get(id);
      const role = guild.roles.get(id);
      if (type === OptionType.Channel && channel)
        (result['channels'] ??= {})[id] = {
          ...wireChannel(channel),
          permissions: channelPermissions(guild, channel, userId).toString(),
        };
      if ((type === OptionType.User || type === OptionType.Mentionable) && member) {
        (result['users'] ??= {})[id] = member.user;
        (result['members'] ??= {})[id] = wireMember(member);
      }
      if ((type === OptionType.Role || type === OptionType.Mentionable) && role)
        (result['roles'] ??= {})[id] = role;
    }
    return result;
  }

  const command = (
    path: string,
    values: OptionValues,
    where: { id: string } | undefined,
    focused?: string,
  ) => {
    const { bot, commands, command: registered } = applicationFor(world, guild, path.split(' ')[0]!);
    const channel = channelOf(where);
    const needed = registered.default_member_permissions;
    const held = channelPermissions(guild, channel, userId);
    // Discord hides a command from those who lack all of its default permissions; "0" is administrators only.
    if (needed !== null && (held & BigInt(needed)) !== BigInt(needed))
      throw new NotPossibleError(`${state.user.username} does not see /${path}`);
    const data = commandData(commands, path, values, focused);
    const type =
      focused === undefined
        ? InteractionType.ApplicationCommand
        : InteractionType.ApplicationCommandAutocomplete;
    return begin(bot, channel, type, { ...data, resolved: resolved(data.options) });
  };

  return {
    id: userId,
    displayName: state.nick ?? state.user.global_name ?? state.user.username,
    joinVoice(where, options = {}) {
      const channel = channelOf(where);
      if (channel.kind === 'text') throw new NotPossibleError(`#${channel.name} is a text channel`);
      if (!mayJoin(guild, channel, userId))
        throw new NotPossibleError(`${state.user.username} may not join ${channel.name}`);
      const { speaker, ...speakerOptions } = options;
      this.leaveVoice();
      voiceStates.enter(guild, channel, userId, speaker ?? isStageModerator(guild, channel, userId));
      lastChannel = channel;
      return roomOf(voice, channel).addSpeaker(userId, speakerOptions);
    },
    leaveVoice() {
      const channel = guild.channels.get(guild.voiceStates.get(userId)?.channel_id ?? '');
      if (channel === undefined) return;
      voiceStates.leave(guild, userId);
      roomOf(voice, channel).speaker(userId)?.leave();
    },
    becomeSpeaker() {
      present();
      voiceStates.change(guild, userId, { suppress: false });
    },
    async speak(source, options) {
      const { voiceState, channel } = present();
      if (voiceState.suppress) throw new NotPossibleError(`${state.user.username} is in the audience`);
      const speaker = roomOf(voice, channel).speaker(userId);
      if (speaker === undefined) throw new NotPossibleError(`${state.user.username} has no microphone here`);
      return speaker.speak(source, options);
    },
    runCommand: async (path, values = {}, where) => command(path, values, where),
    autocomplete: async (path, values, focused, where) => command(path, values, where, focused),
    async press(message, customId, picked) {
      const bot = [...world.bots.values()].find(({ user }) => user.id === message.author.id);
      if (bot === undefined) throw new NotPossibleError('that message is of no bot');
      const component = picked ? ComponentType.StringSelect : ComponentType.Button;
      if (!JSON.stringify(message.components ?? []).includes(JSON.stringify(customId)))
        throw new NotPossibleError(`the message has no component "${customId}"`);
      const data = { custom_id: customId, component_type: component, ...(picked ? { values: picked } : {}) };
      return begin(
        bot,
        channelOf({ id: message.channel_id }),
        InteractionType.MessageComponent,
        data,
        message,
      );
    },
    async submitModal(interaction, values) {
      const { modal } = interaction;
      if (modal === undefined) throw new NotPossibleError('no form is open');
      const stray = Object.keys(values).find((field) => !modal.fields.includes(field));
      if (stray !== undefined)
        throw new NotPossibleError(`the form has no field "${stray}"; it has: ${modal.fields.join(', ')}`);
      const opened = [...world.interactions.values()].find(({ id }) => id === interaction.id);
      const bot = [...world.bots.values()].find(
        ({ applicationId }) => applicationId === opened?.applicationId,
      );
      if (opened === undefined || bot === undefined) throw new NotPossibleError('the form is gone');
      const components = Object.entries(values).map(([customId, value]) => ({
        type: ComponentType.ActionRow,
        components: [{ type: ComponentType.TextInput, custom_id: customId, value }],
      }));
      const data = { custom_id: modal.customId, components };
      return begin(bot, channelOf({ id: opened.channelId }), InteractionType.ModalSubmit, data);
    },
    subscribe(event) {
      const held = guild.events.get(event.id);
      if (held === undefined) throw new NotPossibleError(`${guild.name} has no such event`);
      const isNew = !held.subscribers.delete(userId);
      if (isNew) held.subscribers.add(userId);
      world.dispatch.toGuild(
        guild.id,
        isNew
          ? GatewayDispatchEvents.GuildScheduledEventUserAdd
          : GatewayDispatchEvents.GuildScheduledEventUserRemove,
        { guild_scheduled_event_id: event.id, user_id: userId, guild_id: guild.id },
      );
    },
  };
}
