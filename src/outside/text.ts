/** Documents from outside: bounded as they come and as they unfold, and read in the encoding they say they have. */
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { pipeline } from 'node:stream';
import type { OutsideRules } from './agents.ts';
import { OutsideError, statusError } from './error.ts';
import { type OutsideAnswer, type OutsideRequest, requestOutside } from './request.ts';

export interface BytesRequest extends OutsideRequest {
  mostBytes: number;
  /** From the first question to the last byte. */
  withinMs?: number;
}

export interface OutsideDocument {
  /** After all redirects. */
  url: string;
  contentType: string | undefined;
  body: Buffer;
}

const WITHIN_MS = 120_000;

/** The whole of a document. Throws OutsideError, also for every status but 200. */
export async function fetchBytes(
  address: string,
  rules: OutsideRules,
  { mostBytes, withinMs = WITHIN_MS, signal, headers, ...request }: BytesRequest,
): Promise<OutsideDocument> {
  const within = AbortSignal.timeout(withinMs);
  try {
    const answer = await requestOutside(address, rules, {
      ...request,
      headers: { 'Accept-Encoding': 'gzip, br', ...headers },
      signal: signal === undefined ? within : AbortSignal.any([signal, within]),
    });
    if (answer.status !== 200) {
      answer.close();
      throw statusError(answer.url, answer.status);
    }
    const body = await collect(answer, mostBytes);
    return { url: answer.url, contentType: answer.headers['content-type'], body };
  } catch (error) {
    if (within.aborted && !signal?.aborted)
      throw new OutsideError('too-slow', `${address} took longer than ${withinMs / 1000} s.`);
    throw error;
  }
}

/** What a small document may unfold to is bounded like a plain one. */
async function collect(answer: OutsideAnswer, mostBytes: number): Promise<Buffer> {
  const tooLarge = () => {
    answer.close();
    return new OutsideError('too-large', `${answer.url} has more than ${mostBytes} bytes.`);
  };
  if (Number(answer.headers['content-length'] ?? 0) > mostBytes) throw tooLarge();
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of unfolded(answer)) {
    bytes += piece.length;
    if (bytes > mostBytes) throw tooLarge();
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

const UNFOLD = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

async function* unfolded({ headers, body, url }: OutsideAnswer): AsyncGenerator<Buffer, void, void> {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') {
    yield* body;
    return;
  }
  if (!Object.hasOwn(UNFOLD, encoding))
    throw new OutsideError('refused', `${url} comes in an encoding that nobody asked for: ${encoding}.`);
  const decoder = UNFOLD[encoding as keyof typeof UNFOLD]();
  // Its errors come out of the iteration too.
  pipeline(body, decoder, () => undefined);
  try {
    yield* decoder as AsyncIterable<Buffer>;
  } catch (error) {
    if (error instanceof OutsideError) throw error;
    throw new OutsideError('refused', `${url} is damaged: it does not decompress.`, { cause: error });
  }
}

/** XML 1.0, appendix F: a byte order mark, then what HTTP says, then what the document says of itself. */
export function decodeText({ body, contentType }: Pick<OutsideDocument, 'body' | 'contentType'>): string {
  const head = body.subarray(0, 200).toString('latin1');
  const marked = /^\xEF\xBB\xBF/.test(head)
    ? 'utf-8'
    : /^\xFE\xFF/.test(head)
      ? 'utf-16be'
      : /^\xFF\xFE/.test(head)
        ? 'utf-16le'
        : undefined;
  const said = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1];
  const declared = /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)/.exec(head)?.[1];
  for (const label of [marked, said, declared, 'utf-8'])
    try {
      if (label !== undefined) return new TextDecoder(label).decode(body);
    } catch (error) {
      // An encoding that nobody knows: the next one may be.
      if (!(error instanceof RangeError)) throw error;
    }
  return body.toString();
}
