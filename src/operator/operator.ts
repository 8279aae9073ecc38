/** What an operator's command works with, whether it runs by itself or inside a Stagecast that is running already. */
import type { Logger } from 'pino';
import type { MediaStore } from '../../publisher/media/store.ts';
import type { Catalog } from '../catalog/index.ts';
import type { Config } from '../config.ts';
import type { PublishingOptions } from '../jobs/publish-and-tell.ts';

/** What was asked for cannot be done as it stands; the message says why, and what to do instead. */
export class OperatorError extends Error {
  override name = 'OperatorError';
}

export interface Operator {
  config: Config;
  catalog: Catalog;
  media: MediaStore;
  publishing: PublishingOptions;
  /** Rejects where nothing could be stored now. */
  checkStore: () => Promise<void>;
  /** Takes jobs of this name until closed; nothing where workers run already. */
  work(name: 'import'): Promise<{ close(): Promise<void> }>;
  say: (line: string) => void;
  /** 0 to 100. */
  progress: (percent: number) => void;
  /** Whoever asked does not wait any more. */
  signal: AbortSignal;
  logger: Logger;
}

/** Answers the exit code. Throws OperatorError. */
export type OperatorCommand<Args> = (operator: Operator, args: Args) => Promise<number>;

/** A show by its name in addresses. */
export async function showNamed({ catalog }: Pick<Operator, 'catalog'>, slug: string) {
  const show = await catalog.shows.bySlug(slug);
  if (show !== undefined) return show;
  throw new OperatorError(
    `There is no show "${slug}". A show's name stands in its feed's address: /shows/<name>/feed.xml.`,
  );
}
