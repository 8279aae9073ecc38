/**
 * What an app will do with a new enclosure, done before the episode appears: HEAD, the length, a range, the type, by way of the
 * public address and whatever stands before it.
 */

/** The file can be had, and is not what the feed will say. Trying again changes nothing. */
export class WrongAnswerError extends Error {
  override name = 'WrongAnswerError';
}

/** Nothing answered, or a server that is not well: it may be back later. */
export class NoAnswerError extends Error {
  override name = 'NoAnswerError';
}

export interface Promised {
  url: string;
  bytes: number;
  mimeType: string;
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const PATIENCE_MS = 20_000;
/** Named so that nobody takes it for a listener; two bytes are no download by any count. */
const HEADERS = { 'User-Agent': 'Stagecast-Self-Test/1.0', 'Accept-Encoding': 'identity' };

/** Rejects with WrongAnswerError or NoAnswerError; both are sentences for the show's hosts. */
export async function testEnclosure(promised: Promised, fetching: Fetch = fetch): Promise<void> {
  const { url, bytes, mimeType } = promised;
  const fail = (why: string): never => {
    throw new WrongAnswerError(`apps would ask for ${url}, and ${why}`);
  };
  const ask = async (method: 'HEAD' | 'GET', more: Record<string, string> = {}) => {
    let response: Response;
    try {
      response = await fetching(url, {
        ...{ method, headers: { ...HEADERS, ...more } },
        ...{ redirect: 'follow', signal: AbortSignal.timeout(PATIENCE_MS) },
      });
    } catch (cause) {
      throw new NoAnswerError(
        `${url} does not answer. Is the web server running, and BASE_URL the address under which it is reached?`,
        { cause },
      );
    }
    if (response.status >= 500 || response.status === 429)
      throw new NoAnswerError(`${url} answers with status ${response.status}`);
    return response;
  };

  const head = await ask('HEAD');
  await head.body?.cancel();
  if (head.status !== 200) fail(`HEAD is answered with status ${head.status}`);
  const type = head.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== mimeType) fail(`its type is ${type ?? 'not said'}, not ${mimeType}`);
  const length = head.headers.get('content-length');
  if (length !== String(bytes)) fail(`its length is ${length ?? 'not said'}, not ${bytes} bytes`);

  const last = Math.min(bytes, 2) - 1;
  const part = await ask('GET', { Range: `bytes=0-${last}` });
  const range = part.headers.get('content-range');
  const got = part.status === 206 ? (await part.arrayBuffer()).byteLength : undefined;
  if (part.status !== 206) {
    await part.body?.cancel();
    fail('parts of it cannot be asked for, without which players cannot seek');
  }
  if (range !== `bytes 0-${last}/${bytes}` || got !== last + 1)
    fail(`a part of it comes as "${range ?? ''}" with ${got} bytes`);
}
