/** Work on one of many that must not keep the others from theirs, whatever happens to it. */
export interface Alone<K> {
  /** @returns what `work` does; undefined when it threw */
  <T>(of: K, work: () => T): T | undefined;
}

/** @param onBroken - told of the first failure of each */
export function createAlone<K extends object>(onBroken: (of: K, cause: unknown) => void): Alone<K> {
  const broken = new WeakSet<K>();
  return (of, work) => {
    try {
      return work();
    } catch (cause) {
      if (!broken.has(of)) {
        broken.add(of);
        onBroken(of, cause);
      }
      return undefined;
    }
  };
}
