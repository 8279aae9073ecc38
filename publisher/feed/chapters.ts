/** Podcasting 2.0 chapters as a JSON document of their own, version 1.2. */
import type { EpisodeChapter } from '../../src/catalog/index.ts';
import { cleanLine } from './xml.ts';

/** Its content type is part of the contract: apps ignore chapters that come as plain JSON. */
export const CHAPTERS_TYPE = 'application/json+chapters';

export type Chapter = EpisodeChapter;

/**
 * The chapters that apps can show: ascending, at least a second apart, inside the episode, the first at its very start.
 * Empty where there is nothing to choose from.
 */
export function playableChapters(chapters: readonly Chapter[], durationUs: number): Chapter[] {
  const kept: Chapter[] = [];
  for (const { startUs, title, ...more } of chapters.toSorted((a, b) => a.startUs - b.startUs)) {
    const last = kept.at(-1);
    const name = cleanLine(title, 128);
    if (name === '' || startUs < 0 || startUs >= durationUs) continue;
    if (last !== undefined && startUs - last.startUs < 1e6) continue;
    kept.push({ startUs, title: name, ...more });
  }
  const [first] = kept;
  if (first !== undefined && first.startUs < 1e6) first.startUs = 0;
  else if (first !== undefined) kept.unshift({ startUs: 0, title: 'Start' });
  return kept;
}

/** `addressOf` says where the world finds a picture's key. */
export function renderChapters(
  chapters: readonly Chapter[],
  addressOf: (key: string) => string = (key) => key,
): string {
  return JSON.stringify({
    version: '1.2.0',
    chapters: chapters.map(({ startUs, title, url, imageKey }) => ({
      ...{ startTime: Math.round(startUs / 1000) / 1000, title, url },
      img: imageKey === undefined ? undefined : addressOf(imageKey),
    })),
  });
}
