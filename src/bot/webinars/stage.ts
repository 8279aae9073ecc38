/** The stage instance of a webinar: opened for the event, closed with it. */
import { RESTJSONErrorCodes, type StageChannel } from 'discord.js';
import type { Webinar } from '../../catalog/index.ts';
import { cut } from '../plain-text.ts';
import { isDiscordCode } from '../user-error.ts';

/** Docs, Stage Instance: a topic has 1 to 120 characters. */
const TOPIC_CHARACTERS = 120;

/**
 * Opens the stage for the webinar's event. False when it was open already (150006: a moderator was faster, or Discord
 * opened it with the event), which is as good.
 */
export async function openStage(channel: StageChannel, webinar: Webinar): Promise<boolean> {
  try {
    await channel.guild.stageInstances.create(channel, {
      topic: cut(webinar.title, TOPIC_CHARACTERS),
      ...(webinar.scheduled_event_id === null ? {} : { guildScheduledEvent: webinar.scheduled_event_id }),
    });
    return true;
  } catch (error) {
    if (isDiscordCode(error, RESTJSONErrorCodes.TheStageIsAlreadyOpen)) return false;
    throw error;
  }
}

/** A stage that closed by itself (Discord does so after minutes without speakers) is closed. */
export async function closeStage(channel: StageChannel): Promise<void> {
  try {
    await channel.guild.stageInstances.delete(channel);
  } catch (error) {
    if (!isDiscordCode(error, RESTJSONErrorCodes.UnknownStageInstance)) throw error;
  }
}
