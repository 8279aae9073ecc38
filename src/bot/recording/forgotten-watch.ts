/** Looks at every live session once a second, tells its host when it seems forgotten, and ends it where the settings say so. */
import type { SealedSession, SessionStatus } from '../../../recorder/protocol.ts';
import { textsFor } from '../../../templates/messages/index.ts';
import type { BotContext } from '../context.ts';
import { judge, NOTHING_SEEN, type Limits, type Sight, type Verdict, type Watch } from './forgotten.ts';
import type { Recordings } from './recordings.ts';
import { humansIn, isBot } from './people.ts';

export interface ForgottenWatch {
  close(): void;
}

export function watchForgotten(
  context: BotContext,
  limits: Limits,
  stop: Recordings['stop'],
): ForgottenWatch {
  const { client, catalog, recorder, background, logger } = context;
  const watches = new Map<string, Watch>();
  const ending = new Set<string>();

  function sightOf({ guildId, channelId, state, health, untold, elapsedUs, speakers }: SessionStatus): Sight {
    const guild = client.guilds.cache.get(guildId);
    const isDeaf = health !== 'good' || guild?.members.me?.voice.serverDeaf === true;
    // A music bot that plays to an empty room is nobody who speaks.
    const people = speakers.filter(({ userId }) => !isBot(guild, userId));
    return {
      elapsedMs: elapsedUs / 1000,
      lastHeardMs: Math.max(0, ...people.map(({ lastHeardUs }) => lastHeardUs / 1000)),
      humans: guild?.available === true ? humansIn(guild, channelId) : undefined,
      listening: state === 'recording' && !isDeaf && untold !== true,
    };
  }

  async function warn(live: SessionStatus, verdict: Extract<Verdict, { type: 'warn' }>): Promise<void> {
    const { guildId, channelId, sessionId } = live;
    const channel = client.guilds.cache.get(guildId)?.channels.cache.get(channelId);
    const session = await catalog.sessions.byId(sessionId);
    if (!channel?.isVoiceBased() || session === undefined) return;
    const { forgotten: say } = textsFor(channel.guild.preferredLocale);
    const host = session.started_by;
    const endsAt =
      verdict.endsInMs === undefined ? undefined : Math.ceil((Date.now() + verdict.endsInMs) / 1000);
    const seconds = live.elapsedUs / 1e6;
    await channel.send({
      content: say[verdict.reason](`<@${host}>`, seconds, endsAt),
      allowedMentions: { users: [host] },
    });
  }

  async function end({ sessionId }: SessionStatus, reason: Verdict['reason']): Promise<void> {
    ending.add(sessionId);
    try {
      logger.info({ sessionId, reason }, 'a forgotten recording is ended');
      await stop(sessionId, reason);
    } finally {
      ending.delete(sessionId);
    }
  }

  const onStatus = (live: SessionStatus): void => {
    const { sessionId, state } = live;
    if (state === 'joining' || state === 'sealing' || ending.has(sessionId)) return;
    const { watch, verdicts } = judge(limits, sightOf(live), watches.get(sessionId) ?? NOTHING_SEEN);
    watches.set(sessionId, watch);
    for (const verdict of verdicts)
      if (verdict.type === 'end')
        background.run('a forgotten recording was not ended', () => end(live, verdict.reason), { sessionId });
      else
        background.run('a host was not warned of a forgotten recording', () => warn(live, verdict), {
          sessionId,
        });
  };
  const onSealed = ({ sessionId }: SealedSession): void => void watches.delete(sessionId);

  recorder.events.on('status', onStatus);
  recorder.events.on('sealed', onSealed);
  return {
    close() {
      recorder.events.off('status', onStatus);
      recorder.events.off('sealed', onSealed);
    },
  };
}
