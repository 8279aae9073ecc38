/** An installation with a published show in it, and an operator who gives commands. */
import { readConfig } from '../../src/config.ts';
import { createPurge } from '../../src/cdn-purge.ts';
import { importJob } from '../../src/jobs/import-job.ts';
import { carryOut, type OperatorCommandName } from '../../src/operator/commands.ts';
import type { Operator } from '../../src/operator/operator.ts';
import { newGuild, testBaseUrl } from '../catalog/support/test-catalog.ts';
import { type FeedHost, hostShow } from '../import/support/feed-host.ts';
import { publishJob } from '../../src/jobs/publish-job.ts';
import { publish, readyEpisode } from '../jobs/support/ready-episode.ts';
import { type Installation, openInstallation } from '../jobs/support/installation.ts';

export interface OperatorHouse {
  house: Installation;
  /** Answers the exit code and what was said. */
  give(
    command: OperatorCommandName,
    args: object,
    env?: Record<string, string>,
    terminal?: Partial<Pick<Operator, 'signal' | 'progress'>>,
  ): Promise<{ code: number; said: string }>;
  /** An episode that was recorded here and is out. */
  publishedEpisode(title: string, guild?: { id: string; name: string }): ReturnType<typeof readyEpisode>;
  /** A show that came from another host. */
  importedShow(host: FeedHost): Promise<{ guildId: string; showId: string; slug: string }>;
}

export async function openOperatorHouse(baseUrl = testBaseUrl): Promise<OperatorHouse> {
  const house = await openInstallation();
  const options = () => ({ ...house.options(), baseUrl });
  return {
    house,
    async give(command, args, env = {}, terminal = {}) {
      const config = readConfig({ DATA_FOLDER: house.dataFolder, BASE_URL: baseUrl, ...env });
      const lines: string[] = [];
      const { purge } = config.operator;
      const code = await carryOut(
        {
          ...{ config, catalog: house.catalog, media: house.media, logger: options().logger },
          checkStore: () => Promise.resolve(),
          publishing: { ...options(), purge: purge && createPurge(purge) },
          work: () => Promise.resolve({ close: () => Promise.resolve() }),
          say: (line) => void lines.push(line),
          progress: () => undefined,
          signal: new AbortController().signal,
          ...terminal,
        },
        command,
        args,
      );
      return { code, said: lines.join('\n') };
    },
    async publishedEpisode(title, guild) {
      const made = await readyEpisode(house.catalog, house.media, { title, ...(guild && { guild }) });
      await publish(house.catalog, made.show.guild_id, made.episode.id);
      const signal = new AbortController().signal;
      await publishJob(options()).run({ id: 'job', payload: { episodeId: made.episode.id }, signal });
      return made;
    },
    async importedShow(host) {
      await hostShow(host);
      const guild = newGuild();
      await house.catalog.guilds.upsert(guild);
      const { id } = await house.catalog.imports.request({
        ...{ guildId: guild.id, feedUrl: `${host.url}/feed.xml`, allowHosts: [host.host] },
      });
      const signal = new AbortController().signal;
      await importJob({ ...options(), pauseMs: 10 }).run({ id: 'job', payload: { importId: id }, signal });
      const row = (await house.catalog.imports.byId(id))!;
      const show = (await house.catalog.shows.byId(row.show_id!))!;
      return { guildId: guild.id, showId: show.id, slug: show.slug };
    },
  };
}
