/** `stagecast import`: asks for the import of a feed and follows it to its end. */
import { z } from 'zod';
import type { Import } from '../catalog/index.ts';
import { discordNameOf } from '../discord-name.ts';
import { checkAddress, OutsideError } from '../outside/index.ts';
import { type Operator, type OperatorCommand, OperatorError } from './operator.ts';

export const importArgs = z.object({
  url: z.string().max(2000),
  guild: z.string().regex(/^\d{1,20}$/),
  show: z.string().max(60).optional(),
  /** Of a private network, as `host:port`. */
  allow: z.array(z.string().max(300)).max(20).default([]),
});

/** News may be missed while a process restarts; the catalog knows. */
const LOOK_AGAIN_MS = 1_000;

export const importCommand: OperatorCommand<z.infer<typeof importArgs>> = async (
  operator,
  { url, guild: guildId, show, allow },
) => {
  const { catalog, say, progress, signal } = operator;
  const feedUrl = addressOf(url);
  await makeKnown(operator, guildId);
  const asked = await catalog.transaction(async (trx) => {
    const wanted = { guildId, feedUrl, showSlug: show, allowHosts: allow };
    const row = await trx.imports.request(wanted);
    await trx.queue.enqueue('import', { importId: row.id });
    return row;
  });
  const unwatch = catalog.watch((event) => {
    if (event.type === 'import' && event.importId === asked.id && event.percent !== undefined)
      progress(event.percent);
  });
  const worker = await operator.work('import');
  try {
    const ended = await untilEnded(() => catalog.imports.byId(asked.id), signal);
    if (ended === undefined) {
      say('The import goes on when Stagecast runs, or when the same command is given again.');
      return 1;
    }
    say(ended.said ?? '');
    return ended.state === 'done' ? 0 : 1;
  } finally {
    unwatch();
    await worker.close();
  }
};

/** A show belongs to a server; nobody need have used the bot there before. */
async function makeKnown({ catalog, config }: Operator, guildId: string): Promise<void> {
  if ((await catalog.guilds.byId(guildId)) !== undefined) return;
  const name = await discordNameOf(config, guildId);
  if (name === undefined)
    throw new OperatorError(
      `The bot is in no server with the id ${guildId}. Invite it there first (README.md, "Your own bot"); the id is shown by a right click on the server, Copy Server ID.`,
    );
  await catalog.guilds.upsert({ id: guildId, name });
}

function addressOf(url: string): string {
  try {
    return checkAddress(url).href;
  } catch (error) {
    if (error instanceof OutsideError) throw new OperatorError(error.message);
    throw error;
  }
}

/** Undefined when nobody waits any more. */
async function untilEnded(
  read: () => Promise<Import | undefined>,
  signal: AbortSignal,
): Promise<Import | undefined> {
  while (!signal.aborted) {
    const row = await read();
    if (row === undefined || row.state !== 'running') return row;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, LOOK_AGAIN_MS);
      signal.addEventListener('abort', done);
    });
  }
  return undefined;
}
