/** Tells the host who set up a show's members' feeds that one of them seems to be passed on. */
import type { BotContext } from '../context.ts';
import { plain } from '../plain-text.ts';
import { reachHost } from '../recording/reach-host.ts';

export function tellSharing(context: BotContext): { close(): void } {
  const { catalog, background } = context;
  async function tell(guildId: string, showId: string, userId: string): Promise<void> {
    const show = await catalog.shows.ofGuild(guildId, showId);
    if (!show?.members_set_by || !context.client.guilds.cache.has(guildId)) return;
    await reachHost(context, {
      ...{ guildId, channelIds: [], userId: show.members_set_by },
      message: (texts) => ({ content: texts.members.shared(plain(show.title), `<@${userId}>`) }),
    });
  }
  const unwatch = catalog.watch((event) => {
    if (event.type !== 'shared-feed') return;
    const { guildId, showId, userId } = event;
    background.run('a host was not told of a shared feed', () => tell(guildId, showId, userId), {
      ...{ guildId, showId },
    });
  });
  return { close: () => unwatch() };
}
