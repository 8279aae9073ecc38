/** One request to the outside: redirects are checked like the first address, and everything has an end. */
import http from 'node:http';
import https from 'node:https';
import { checkAddress, closed, connectionFor, isClosed, type OutsideRules } from './agents.ts';
import { OutsideError } from './error.ts';

export interface OutsideRequest {
  method?: 'GET' | 'HEAD' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string;
  signal?: AbortSignal | undefined;
  /** Until an answer begins, and between one piece of it and the next. */
  patienceMs?: number;
  mostRedirects?: number;
}

export interface OutsideAnswer {
  /** After all redirects. */
  url: string;
  status: number;
  headers: http.IncomingHttpHeaders;
  /** Read it, or `close`. */
  body: AsyncIterable<Buffer>;
  close(): void;
}

export const AGENT = 'Stagecast/1.0 (podcast host)';
const PATIENCE_MS = 20_000;
/** RFC 9110 section 15.4 leaves the number open; the Fetch standard ends at 20, podcast prefixes take up to 5. */
const MOST_REDIRECTS = 8;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Throws OutsideError, and what the signal was aborted with. Whatever status comes is an answer. */
export async function requestOutside(
  address: string,
  rules: OutsideRules,
  { mostRedirects = MOST_REDIRECTS, ...request }: OutsideRequest = {},
): Promise<OutsideAnswer> {
  let url = checkAddress(address);
  let { method = 'GET', body } = request;
  for (let hops = 0; ; hops += 1) {
    const answer = await ask(url, rules, { ...request, method, ...(body !== undefined && { body }) });
    const said = REDIRECTS.has(answer.status) ? answer.headers.location : undefined;
    // Node reads headers as Latin-1; what is not ASCII there was UTF-8.
    const target = said === undefined ? undefined : Buffer.from(said, 'latin1').toString();
    if (target === undefined) return answer;
    answer.close();
    if (hops >= mostRedirects)
      throw new OutsideError(
        'too-many-redirects',
        `${address} leads from one address to the next without end.`,
      );
    const next = URL.parse(target, url);
    if (next === null)
      throw new OutsideError(
        'refused',
        `${url.href} leads to "${target.slice(0, 200)}", which is no address.`,
      );
    url = checkAddress(next.href);
    // Fetch standard, HTTP-redirect fetch: 307 and 308 keep the method.
    if (method === 'POST' && answer.status !== 307 && answer.status !== 308) {
      method = 'GET';
      body = undefined;
    }
  }
}

function ask(
  url: URL,
  rules: OutsideRules,
  { method, headers, body, signal, patienceMs = PATIENCE_MS }: Omit<OutsideRequest, 'mostRedirects'>,
): Promise<OutsideAnswer> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<OutsideAnswer>();
  const { request: send } = url.protocol === 'https:' ? https : http;
  const request = send(url, {
    ...connectionFor(url, rules),
    method: method ?? 'GET',
    headers: {
      'User-Agent': AGENT,
      ...headers,
      ...(body !== undefined && { 'Content-Length': Buffer.byteLength(body) }),
    },
    // Long rows of cookies are nothing a podcast needs.
    maxHeaderSize: 32 * 1024,
  });
  let fault: unknown;
  const end = (error: unknown) => {
    // Once an answer has begun, Node tells its reader of an abort and not why.
    fault ??= error;
    request.destroy(error as Error);
  };
  const tooSlow = () =>
    end(new OutsideError('too-slow', `${url.host} did not answer for ${patienceMs / 1000} s.`));
  // A server that sends a byte of its headers now and then does not answer either.
  const heading = setTimeout(tooSlow, patienceMs);
  const onAbort = () => end(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const settle = () => {
    clearTimeout(heading);
    signal?.removeEventListener('abort', onAbort);
  };
  request.setTimeout(patienceMs, tooSlow);
  request.on('error', (error) => {
    settle();
    reject((fault as Error | undefined) ?? wordFault(url, error));
  });
  request.once('response', (response) => {
    clearTimeout(heading);
    response.once('close', settle);
    resolve({
      url: url.href,
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: piecesOf(response, url, () => fault as Error | undefined),
      close: () => response.destroy(),
    });
  });
  request.end(body);
  return promise;
}

async function* piecesOf(
  response: http.IncomingMessage,
  url: URL,
  faultOf: () => Error | undefined,
): AsyncGenerator<Buffer, void, void> {
  try {
    yield* response as AsyncIterable<Buffer>;
  } catch (error) {
    throw faultOf() ?? wordFault(url, error);
  }
}

function wordFault(url: URL, error: unknown): OutsideError {
  if (error instanceof OutsideError) return error;
  if (isClosed(error)) return closed(url, error);
  const { code, message } = error as NodeJS.ErrnoException;
  const why =
    code === 'ENOTFOUND' ? 'there is no such host' : code === 'ECONNRESET' ? 'it broke off' : message;
  return new OutsideError('unreachable', `${url.host} cannot be reached: ${why}.`, { cause: error });
}
