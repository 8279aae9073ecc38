/**
 * Lists of user agents fetched once and kept: they change what counts, so they change when an operator says so and not by
 * themselves. One file in the data folder, with where and when it came from and the hash of each list as it came.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type AgentLists, LIST_NAMES, type ListName, listSchema } from './agent-lists.ts';
import { SEED_LISTS } from './seed-lists.ts';

/** The lists cannot be had or used. The message says what to do. */
export class AgentListError extends Error {
  override name = 'AgentListError';
}

const pinnedSchema = z.object({
  version: z.literal(1),
  from: z.string(),
  fetchedAt: z.iso.datetime(),
  lists: z.record(z.enum(LIST_NAMES), z.object({ sha256: z.string(), text: z.string() })),
});
type PinnedFile = z.infer<typeof pinnedSchema>;

export interface PinnedLists {
  lists: AgentLists;
  /** Undefined for the seed that comes with the program. */
  source: { from: string; fetchedAt: string; sha256: Record<ListName, string> } | undefined;
}

const fileIn = (dataFolder: string) => path.join(dataFolder, 'audience', 'agent-lists.json');
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
/** OPAWG's largest had 46 kB in November 2026. */
const MOST_BYTES = 2_000_000;
const FETCH_MS = 30_000;

/** Takes `<name>.runtime.json` of each list out of a folder or from below an address, checks and keeps them all. Throws AgentListError. */
export async function pinLists(dataFolder: string, from: string, now = new Date()): Promise<PinnedLists> {
  const texts = await Promise.all(LIST_NAMES.map((name) => readList(from, `${name}.runtime.json`)));
  const lists = Object.fromEntries(
    LIST_NAMES.map((name, index) => [name, { text: texts[index]!, sha256: sha256(texts[index]!) }]),
  ) as PinnedFile['lists'];
  const pinned: PinnedFile = { version: 1, from, fetchedAt: now.toISOString(), lists };
  const checked = use(pinned, from);
  const file = fileIn(dataFolder);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(pinned), { flush: true });
  await rename(`${file}.new`, file);
  return checked;
}

/** What was pinned, or the seed. Throws AgentListError when what was pinned is not what it was. */
export async function readPinnedLists(dataFolder: string): Promise<PinnedLists> {
  const file = fileIn(dataFolder);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new AgentListError(`${file} cannot be read (${code}).`, { cause: error });
  });
  if (text === undefined) return { lists: SEED_LISTS, source: undefined };
  const pinned = pinnedSchema.safeParse(parseJson(text));
  const isWhole =
    pinned.success &&
    LIST_NAMES.every((name) => sha256(pinned.data.lists[name].text) === pinned.data.lists[name].sha256);
  if (!isWhole)
    throw new AgentListError(
      `${file} is damaged. Fetch the lists again with "npm start -- audience lists --from …", or remove the file.`,
    );
  return use(pinned.data, file);
}

function use({ from, fetchedAt, lists }: PinnedFile, place: string): PinnedLists {
  const each = LIST_NAMES.map((name) => {
    const parsed = listSchema.safeParse(parseJson(lists[name].text));
    if (parsed.success) return [name, parsed.data.entries] as const;
    const [issue] = parsed.error.issues;
    throw new AgentListError(
      `${name}.runtime.json of ${place} cannot be used: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    );
  });
  const hashes = LIST_NAMES.map((name) => [name, lists[name].sha256] as const);
  return {
    lists: Object.fromEntries(each) as unknown as AgentLists,
    source: { from, fetchedAt, sha256: Object.fromEntries(hashes) as Record<ListName, string> },
  };
}

async function readList(from: string, name: string): Promise<string> {
  const isAddress = /^https?:\/\//.test(from);
  const place = isAddress ? `${from.replace(/\/+$/, '')}/${name}` : path.join(from, name);
  try {
    return isAddress ? await download(place) : await readFile(place, 'utf8');
  } catch (error) {
    if (error instanceof AgentListError) throw error;
    throw new AgentListError(`${place} cannot be read (${(error as Error).message}). Nothing was changed.`, {
      cause: error,
    });
  }
}

async function download(address: string): Promise<string> {
  const { protocol, hostname } = new URL(address);
  const isOwnMachine = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  if (protocol !== 'https:' && !isOwnMachine)
    throw new AgentListError(`${address} must begin with https://: the lists decide what counts.`);
  const response = await fetch(address, { signal: AbortSignal.timeout(FETCH_MS), redirect: 'error' });
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
