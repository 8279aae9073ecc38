/** One part of the fuzzing, from the join to the comparison of the disk. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openFuzzCall } from './call.ts';
import { fuzzDatagrams } from './datagrams.ts';
import { fuzzMessages } from './messages.ts';

export interface FuzzPart {
  kind: 'datagrams' | 'messages';
  dave: boolean;
  count: number;
}

export interface FuzzResult {
  /** Empty when all is well. */
  faults: string[];
  /** Valid packets that stand on disk, byte for byte. */
  right: number;
  /** Heap and buffers, from the first quarter to the end, after forced collections. */
  growthMb: number;
  seconds: number;
}

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

export async function runFuzz({ kind, dave, count }: FuzzPart, seed: number): Promise<FuzzResult> {
  const startMs = performance.now();
  const collect = collector();
  const usedMb = (): number => {
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 2 ** 20;
  };
  const faults: string[] = [];
  // What escapes into the event loop would end the recorder.
  const escaped = (error: unknown): void => void faults.push(`escaped: ${String(error)}`);
  process.on('uncaughtException', escaped);
  process.on('unhandledRejection', escaped);
  let quarterMb: number | undefined;
  const onProgress = (done: number): void => {
    if (done >= count / 4) quarterMb ??= usedMb();
  };
  let growthMb = NaN;
  try {
    const call = await openFuzzCall(dave ? 1 : 0);
    try {
      await (kind === 'datagrams' ? fuzzDatagrams : fuzzMessages)(call, { count, seed, onProgress });
      growthMb = usedMb() - (quarterMb ?? NaN);
    } catch (error) {
      faults.push(String(error));
    }
    const end = await call.close();
    faults.push(...end.faults);
    return { faults, right: end.right, growthMb, seconds: (performance.now() - startMs) / 1000 };
  } finally {
    process.off('uncaughtException', escaped);
    process.off('unhandledRejection', escaped);
  }
}
