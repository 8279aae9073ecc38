/** A simulated person in a guild: what somebody at a Discord client can do, and nothing else. */
import {
  GatewayDispatchEvents,
  GuildScheduledEventStatus,
  InteractionType,
  type APIMessage,
} from 'discord-api-types/v10';
import { admitMember, removeMember } from '../state/membership.ts';
import { composeMessage, postMessage } from '../state/messages.ts';
import type { ChannelState, GuildState } from '../state/model.ts';
import { channelPermissions, missingFrom, type PermissionName } from '../state/permissions.ts';
import { parseEmoji, reactorsOf, setReaction } from '../state/reactions.ts';
import { wireMember } from '../state/wire.ts';
import type { World } from '../state/world.ts';
import { upload, type SentFile } from '../state/attachments.ts';
import { beginInteraction, resolvedObjects } from './begin.ts';
import { filledForm, pressData } from './components.ts';
import { createInbox, type Inbox } from './inbox.ts';
import type { SimInteraction } from './interaction.ts';
import { createVoiceActions, displayNameOf, type MemberContext, type VoiceActions } from './member-voice.ts';
import { commandData, NotPossibleError, seesCommand, type OptionValues } from './options.ts';

export type { JoinOptions } from './member-voice.ts';

export interface SimMember extends VoiceActions {
  id: string;
  /** Direct messages of bots. */
  inbox: Inbox;
  /** The nickname here, or the person's own name. */
  readonly displayName: string;
  /** Changes the nickname in this guild; null takes it away. */
  rename(nick: string | null): void;
  /** Of a guild that this person has left, nobody holds roles: throws NotPossibleError. */
  setRoles(roles: readonly { id: string }[]): void;
  leave(): void;
  /** Back into the guild, without roles; throws NotPossibleError where a ban keeps this person out. */
  rejoin(): void;
  /** Writes in a channel's chat. */
  write(channel: { id: string }, content: string): APIMessage;
  /** Adds a reaction; again takes it back. */
  react(message: { id: string }, emoji: string): void;
  /** A file for an option that takes one. */
  upload(file: SentFile): { id: string };
  /** Resolves at the first readable answer; rejects when the bot stays silent, as Discord's client would tell. */
  runCommand(path: string, values?: OptionValues, where?: { id: string }): Promise<SimInteraction>;
  /** The choices offered while `focused` is being typed. */
  autocomplete(
    path: string,
    values: OptionValues,
    focused: string,
    where?: { id: string },
  ): Promise<SimInteraction>;
  /** Presses a button, or picks from a select menu, of the message as it stands now. */
  press(message: { id: string }, customId: string, picked?: string[]): Promise<SimInteraction>;
  /** Sends the form that the interaction opened; once. */
  submitModal(
    interaction: SimInteraction,
    values: Record<string, string | readonly string[]>,
  ): Promise<SimInteraction>;
  /** Marks a scheduled event as interesting; again takes it back. */
  subscribe(event: { id: string }): void;
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

const botOf = (world: World, is: { userId: string } | { applicationId: string }) =>
  [...world.bots.values()].find((bot) =>
    'userId' in is ? bot.user.id === is.userId : bot.applicationId === is.applicationId,
  );

export function createMember(context: MemberContext): SimMember {
  const { world, guild, state } = context;
  const userId = state.user.id;
  const nameHere = () => displayNameOf(state);
  let lastChannel: ChannelState | undefined;

  const channelOf = (where: { id: string } | undefined): ChannelState => {
    const channel = where ? guild.channels.get(where.id) : (lastChannel ?? [...guild.channels.values()][0]);
    if (channel === undefined) throw new NotPossibleError(`${guild.name} has no such channel`);
    return channel;
  };
  const requireRights = (channel: ChannelState, needed: readonly PermissionName[], what: string) => {
    const missing = missingFrom(channelPermissions(guild, channel, userId), needed);
    if (missing.length > 0)
      throw new NotPossibleError(`${nameHere()} may not ${what} #${channel.name}: ${missing.join(', ')}`);
  };
  const tellUpdate = () => {
    const updated = { ...wireMember(state), guild_id: guild.id };
    world.dispatch.toGuild(guild.id, GatewayDispatchEvents.GuildMemberUpdate, updated);
  };

  const command = (
    path: string,
    values: OptionValues,
    where: { id: string } | undefined,
    focused?: string,
  ) => {
    const { bot, commands, command: registered } = applicationFor(world, guild, path.split(' ')[0]!);
    const channel = channelOf(where);
    requireRights(channel, ['ViewChannel', 'UseApplicationCommands'], `use /${path} in`);
    if (!seesCommand(registered, channelPermissions(guild, channel, userId)))
      throw new NotPossibleError(`${nameHere()} does not see /${path}`);
    const filled = commandData(commands, path, values, focused);
    const content = { ...filled, resolved: resolvedObjects(context, filled.options) };
    const type =
      focused === undefined
        ? InteractionType.ApplicationCommand
        : InteractionType.ApplicationCommandAutocomplete;
    return beginInteraction(context, { bot, channel, type, content });
  };

  /** The message as it stands now, if this person can see it. */
  const seen = ({ id }: { id: string }): APIMessage => {
    const own = world.ephemerals.get(id);
    if (own?.userId === userId) return own.message;
    for (const channel of guild.channels.values()) {
      const message = channel.messages.get(id);
      if (message === undefined) continue;
      requireRights(channel, ['ViewChannel'], 'see');
      return message;
    }
    throw new NotPossibleError(`${nameHere()} sees no such message; it is gone, or another's alone`);
  };

  return {
    id: userId,
    inbox: createInbox(world, userId),
    get displayName() {
      return nameHere();
    },
    rename(nick) {
      state.nick = nick;
      tellUpdate();
    },
    setRoles(roles) {
      if (!guild.members.has(userId)) throw new NotPossibleError(`${nameHere()} is not in ${guild.name}`);
      state.roles = new Set(roles.map(({ id }) => id));
      tellUpdate();
    },
    leave: () => removeMember(context, state),
    rejoin() {
      if (admitMember(context, state) === undefined)
        throw new NotPossibleError(`${nameHere()} is banned from ${guild.name}`);
    },
    ...createVoiceActions(context, (channel) => (lastChannel = channel)),
    write(where, content) {
      const channel = channelOf(where);
      const connecting = channel.kind === 'text' ? [] : (['Connect'] as const);
      requireRights(channel, ['ViewChannel', 'SendMessages', ...connecting], 'write in');
      const place = { guildId: guild.id, channelId: channel.id };
      const message = composeMessage(world, place, state.user, { content });
      postMessage(world, message);
      return message;
    },
    react(reacted, text) {
      const message = seen(reacted);
      const emoji = parseEmoji(text);
      if (emoji === undefined) throw new NotPossibleError(`${text} is no emoji`);
      const who = reactorsOf(world, message, emoji);
      if (who.size === 0) requireRights(channelOf({ id: message.channel_id }), ['AddReactions'], 'react in');
      setReaction(world, message, emoji, { userId, stands: !who.has(userId) });
    },
    upload: (file) => upload(world, file),
    runCommand: async (path, values = {}, where) => command(path, values, where),
    autocomplete: async (path, values, focused, where) => command(path, values, where, focused),
    async press(pressed, customId, picked) {
      const source = seen(pressed);
      const bot = botOf(world, { userId: source.author.id });
      if (bot === undefined) throw new NotPossibleError('that message is of no bot');
      const content = pressData(source.components ?? [], customId, picked);
      const channel = channelOf({ id: source.channel_id });
      return beginInteraction(context, {
        bot,
        channel,
        type: InteractionType.MessageComponent,
        content,
        source,
      });
    },
    async submitModal(interaction, values) {
      const opened = [...world.interactions.values()].find(({ id }) => id === interaction.id);
      if (opened?.user.id !== userId) throw new NotPossibleError('no form is open');
      const bot = botOf(world, { applicationId: opened.applicationId });
      const { form, source } = opened;
      if (interaction.modal === undefined || bot === undefined) throw new NotPossibleError('no form is open');
      if (form === undefined) throw new NotPossibleError('the form is gone; it was sent');
      const content = { custom_id: form.customId, components: filledForm(form, values) };
      opened.form = undefined;
      const channel = channelOf({ id: opened.channelId });
      return beginInteraction(context, { bot, channel, type: InteractionType.ModalSubmit, content, source });
    },
    subscribe(event) {
      const held = guild.events.get(event.id);
      if (held === undefined) throw new NotPossibleError(`${guild.name} has no such event`);
      if (held.event.status > GuildScheduledEventStatus.Active)
        throw new NotPossibleError(`"${held.event.name}" is over`);
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
