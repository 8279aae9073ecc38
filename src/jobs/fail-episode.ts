/** The end of a job that failed for good: the episode says so, in words for its host. */
import { type Catalog, NotInCatalogError, StateError } from '../catalog/index.ts';

/** An episode that is gone, or that somebody has moved on meanwhile, is left alone. */
export async function failEpisode(
  catalog: Pick<Catalog, 'episodes'>,
  episodeId: string,
  failure: string,
): Promise<void> {
  try {
    await catalog.episodes.markFailed(episodeId, failure);
  } catch (error) {
    if (!(error instanceof StateError || error instanceof NotInCatalogError)) throw error;
  }
}
