/** Node streams as bodies of web responses. */
import type { Readable } from 'node:stream';

/**
 * A body that reads only as fast as the client takes it, and destroys its source when the client goes away.
 * (`Readable.toWeb` would buffer ahead and report each vanished client as an error.) `sent` hears of each piece that was
 * taken: what the client never asked for never counts.
 */
export function toWebStream(source: Readable, sent?: (bytes: number) => void): ReadableStream<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) {
          controller.close();
          return;
        }
        controller.enqueue(value);
        sent?.(value.byteLength);
      },
      cancel() {
        source.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}
