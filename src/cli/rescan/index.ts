/** `stagecast rescan`: brings the catalog's sessions in step with the folders on the disk, and says what it found. */
import { openCatalog } from '../../catalog/index.ts';
import type { Config } from '../../config.ts';
import { discordNameOf } from '../../discord-name.ts';
import { createLogger } from '../../log.ts';
import { prepareDataFolder } from '../data-folder.ts';
import { lineOf, summaryOf } from './report.ts';
import { rescanSessions, sessionEntries } from './rescan.ts';

/**
 * Answers the exit code: 1 when there is something that a person should look at. Throws FolderInUseError, and ConfigError
 * where nothing can be read, or the catalog cannot be written.
 */
export async function rescan(config: Config): Promise<number> {
  const { dataFolder, databaseUrl, sessionsFolder } = config;
  const entries = await sessionEntries(sessionsFolder);
  // An embedded catalog is written there; beside a server's the recordings may be read-only.
  if (databaseUrl === undefined) await prepareDataFolder(dataFolder);
  const logger = createLogger(config, 'rescan');
  const catalog = await openCatalog({ dataFolder, databaseUrl, baseUrl: config.http.baseUrl, logger });
  try {
    const nameOfGuild = async (guildId: string) =>
      (await discordNameOf(config, guildId)) ?? `Server ${guildId}`;
    const findings = await rescanSessions({ catalog, sessionsFolder, nameOfGuild, entries });
    for (const finding of findings) {
      const line = lineOf(finding);
      if (line !== undefined) console.log(line);
    }
    console.log(summaryOf(findings));
    return findings.some(({ kind }) => kind === 'unreadable' || kind === 'no-folder') ? 1 : 0;
  } finally {
    await catalog.close();
  }
}
