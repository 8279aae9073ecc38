/**
 * Knows whether the code that runs now was called from inside a transaction. The embedded engine has one connection: a
 * question to it from inside a transaction, but not through that transaction, would wait for ever. It throws instead, on
 * both engines, so that the mistake is found by whoever makes it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

export interface TransactionScope {
  run<T>(transaction: () => Promise<T>): Promise<T>;
  assertOutside(): void;
  /** The same object, of which nothing can be used from inside a transaction. */
  outsideOnly<T extends object>(handle: T): T;
}

export function createTransactionScope(): TransactionScope {
  const storage = new AsyncLocalStorage<{ open: boolean }>();
  const assertOutside = () => {
    if (storage.getStore()?.open === true)
      throw new Error(
        'Inside a transaction use its own handle: this call would wait for the transaction to end.',
      );
  };
  return {
    async run(transaction) {
      assertOutside();
      // Work that was started inside and outlives the transaction (a timer, say) keeps this context, so it is closed.
      const scope = { open: true };
      try {
        return await storage.run(scope, transaction);
      } finally {
        scope.open = false;
      }
    },
    assertOutside,
    outsideOnly: (handle) =>
      new Proxy(handle, {
        get(target, property) {
          assertOutside();
          const value: unknown = Reflect.get(target, property, target);
          // Kysely keeps its state in private fields, which only its own `this` can reach.
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      }),
  };
}
