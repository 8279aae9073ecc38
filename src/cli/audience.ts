/** `stagecast audience`: fetches and pins lists of user agents, and makes tokens for a show's figures. */
import { pinLists } from '../../publisher/audience/pinned-lists.ts';
import { LIST_NAMES } from '../../publisher/audience/agent-lists.ts';
import { audienceToken } from '../../publisher/media/signed-link.ts';
import { openCatalog } from '../catalog/index.ts';
import type { Config } from '../config.ts';
import { createLogger } from '../log.ts';
import { prepareDataFolder } from './data-folder.ts';

const DAY_MS = 24 * 60 * 60_000;

/** Throws AgentListError; then the lists in use stay as they are. */
export async function pinAgentLists({ dataFolder }: Config, from: string): Promise<void> {
  const { lists, source } = await pinLists(dataFolder, from);
  for (const name of LIST_NAMES)
    console.log(
      `${name.padEnd(10)} ${String(lists[name].length).padStart(4)}  sha256 ${source?.sha256[name] ?? ''}`,
    );
  console.log(`Kept in ${dataFolder}. The web server uses them from its next start on.`);
}

/** Prints a token and how to use it. Throws FolderInUseError while an embedded catalog is in use. */
export async function printAudienceToken(
  config: Config,
  slug: string,
  { days }: { days: number },
): Promise<number> {
  const { dataFolder, databaseUrl, http } = config;
  if (databaseUrl === undefined) await prepareDataFolder(dataFolder);
  const logger = createLogger(config, 'audience');
  const catalog = await openCatalog({ dataFolder, databaseUrl, baseUrl: http.baseUrl, logger });
  try {
    const show = await catalog.shows.bySlug(slug);
    if (show === undefined) {
      console.error(
        `There is no show "${slug}". A show's name stands in its feed's address: /shows/<name>/feed.xml.`,
      );
      return 1;
    }
    const signingKey = await catalog.secrets.getOrCreate('raw-tracks');
    const token = audienceToken(signingKey, show.id, Date.now() + days * DAY_MS);
    console.log(`curl -H "Authorization: Bearer ${token}" "${http.baseUrl}/api/shows/${show.slug}/audience"`);
    return 0;
  } finally {
    await catalog.close();
  }
}
