/** Files that people send with a command, fetched from where Discord keeps them; size and time are limited. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

export const FETCH_WITHIN_MS = 60_000;
/** Docs, Reference, "Image Formatting" and "CDN": where files that people send are handed out. */
const CDN_ORIGINS = ['https://cdn.discordapp.com', 'https://media.discordapp.net'];

export interface SentFile {
  url: string;
  /** Where it goes. */
  file: string;
  mostBytes: number;
  /** Of an embedded Discord, whose files come from its own address. */
  discordApiUrl?: string | undefined;
  signal: AbortSignal;
  /** What is thrown, with why, worded for whoever sent it. */
  fault: (why: string, cause?: unknown) => Error;
}

export async function fetchSent(sent: SentFile): Promise<void> {
  const { url, file, mostBytes, discordApiUrl, signal, fault } = sent;
  const origins = [...CDN_ORIGINS, ...(discordApiUrl === undefined ? [] : [new URL(discordApiUrl).origin])];
  // An address that is not Discord's own is none that a member may have us fetch.
  if (!origins.includes(new URL(url).origin)) throw fault('it is not kept by Discord.');
  const within = AbortSignal.any([signal, AbortSignal.timeout(FETCH_WITHIN_MS)]);
  const response = await fetch(url, { redirect: 'error', signal: within }).catch((cause: unknown) => {
    throw fault('Discord did not hand it out. Send it again.', cause);
  });
  if (!response.ok || response.body === null)
    throw fault(`Discord did not hand it out (status ${response.status}). Send it again.`);
  let bytes = 0;
  const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
  await pipeline(
    body,
    async function* limit(chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > mostBytes)
          throw fault(`it is larger than ${mostBytes / 2 ** 20} MiB. Send a smaller file.`);
        yield chunk;
      }
    },
    createWriteStream(file),
  );
}
