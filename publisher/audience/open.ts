/** Everything the web server needs to count who listens, opened from what the settings name. */
import type { Logger } from 'pino';
import type { Audience, Episodes } from '../../src/catalog/index.ts';
import type { MediaStore } from '../media/store.ts';
import type { AddressRanges } from './address-ranges.ts';
import { trustedProxies } from './client-address.ts';
import { createAudienceCounter } from './counter.ts';
import type { MediaDelivery } from './delivery.ts';
import { type PinnedLists, readPinnedLists } from './pinned-lists.ts';
import { readCountries, readDataCenters } from './read-address-lists.ts';
import { SEED_LISTS } from './seed-lists.ts';
import type { AudienceOptions } from './serve-counted.ts';

export interface OpenAudienceOptions {
  catalog: { episodes: Pick<Episodes, 'listFor'>; audience: Audience };
  media: MediaStore;
  dataFolder: string;
  settings: {
    delivery: MediaDelivery;
    trustedProxies: readonly string[];
    countryFile: string | undefined;
    dataCenterFile: string | undefined;
    detailDays: number;
  };
  logger: Logger;
}

/** A list that cannot be used is named in the log and left out: recordings and feeds do not wait for figures. */
export async function openAudience(
  options: OpenAudienceOptions,
): Promise<AudienceOptions & { close(): Promise<void> }> {
  const { catalog, media, dataFolder, settings, logger } = options;
  const orElse = async <T>(reading: Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await reading;
    } catch (error) {
      logger.error({ err: error }, 'Listeners are counted without a list that cannot be used');
      return otherwise;
    }
  };
  const seed: PinnedLists = { lists: SEED_LISTS, source: undefined };
  const lists = await orElse(readPinnedLists(dataFolder), seed);
  const countries = await orElse<AddressRanges | undefined>(readCountries(settings.countryFile), undefined);
  const dataCenters = await orElse<AddressRanges | undefined>(
    readDataCenters(settings.dataCenterFile),
    undefined,
  );
  const { audience } = catalog;
  const { detailDays, delivery } = settings;
  const counter = createAudienceCounter({
    audience,
    media,
    lists,
    countries,
    dataCenters,
    detailDays,
    logger,
  });
  const isTrusted = trustedProxies(settings.trustedProxies);
  return { catalog, counter, lists, isTrusted, delivery, close: () => counter.close() };
}
