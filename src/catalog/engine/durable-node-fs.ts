/**
 * PGlite's file system on a folder, with an fsync that reaches the disk. The stock one has none: emscripten's fd_sync
 * calls `stream_ops.fsync` where there is one and reports success where there is not (electric-sql/pglite#1107).
 */
import fs from 'node:fs';
import type { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

type PostgresMod = Awaited<ReturnType<NodeFS['init']>>['emscriptenOpts'];

interface Stream {
  /** The descriptor on our side; directories have none. */
  nfd?: number;
  node: unknown;
}

/** What we touch of emscripten's NODEFS (library_nodefs.js). */
interface NodeFileSystem {
  stream_ops: { fsync?: (stream: Stream) => number };
  realPath(node: unknown): string;
  /** Turns an error of node:fs into emscripten's, which PostgreSQL sees as errno. */
  tryFSOperation<T>(run: () => T): T;
}

export class DurableNodeFS extends NodeFS {
  override async init(pg: PGlite, options: PostgresMod) {
    const { emscriptenOpts } = await super.init(pg, options);
    const giveFsync = (module: PostgresMod) => {
      const nodeFs = module.NODEFS as unknown as NodeFileSystem;
      nodeFs.stream_ops.fsync = (stream) =>
        nodeFs.tryFSOperation(() => {
          if (stream.nfd !== undefined) fs.fsyncSync(stream.nfd);
          else fsyncPath(nodeFs.realPath(stream.node));
          return 0;
        });
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), giveFsync] } };
  }
}

/** Brings a file's content, or a directory's entries, to the disk. */
export function fsyncPath(path: string): void {
  const descriptor = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}
