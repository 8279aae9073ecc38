/** What the recorder is asked to join, and for whom; the same for a recording and a sound check. */
import type { Client, VoiceBasedChannel } from 'discord.js';
import type { Notice, Person, SessionRequest } from '../../../recorder/protocol.ts';
import { peopleIn } from './people.ts';

export interface RequestSubject {
  sessionId: string;
  title: string;
  startedBy: Person;
  notice: Notice;
  /** Members who do not want to be recorded. */
  refusedUserIds: string[];
}

export const requestFor = (
  client: Client<true>,
  channel: VoiceBasedChannel,
  subject: RequestSubject,
): SessionRequest => ({
  ...subject,
  guildId: channel.guild.id,
  channelId: channel.id,
  selfUserId: client.user.id,
  people: peopleIn(channel),
});
