/** Chapters of other hosts: Podcasting 2.0's documents (docs/examples/chapters/jsonChapters.md), and what stands in the file itself. Pure. */
import { z } from 'zod';
import type { SourceChapter } from './item.ts';
import { parseJsonAs, webAddressOf } from './values.ts';

const document = z.object({
  chapters: z.array(
    z.looseObject({
      startTime: z.coerce.number().nonnegative(),
      title: z.string().optional(),
      img: z.string().optional(),
      url: z.string().optional(),
      toc: z.boolean().optional(),
    }),
  ),
});

const MOST_CHAPTERS = 2_000;

/** Empty for what is no list of chapters; those that only change a picture are not in a list that people read. */
export function readChapters(text: string, url: string): SourceChapter[] {
  const { chapters = [] } = parseJsonAs(document, text) ?? {};
  return chapters.slice(0, MOST_CHAPTERS).flatMap((chapter) =>
    chapter.toc === false || (chapter.title ?? '').trim() === ''
      ? []
      : [
          {
            startUs: Math.round(chapter.startTime * 1e6),
            title: chapter.title!.trim(),
            url: chapter.url === undefined ? undefined : webAddressOf(chapter.url, url),
            imageUrl: chapter.img === undefined ? undefined : webAddressOf(chapter.img, url),
          },
        ],
  );
}

/** As ffprobe lists those of a file. */
export function chaptersInFile(probed: readonly unknown[] | undefined): SourceChapter[] {
  const chapter = z.object({
    start_time: z.coerce.number().nonnegative(),
    'TAG:title': z.string().optional(),
    tags: z.object({ title: z.string().optional() }).optional(),
  });
  return (probed ?? []).slice(0, MOST_CHAPTERS).flatMap((each) => {
    const parsed = chapter.safeParse(each);
    const title = parsed.data?.tags?.title ?? parsed.data?.['TAG:title'];
    return parsed.success && title !== undefined && title.trim() !== ''
      ? [{ startUs: Math.round(parsed.data.start_time * 1e6), title: title.trim() }]
      : [];
  });
}
