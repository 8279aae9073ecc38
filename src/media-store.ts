/** Which media store the settings ask for, and an eye on it. */
import type { Logger } from 'pino';
import { createFolderStore } from '../publisher/media/folder-store.ts';
import { StoreError } from '../publisher/media/store-error.ts';
import type { MediaStore } from '../publisher/media/store.ts';
import type { Config } from './config.ts';

const LOOK_AGAIN_MS = 60_000;

export interface OpenMediaStore {
  media: MediaStore;
  /** Rejects with StoreError where nothing could be stored now. */
  check(): Promise<void>;
  close(): void;
}

/** The SDK is loaded only where it is used: it is large. */
export async function openMediaStore({
  s3,
  mediaFolder,
}: Pick<Config, 's3' | 'mediaFolder'>): Promise<OpenMediaStore> {
  if (s3 === undefined)
    return { media: createFolderStore(mediaFolder), check: () => Promise.resolve(), close: () => undefined };
  const { createS3Store } = await import('../publisher/media/s3-store.ts');
  const { checkBucket } = await import('../publisher/media/s3-check.ts');
  const media = createS3Store(s3);
  return { media, check: () => checkBucket(media), close: () => media.close() };
}

/**
 * Tells the operator when the store cannot be used at the start, and when it can again. Nothing is held up by it: a recorder
 * records without a store, and jobs wait in their queue.
 */
export function watchMediaStore(
  { check }: Pick<OpenMediaStore, 'check'>,
  logger: Logger,
  lookAgainMs = LOOK_AGAIN_MS,
): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  let told: string | undefined;
  let isClosed = false;
  const look = async () => {
    try {
      await check();
      if (told !== undefined) logger.info('The media store can be used again');
      return;
    } catch (error) {
      const fault = error instanceof StoreError ? error : undefined;
      const saying = fault ? `${fault.message} To do: ${fault.remedy}` : String(error);
      if (saying !== told)
        logger.error(
          { err: error },
          `${saying}. Recording goes on, publishing waits, listeners get nothing that is not cached`,
        );
      told = saying;
    }
    if (!isClosed) timer = setTimeout(() => void look(), lookAgainMs);
  };
  void look();
  return {
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
