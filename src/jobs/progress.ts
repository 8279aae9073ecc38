/** Progress of an episode's mastering, told to the watchers as it comes but never more than once a second. */
import type { Logger } from 'pino';
import type { Catalog, Episode } from '../catalog/index.ts';

/** The first call and each call a second after the last one told are passed on; what comes between is left out. */
export function atMostEvery(
  intervalMs: number,
  tell: (percent: number) => void,
  nowMs: () => number = () => performance.now(),
): (percent: number) => void {
  let nextMs = -Infinity;
  return (percent) => {
    const now = nowMs();
    if (now < nextMs) return;
    nextMs = now + intervalMs;
    tell(percent);
  };
}

/** Telling is a courtesy: when it fails, the work goes on. */
export function episodeProgress(
  catalog: Pick<Catalog, 'notify'>,
  { episode, guildId, logger }: { episode: Episode; guildId: string; logger: Logger },
): (percent: number) => void {
  return atMostEvery(1000, (percent) => {
    catalog
      .notify({
        type: 'episode',
        guildId,
        showId: episode.show_id,
        sessionId: episode.session_id,
        episodeId: episode.id,
        state: 'mastering',
        percent: Math.floor(percent),
      })
      .catch((error: unknown) => logger.warn({ err: error }, 'Progress could not be told'));
  });
}
