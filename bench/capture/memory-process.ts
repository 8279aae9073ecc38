/** The process whose memory is read; started with `--expose-gc`. */
import { readMemory } from './memory.ts';
import type { MemorySetting } from './memory.ts';

const collect = globalThis.gc;
if (collect === undefined) throw new Error('start this with --expose-gc');
process.once('message', (setting) => {
  const twice = (): void => {
    collect();
    collect();
  };
  void readMemory(setting as MemorySetting, twice).then((readings) => {
    process.send?.(readings);
    process.disconnect?.();
  });
});
