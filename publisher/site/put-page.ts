/** Small things that are published beside the audio: written where they differ from what stands, left alone where not. */
import { hash } from 'node:crypto';
import { typeByEnding } from '../media/key.ts';
import type { MediaStore } from '../media/store.ts';
import type { StoredPage } from './pages.ts';

/** Pages and feeds change: apps and caches look again after five minutes. */
export const FOR_MINUTES = 'public, max-age=300';

/** What stands already is left alone, so that its validators hold and nobody downloads the same bytes again. */
export async function putIfChanged(
  media: MediaStore,
  key: string,
  content: string | Uint8Array,
  contentType = typeByEnding(key),
  cacheControl = FOR_MINUTES,
): Promise<void> {
  const body = typeof content === 'string' ? Buffer.from(content) : content;
  const stored = await media.head(key);
  const same =
    stored?.sha256 === hash('sha256', body) &&
    stored.contentType === contentType &&
    stored.cacheControl === cacheControl;
  if (!same) await media.put(key, { body }, { contentType, cacheControl });
}

/** What stood under the folder before and is no page any more goes, so that no words stay that were taken back. */
export async function putPages(
  media: MediaStore,
  folder: string,
  pages: readonly StoredPage[],
): Promise<void> {
  for (const [key, body] of pages) await putIfChanged(media, key, body);
  const keys = new Set(pages.map(([key]) => key));
  for (const key of await media.list(folder)) if (!keys.has(key)) await media.delete(key);
}
