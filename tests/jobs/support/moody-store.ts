/** A media store in front of another, which goes away on demand: at once, or when it was asked for so much more. */
import { StoreError } from '../../../publisher/media/store-error.ts';
import type { MediaStore } from '../../../publisher/media/store.ts';

export interface MoodyStore {
  media: MediaStore;
  /** From the n-th call on that is not answered any more; 0 is at once. */
  leaveAfter(calls: number): void;
  comeBack(): void;
  /** Calls that were refused. */
  refused(): number;
  /** Keys that were put, in order. */
  puts: string[];
}

export function moodyStore(inner: MediaStore): MoodyStore {
  let left = Infinity;
  let refused = 0;
  const puts: string[] = [];
  const ask = () => {
    if (left > 0) {
      left -= 1;
      return;
    }
    refused += 1;
    throw new StoreError('away', 'connect ECONNREFUSED 127.0.0.1:7480');
  };
  const media: MediaStore = {
    ...inner,
    async put(key, source, options) {
      ask();
      puts.push(key);
      return inner.put(key, source, options);
    },
    async head(key) {
      ask();
      return inner.head(key);
    },
    async read(key, range) {
      ask();
      return inner.read(key, range);
    },
    async delete(key) {
      ask();
      return inner.delete(key);
    },
    async list(prefix) {
      ask();
      return inner.list(prefix);
    },
  };
  return {
    media,
    puts,
    leaveAfter(calls) {
      left = calls;
    },
    comeBack() {
      left = Infinity;
    },
    refused: () => refused,
  };
}
