/** `/webinar end`: people are thanked, the recording is sealed, stage and event are closed. */
import type { Webinar } from '../../../catalog/index.ts';
import { assertHostOr } from '../../access.ts';
import { plain } from '../../plain-text.ts';
import { UserError } from '../../user-error.ts';
import { finishEvent, isStage } from '../../webinars/discord-event.ts';
import { closeStage } from '../../webinars/stage.ts';
import type { Call, Command } from '../command.ts';
import { stopAndFollow } from '../record/stop.ts';

interface LiveWebinar {
  webinar: Webinar;
  /** Of its recording, when that still runs. */
  sessionId: string | undefined;
}

/** The one that is being recorded, or the one that began first. Throws UserError when none is live. */
async function liveWebinar({ catalog, guild, recorder }: Call): Promise<LiveWebinar> {
  const live = await catalog.webinars.listFor(guild.id, { states: ['live'] });
  const status = recorder.liveIn(guild.id);
  const session = status && (await catalog.sessions.byId(status.sessionId));
  const recorded = live.find(({ id }) => id === session?.webinar_id);
  const webinar = recorded ?? live[0];
  if (webinar === undefined) throw new UserError((say) => say.errors.noLiveWebinar);
  return { webinar, sessionId: recorded && status?.sessionId };
}

/** Each on its own: a stage that cannot be closed is no reason to leave the event open. */
async function closeDoors({ guild, logger }: Call, webinar: Webinar): Promise<void> {
  const channel = guild.channels.cache.get(webinar.channel_id);
  const steps = [
    ...(channel?.isVoiceBased() && isStage(channel) ? [closeStage(channel)] : []),
    finishEvent(guild, webinar),
  ];
  for (const step of await Promise.allSettled(steps))
    if (step.status === 'rejected')
      logger.warn({ err: step.reason as unknown, webinarId: webinar.id }, 'stage or event did not close');
}

export const webinarEnd: Command = {
  access: 'handler',
  async run(interaction, call) {
    const { catalog, guild, texts } = call;
    const { webinar, sessionId } = await liveWebinar(call);
    assertHostOr(webinar.host_user_id, call);
    await catalog.webinars.end(guild.id, webinar.id);
    // The recording first: an open door must not keep it from being sealed.
    try {
      if (sessionId === undefined) await interaction.editReply(texts.webinar.closed(plain(webinar.title)));
      else await stopAndFollow(interaction, call, sessionId);
    } finally {
      await closeDoors(call, webinar);
    }
  },
};
