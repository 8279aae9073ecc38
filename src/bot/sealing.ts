/** Sealed sessions reach the catalog once, whether a command waits for them, the recorder tells them, or a restart finds them. */
import type { Episode } from '../catalog/index.ts';
import { NotInCatalogError } from '../catalog/index.ts';
import type { SealedSession } from '../../recorder/protocol.ts';
import type { BotContext } from './context.ts';
import { announceEnd, takeIn } from './recordings.ts';

export interface Sealing {
  /** The session's episode; undefined when nobody spoke. The same promise for the same session. */
  settle(sealed: SealedSession, farewell?: string): Promise<Episode | undefined>;
}

export function createSealing(context: BotContext): Sealing {
  const settled = new Map<string, Promise<Episode | undefined>>();

  async function settle(sealed: SealedSession, farewell?: string): Promise<Episode | undefined> {
    const { catalog, client, logger, recorder } = context;
    try {
      const episode = await takeIn(context, sealed);
      const guild = client.guilds.cache.get(sealed.guildId);
      if (guild && sealed.reason !== 'recovered') await announceEnd(guild, sealed, farewell);
      if (episode !== undefined) return episode;
      const [existing] = await catalog.episodes.listFor(sealed.guildId, {
        sessionId: sealed.sessionId,
        limit: 1,
      });
      return existing;
    } catch (error) {
      if (!(error instanceof NotInCatalogError)) throw error;
      // A folder of another installation: its tracks stay on disk, but nobody here asked for an episode.
      logger.warn({ sessionId: sealed.sessionId }, 'a sealed session is not in the catalog');
      recorder.acknowledge(sealed.sessionId);
      return undefined;
    }
  }
  return {
    settle(sealed, farewell) {
      const known = settled.get(sealed.sessionId);
      if (known) return known;
      const work = settle(sealed, farewell).catch((error: unknown) => {
        settled.delete(sealed.sessionId);
        throw error;
      });
      settled.set(sealed.sessionId, work);
      return work;
    },
  };
}
