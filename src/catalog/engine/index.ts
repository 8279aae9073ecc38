/** Opens the engine that the settings ask for. */
import path from 'node:path';
import { openEmbedded } from './embedded.ts';
import type { Engine, EngineEvents } from './engine.ts';
import { openServer } from './server.ts';

export type { Engine } from './engine.ts';
export { EngineDiedError } from './death.ts';

/** With `databaseUrl` a PostgreSQL server, without it the embedded one in `<dataFolder>/catalog`. */
export async function openEngine(
  options: { dataFolder: string; databaseUrl?: string | undefined },
  events: EngineEvents,
): Promise<Engine> {
  return options.databaseUrl === undefined
    ? openEmbedded(path.join(options.dataFolder, 'catalog'), events)
    : openServer(options.databaseUrl, events.onFault);
}
