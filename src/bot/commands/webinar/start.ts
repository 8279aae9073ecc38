/** `/webinar start`: the stage opens, people are told, the recording starts, the event becomes active; or nothing of it. */
import type { VoiceBasedChannel } from 'discord.js';
import type { Webinar } from '../../../catalog/index.ts';
import { assertHostOr } from '../../access.ts';
import { assertNothingStandsInTheWay } from '../../permissions.ts';
import { plain } from '../../plain-text.ts';
import { UserError } from '../../user-error.ts';
import { beginEvent, isStage } from '../../webinars/discord-event.ts';
import { closeStage, openStage } from '../../webinars/stage.ts';
import type { Call, Command } from '../command.ts';
import { neededFor } from './schedule.ts';

/** The one that was picked, or the earliest that is planned. Throws UserError. */
async function chosen({ catalog, guild }: Call, picked: string | null): Promise<Webinar> {
  const webinar =
    picked === null
      ? (await catalog.webinars.listFor(guild.id, { states: ['scheduled'] }))[0]
      : await catalog.webinars.ofGuild(guild.id, picked);
  if (webinar === undefined) {
    const [live] = await catalog.webinars.listFor(guild.id, { states: ['live'] });
    throw new UserError(({ errors: say }) =>
      live ? say.webinarState.live(plain(live.title)) : say.noWebinar,
    );
  }
  const { state } = webinar;
  if (state !== 'scheduled')
    throw new UserError((say) => say.errors.webinarState[state](plain(webinar.title)));
  return webinar;
}

function channelOf({ guild }: Call, webinar: Webinar): VoiceBasedChannel {
  const channel = guild.channels.cache.get(webinar.channel_id);
  if (!channel?.isVoiceBased()) throw new UserError((say) => say.errors.channelGone);
  return channel;
}

/** Nobody should wait in front of a stage where nothing is recorded; a stage that others opened is theirs. */
async function takeBack(
  { catalog, guild, logger }: Call,
  webinar: Webinar,
  ourStage: VoiceBasedChannel | undefined,
): Promise<void> {
  const steps = [
    catalog.webinars.takeBackStart(guild.id, webinar.id),
    ...(ourStage && isStage(ourStage) ? [closeStage(ourStage)] : []),
  ];
  for (const step of await Promise.allSettled(steps))
    if (step.status === 'rejected')
      logger.warn({ err: step.reason as unknown, webinarId: webinar.id }, 'a start was not taken back');
}

export const webinarStart: Command = {
  access: 'handler',
  async run(interaction, call) {
    const { catalog, guild, member, recordings, texts, logger } = call;
    const webinar = await chosen(call, interaction.options.getString('webinar'));
    assertHostOr(webinar.host_user_id, call);
    const channel = channelOf(call, webinar);
    assertNothingStandsInTheWay(channel, neededFor(channel));
    await recordings.assertNothingRuns(guild.id);
    // Before anything opens: somebody else may have started or cancelled it meanwhile.
    await catalog.webinars.start(guild.id, webinar.id);
    let isOurStage = false;
    try {
      isOurStage = isStage(channel) && (await openStage(channel, webinar));
      await recordings.start({
        channel,
        startedBy: member,
        title: webinar.title,
        showId: webinar.show_id,
        webinarId: webinar.id,
      });
    } catch (error) {
      await takeBack(call, webinar, isOurStage ? channel : undefined);
      throw error;
    }
    // It records; whatever Discord thinks of the event must not look as if it did not.
    await beginEvent(guild, webinar).catch((fault: unknown) =>
      logger.warn({ err: fault, webinarId: webinar.id }, 'the event did not become active'),
    );
    await interaction.editReply(texts.webinar.started(plain(webinar.title), `<#${channel.id}>`));
  },
};
