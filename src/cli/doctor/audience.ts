/** Who listens: whether the lists that decide what counts can be used, and are not too old. */
import { readPinnedLists } from '../../../publisher/audience/pinned-lists.ts';
import { readCountries, readDataCenters } from '../../../publisher/audience/read-address-lists.ts';
import type { Config } from '../../config.ts';
import type { Finding } from './finding.ts';

const topic = 'audience';
const FETCH = 'npm start -- audience lists --from <folder or address>';
/** OPAWG changes its lists several times a month; half a year misses many a new bot. */
const OLD_MS = 180 * 24 * 60 * 60_000;

/** Looks at files alone: nothing is fetched. */
export async function checkAudience(
  { dataFolder, audience }: Pick<Config, 'dataFolder' | 'audience'>,
  nowMs = Date.now(),
): Promise<Finding> {
  try {
    await readCountries(audience.countryFile);
    await readDataCenters(audience.dataCenterFile);
    const { source } = await readPinnedLists(dataFolder);
    if (source === undefined)
      return {
        ...{
          topic,
          verdict: 'warning',
          seen: 'apps and bots are told apart by a short list that comes with the program',
        },
        remedy: `fetch OPAWG's lists: ${FETCH}`,
      };
    const seen = `apps and bots are told apart by lists of ${source.fetchedAt.slice(0, 10)} from ${source.from}`;
    return nowMs - Date.parse(source.fetchedAt) > OLD_MS
      ? { topic, verdict: 'warning', seen, remedy: `fetch them anew: ${FETCH}` }
      : { topic, verdict: 'good', seen };
  } catch (error) {
    if (!(error instanceof Error) || !['AgentListError', 'AddressListError'].includes(error.name))
      throw error;
    return {
      topic,
      verdict: 'warning',
      seen: error.message,
      remedy: 'until then listeners are counted without it',
    };
  }
}
