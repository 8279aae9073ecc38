/** A recording that a crash of the recorder cut short: whether it goes on, and who is told. */
import type { Guild, VoiceBasedChannel } from 'discord.js';
import type { InterruptedSession, Notice } from '../../../recorder/protocol.ts';
import { textsFor } from '../../../templates/messages/index.ts';
import type { Session, Webinar } from '../../catalog/index.ts';
import type { BotContext } from '../context.ts';
import { findMessage } from '../panels/find-message.ts';
import { ABOUT_BUTTON, closeNotice, editNotice, tellPeople } from './notice.ts';
import { peopleIn } from './people.ts';
import { withRefusals } from './refusals.ts';

export interface CrashSite {
  /** Members in the channel now, bots left out. */
  people: number;
  /** Since its last sign of life, milliseconds. */
  agoMs: number;
  /** After this long it does not go on; 0 is never. */
  limitMs: number;
  /** Undefined when the catalog does not know it: what was recorded counts all the same. */
  session: Pick<Session, 'state'> | undefined;
  webinar: Pick<Webinar, 'state'> | undefined;
}

/** Whether people are still there, and nobody has ended it meanwhile. Pure. */
export function goesOn({ people, agoMs, limitMs, session, webinar }: CrashSite): boolean {
  const isOver = session !== undefined && session.state !== 'recording';
  const isClosed = webinar?.state === 'ended' || webinar?.state === 'cancelled';
  return people > 0 && agoMs < limitMs && !isOver && !isClosed;
}

export interface AfterCrash {
  /** Continues or seals it. A server that is not available yet is waited for, as long as the recorder waits. */
  settle(interrupted: InterruptedSession): Promise<void>;
  waitingFor(guildId: string): InterruptedSession[];
}

export function createAfterCrash(context: BotContext, limitMs: number): AfterCrash {
  const { background, catalog, client, recorder, bridge, notices, logger } = context;
  const waiting = new Map<string, InterruptedSession>();

  /** Who scrolls up is led to the notice that counts. */
  async function closeFormerNotice(
    channel: VoiceBasedChannel,
    interrupted: InterruptedSession,
    than: Notice,
  ) {
    const { sessionId, startedAtMs, interruptedAtMs } = interrupted;
    const former = await findMessage(
      channel,
      `${ABOUT_BUTTON}${sessionId}`,
      startedAtMs - 60_000,
      than.messageId,
    );
    if (former === undefined) return;
    const { notice: say } = textsFor(channel.guild.preferredLocale);
    const content = say.interrupted(Math.floor(interruptedAtMs / 1000));
    await editNotice(channel, former.id, { content, components: [] });
  }

  async function goOn(channel: VoiceBasedChannel, interrupted: InterruptedSession): Promise<void> {
    const { sessionId, guildId, title, startedAtMs, startedByUserId } = interrupted;
    const notice = await tellPeople(channel, { sessionId, title, startedByUserId }, { goesOn: true });
    bridge.open(channel.guild);
    const people = peopleIn(channel);
    const host = people.find(({ userId }) => userId === startedByUserId);
    try {
      await withRefusals(context, guildId, (refusedUserIds) =>
        recorder.resume({
          ...{ sessionId, guildId, channelId: channel.id, selfUserId: client.user.id, title },
          startedBy: host ?? { userId: startedByUserId, displayName: startedByUserId, bot: false },
          ...{ notice, people, refusedUserIds },
        }),
      );
    } catch (error) {
      const end = { sessionId, title, startedByUserId, startedAtMs, endedAtMs: interrupted.interruptedAtMs };
      await closeNotice(channel, end, notice);
      throw error;
    }
    notices.set(sessionId, notice);
    logger.info({ sessionId, guildId }, 'an interrupted recording goes on');
    background.run(
      'the notice from before a crash still says that it records',
      () => closeFormerNotice(channel, interrupted, notice),
      { sessionId },
    );
  }

  async function channelToGoOnIn(guild: Guild, interrupted: InterruptedSession) {
    const channel = guild.channels.cache.get(interrupted.channelId);
    if (!channel?.isVoiceBased()) return undefined;
    const session = await catalog.sessions.byId(interrupted.sessionId);
    const webinar = session?.webinar_id
      ? await catalog.webinars.ofGuild(guild.id, session.webinar_id)
      : undefined;
    const people = peopleIn(channel).filter(({ bot }) => !bot).length;
    const agoMs = Date.now() - interrupted.interruptedAtMs;
    return goesOn({ people, agoMs, limitMs, session, webinar }) ? channel : undefined;
  }

  return {
    async settle(interrupted) {
      const { sessionId, guildId } = interrupted;
      const guild = client.guilds.cache.get(guildId);
      waiting.delete(sessionId);
      if (guild?.available === false) {
        waiting.set(sessionId, interrupted);
        return;
      }
      const channel = guild && (await channelToGoOnIn(guild, interrupted));
      try {
        if (channel) {
          await goOn(channel, interrupted);
          return;
        }
      } catch (error) {
        logger.warn({ err: error, sessionId }, 'an interrupted recording could not go on and is sealed');
      }
      // Its end is announced, and its host told, as of every other session that was sealed.
      await recorder.seal(sessionId);
    },
    waitingFor: (guildId) => [...waiting.values()].filter((session) => session.guildId === guildId),
  };
}
