/** Bodies that are a part of an open file: streams like all others, and what sends them without a stream. */
import { createReadStream, read } from 'node:fs';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import type { ByteRange } from './store.ts';

/** Smaller pieces make the event loop, not the disk, the bound; larger ones are held for each client that stalls. */
const READ_BYTES = 256 * 1024;
const SENT_AT_ONCE_BYTES = 64 * 1024;

interface OpenPart extends ByteRange {
  fd: number;
}
const parts = new WeakMap<Readable, OpenPart>();
const readInto = promisify(read);

/** Closes the descriptor at its end, or when it is destroyed. */
export function fileBody(fd: number, range: ByteRange): Readable {
  const body = createReadStream('', { fd, start: range.first, end: range.last, highWaterMark: READ_BYTES });
  parts.set(body, { fd, ...range });
  return body;
}

export const isFileBody = (body: Readable): boolean => parts.has(body);

/**
 * Sends a body of which nothing was read yet, one piece at a time through one buffer: of a client that stalls no more than
 * that is in memory. `sent` hears of each piece that the client's side took. Resolves also when the client goes away.
 */
export async function sendFile(body: Readable, to: Writable, sent?: (bytes: number) => void): Promise<void> {
  const part = parts.get(body);
  if (part === undefined) throw new TypeError('This body is no file');
  const { fd, first, last } = part;
  const buffer = Buffer.allocUnsafeSlow(Math.min(SENT_AT_ONCE_BYTES, last - first + 1));
  const gone = once(to, 'close').then(() => false);
  gone.catch(() => undefined);
  const take = (piece: Uint8Array) =>
    new Promise<boolean>((resolve) => to.write(piece, (error) => resolve(!error)));
  try {
    for (let at = first; at <= last;) {
      const { bytesRead } = await readInto(fd, buffer, 0, Math.min(buffer.length, last - at + 1), at);
      // Cut short under our hands: what was promised cannot be kept, and a broken connection says so.
      if (bytesRead === 0) return void to.destroy();
      if (!(await Promise.race([take(buffer.subarray(0, bytesRead)), gone]))) return;
      sent?.(bytesRead);
      at += bytesRead;
    }
    to.end();
  } catch (error) {
    to.destroy();
    throw error;
  } finally {
    body.destroy();
  }
}
