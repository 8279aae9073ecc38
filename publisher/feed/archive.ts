/** A long show in several documents (RFC 5005, section 4): the newest in the main feed, all that is older in an archive. */

export interface FeedPages<T> {
  /** Newest first. */
  main: T[];
  /** The oldest page first; each newest first. */
  archive: T[][];
}

/**
 * Pages are filled from the oldest episode on and archived only when full, so that a new episode changes none of them; the
 * youngest page may hold what is in the main feed too. Only taking an old episode out, or putting one in, moves what is
 * younger. `items` are newest first.
 */
export function pagesOf<T>(items: readonly T[], newest: number): FeedPages<T> {
  const older = Math.max(0, items.length - newest);
  const archive = Array.from({ length: Math.ceil(older / newest) }, (_, page) => {
    const end = items.length - page * newest;
    return items.slice(end - newest, end);
  });
  return { main: items.slice(0, newest), archive };
}
