/**
 * One POST of a form, whole answer back. By node:http and not by fetch, which gives up after 300 s without an answer,
 * whatever its signal says (undici, Client, headersTimeout): a chunk of nine minutes may take longer.
 */
import http from 'node:http';
import https from 'node:https';
import { ChunkError } from './chunk-error.ts';

export interface PostAnswer {
  status: number;
  retryAfter: string | undefined;
  body: string;
}

/** Nine minutes of speech with a time for every word are about 300 KB. */
const LONGEST_ANSWER_BYTES = 8 * 1024 * 1024;

export interface PostOptions {
  headers: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

/** Follows no redirect: voices and a key go to the address in the settings and nowhere else. Rejects on network faults, and with ChunkError. */
export async function postForm(url: string, form: FormData, options: PostOptions): Promise<PostAnswer> {
  // A Response writes a form as its standard says (RFC 7578).
  const encoded = new Response(form);
  const body = Buffer.from(await encoded.arrayBuffer());
  const headers = {
    ...options.headers,
    'Content-Type': encoded.headers.get('Content-Type') ?? '',
    'Content-Length': String(body.length),
    Accept: 'application/json',
  };
  const { request } = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', headers, signal: options.signal }, (answer) => {
      // It may answer before it has read all, and close: what it says counts, not that the rest could not be sent.
      asked.off('error', reject).on('error', () => undefined);
      const parts: Buffer[] = [];
      let bytes = 0;
      answer
        .on('data', (part: Buffer) => {
          bytes += part.length;
          if (bytes > LONGEST_ANSWER_BYTES)
            answer.destroy(new ChunkError('the endpoint answers without an end', { retry: true }));
          else parts.push(part);
        })
        .once('error', reject)
        .once('end', () => {
          if (!asked.writableFinished) asked.destroy();
          resolve({
            status: answer.statusCode ?? 0,
            retryAfter: answer.headers['retry-after'],
            body: Buffer.concat(parts).toString('utf8'),
          });
        });
    });
    asked.once('error', reject);
    asked.end(body);
  });
}
