/** Audio that another has replaced, once its time is over. */
import type { WorkersOptions } from './index.ts';

export async function sweepRetired(
  { catalog, media, logger }: Pick<WorkersOptions, 'catalog' | 'media' | 'logger'>,
  now: Date,
): Promise<void> {
  for (const key of await catalog.retiredMedia.listDue(now)) {
    // One that cannot be deleted keeps no other from going.
    try {
      await media.delete(key);
      await catalog.retiredMedia.forget([key]);
      logger.info({ key }, 'Replaced audio was kept for its time and is gone now');
    } catch (error) {
      logger.error({ err: error, key }, 'Replaced audio whose time is over could not be deleted');
    }
  }
}
