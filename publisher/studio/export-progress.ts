/** How far exports are, from the news of the catalog: in memory, for the pages that people wait before. */
import type { Catalog } from '../../src/catalog/index.ts';

export interface ExportProgress {
  /** 0 to 100; 0 for one of which nothing was heard. */
  percentOf: (exportId: string) => number;
  close: () => void;
}

export function watchExports(catalog: Pick<Catalog, 'watch'>): ExportProgress {
  const percents = new Map<string, number>();
  const close = catalog.watch((event) => {
    if (event.type !== 'export') return;
    if (event.state === 'making') percents.set(event.exportId, event.percent ?? 0);
    else percents.delete(event.exportId);
  });
  return { percentOf: (exportId) => percents.get(exportId) ?? 0, close };
}
