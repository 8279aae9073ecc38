/** wrk, which asks as fast as it is answered: https://github.com/wg/wrk. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Rate {
  requests: number;
  requestsPerSecond: number;
  bytesPerSecond: number;
}

/** What the server spent on it as well: what else the machine does changes little about that. */
export interface ServerRate extends Rate {
  requestsPerCpuSecond: number;
}

export interface Load {
  url: string;
  seconds: number;
  connections: number;
  headers?: Readonly<Record<string, string>>;
  /** A script in Lua that makes each request. */
  script?: string | undefined;
}

export class WrkMissingError extends Error {
  override name = 'WrkMissingError';
  constructor() {
    super('This bench needs wrk and nginx. Run: npm run setup -- --with bench');
  }
}

const UNITS: Record<string, number> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** Throws when anything but the answers that were asked for came back. */
export async function wrk({ url, seconds, connections, headers = {}, script }: Load): Promise<Rate> {
  const given = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const scripted = script === undefined ? [] : ['-s', script];
  const options = [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--timeout',
    '30s',
    ...given,
    ...scripted,
    url,
  ];
  const { stdout } = await promisify(execFile)('wrk', options).catch((error: unknown) => {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new WrkMissingError() : error;
  });
  const requests = /Requests\/sec:\s+([\d.]+)/.exec(stdout);
  const transfer = /Transfer\/sec:\s+([\d.]+)([KMG]?)B/.exec(stdout);
  if (requests === null || transfer === null || /Socket errors|Non-2xx/.test(stdout))
    throw new Error(`wrk was not answered as it should be:\n${stdout}`);
  return {
    requests: Number(/(\d+) requests in/.exec(stdout)?.[1]),
    requestsPerSecond: Number(requests[1]),
    bytesPerSecond: Number(transfer[1]) * UNITS[transfer[2]!]!,
  };
}

/** The same, and what it cost the process that answered. */
export async function wrkOn(server: { cpuSeconds(): number }, load: Load): Promise<ServerRate> {
  const before = server.cpuSeconds();
  const rate = await wrk(load);
  return { ...rate, requestsPerCpuSecond: rate.requests / (server.cpuSeconds() - before) };
}

export interface Pair<R extends Rate = Rate> {
  ours: R;
  theirs: R;
}

/** Turn by turn, so that what else the machine does is the same for both. */
export async function inPairs<R extends Rate>(
  rounds: number,
  ours: () => Promise<R>,
  theirs: () => Promise<R>,
): Promise<Pair<R>[]> {
  const pairs: Pair<R>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = round % 2 === 0 ? await ours() : await theirs();
    const second = round % 2 === 0 ? await theirs() : await ours();
    pairs.push(round % 2 === 0 ? { ours: first, theirs: second } : { ours: second, theirs: first });
  }
  return pairs;
}

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
