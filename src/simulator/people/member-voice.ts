/** What a person does in voice and stage channels. */
import { GatewayDispatchEvents } from 'discord-api-types/v10';
import type { SimSpeaker, SpeakerOptions, SpeakOptions, Utterance, VoiceServer } from '../voice/contract.ts';
import type { ChannelState, GuildState, MemberState } from '../state/model.ts';
import { channelPermissions, missingFrom, type PermissionName } from '../state/permissions.ts';
import { isStageModerator, mayJoin, roomOf, type VoiceStates } from '../state/voice-states.ts';
import { isoNow, type World } from '../state/world.ts';
import { NotPossibleError } from './options.ts';

export interface MemberContext {
  world: World;
  voice: VoiceServer;
  voiceStates: VoiceStates;
  guild: GuildState;
  state: MemberState;
}

export interface JoinOptions extends SpeakerOptions {
  /** On a stage: among the speakers at once, as if invited. Stage moderators always are. */
  speaker?: boolean;
}

export interface VoiceActions {
  /** Throws NotPossibleError where Discord would not let this person in. */
  joinVoice(channel: { id: string }, options?: JoinOptions): SimSpeaker;
  leaveVoice(): void;
  /** On a stage: asks to speak. */
  raiseHand(): void;
  /** On a stage: accepts the invitation to speak. */
  becomeSpeaker(): void;
  /** Back to the audience. */
  stepDown(): void;
  /** Deafens somebody in a voice channel for everybody to see, or takes it back: nothing is sent to them meanwhile. */
  serverDeafen(userId: string, deaf: boolean): void;
  /** Drags a bot into another voice or stage channel, as a moderator may. */
  drag(botUserId: string, channel: { id: string }): void;
  /** Disconnects a bot from voice, as a moderator may. */
  disconnect(botUserId: string): void;
  /** Plays a sound of the soundboard into the channel: an event to everybody, no audio of this person. */
  playSound(soundId: string): void;
  speak(source: readonly Uint8Array[] | string, options?: SpeakOptions): Promise<Utterance>;
}

/** The nickname in the guild, or the person's own name. */
export const displayNameOf = ({ nick, user }: MemberState): string =>
  nick ?? user.global_name ?? user.username;

/** @param entered - told of each channel joined */
export function createVoiceActions(
  { world, voice, voiceStates, guild, state }: MemberContext,
  entered: (channel: ChannelState) => void,
): VoiceActions {
  const userId = state.user.id;
  const refuse = (what: string): never => {
    throw new NotPossibleError(`${displayNameOf(state)} ${what}`);
  };
  const present = () => {
    const voiceState = guild.voiceStates.get(userId);
    const channel = guild.channels.get(voiceState?.channel_id ?? '');
    if (voiceState === undefined || channel === undefined) return refuse('is in no voice channel');
    return { voiceState, channel };
  };
  const leaveRoom = (): void => {
    const channel = guild.channels.get(guild.voiceStates.get(userId)?.channel_id ?? '');
    if (channel) roomOf(voice, channel).speaker(userId)?.leave();
  };
  const moderate = (whom: string, right: PermissionName, verb: string): void => {
    const channel = guild.channels.get(guild.voiceStates.get(whom)?.channel_id ?? '');
    if (channel === undefined) return refuse(`cannot ${verb} who is in no voice channel`);
    if (missingFrom(channelPermissions(guild, channel, userId), [right]).length > 0)
      refuse(`may not ${verb} members`);
  };
  return {
    leaveVoice() {
      leaveRoom();
      voiceStates.leave(guild, userId);
    },
    joinVoice(where, { speaker, ...speakerOptions } = {}) {
      const channel = guild.channels.get(where.id);
      if (channel === undefined) throw new NotPossibleError(`${guild.name} has no such channel`);
      if (channel.kind === 'text') throw new NotPossibleError(`#${channel.name} is a text channel`);
      if (!mayJoin(guild, channel, userId)) return refuse(`may not join ${channel.name}`);
      // Who moves is told by one event, with the channel they are in now.
      leaveRoom();
      voiceStates.enter(guild, channel, userId, speaker ?? isStageModerator(guild, channel, userId));
      entered(channel);
      return roomOf(voice, channel).addSpeaker(userId, speakerOptions);
    },
    raiseHand() {
      const held = channelPermissions(guild, present().channel, userId);
      if (missingFrom(held, ['RequestToSpeak']).length > 0) refuse('may not ask to speak');
      voiceStates.change(guild, userId, { request_to_speak_timestamp: isoNow(world) });
    },
    becomeSpeaker() {
      present();
      voiceStates.change(guild, userId, { suppress: false, request_to_speak_timestamp: null });
    },
    stepDown() {
      present();
      voiceStates.change(guild, userId, { suppress: true });
    },
    serverDeafen(whom, deaf) {
      moderate(whom, 'DeafenMembers', 'deafen');
      voiceStates.change(guild, whom, { deaf });
    },
    drag(whom, { id }) {
      moderate(whom, 'MoveMembers', 'move');
      const channel = guild.channels.get(id);
      if (channel === undefined || channel.kind === 'text') return refuse('can drag nobody there');
      voiceStates.drag(guild, channel, whom);
    },
    disconnect(whom) {
      moderate(whom, 'MoveMembers', 'disconnect');
      voiceStates.expel(guild, whom);
    },
    playSound(soundId) {
      const { channel } = present();
      const sound = { sound_id: soundId, sound_volume: 1 };
      const where = { channel_id: channel.id, guild_id: guild.id };
      world.dispatch.toGuild(guild.id, GatewayDispatchEvents.VoiceChannelEffectSend, {
        ...where,
        user_id: userId,
        ...sound,
      });
    },
    async speak(source, options) {
      const { voiceState, channel } = present();
      // Docs, Stage Instance, "Definitions": a speaker is not suppressed and has no request to speak.
      if (voiceState.suppress || voiceState.request_to_speak_timestamp !== null) refuse('is in the audience');
      const speaker = roomOf(voice, channel).speaker(userId);
      return speaker ? speaker.speak(source, options) : refuse('has no microphone here');
    },
  };
}
