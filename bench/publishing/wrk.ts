/** wrk, which asks as fast as it is answered: https://github.com/wg/wrk. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Rate {
  requestsPerSecond: number;
  bytesPerSecond: number;
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
    requestsPerSecond: Number(requests[1]),
    bytesPerSecond: Number(transfer[1]) * UNITS[transfer[2]!]!,
  };
}

export interface Pair {
  ours: Rate;
  theirs: Rate;
}

/** Turn by turn, so that what else the machine does is the same for both. */
export async function inPairs(
  rounds: number,
  ours: () => Promise<Rate>,
  theirs: () => Promise<Rate>,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = round % 2 === 0 ? await ours() : await theirs();
    const second = round % 2 === 0 ? await theirs() : await ours();
    pairs.push(round % 2 === 0 ? { ours: first, theirs: second } : { ours: second, theirs: first });
  }
  return pairs;
}

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
