/** The page of an export as words and links. Pure. */
import type { ExportPageView } from '../../templates/pages/views.ts';
import type { Export } from '../../src/catalog/index.ts';
import { longDate, megabytes } from '../site/words.ts';

const FORMATS: Record<Export['format'], string> = {
  opus: 'Opus, as it came from Discord',
  wav: 'WAV, 24 bits (Broadcast Wave)',
  flac: 'FLAC, 24 bits',
  stems: 'FLAC, 24 bits, as mastered',
};

/** `query` is the proof of the link, with its question mark: every file carries it. */
export function exportView(
  { name, format, state, failure, files, bytes, expires_at: expiresAt }: Export,
  { query, percent, assets }: { query: string; percent: number; assets: ExportPageView['assets'] },
): ExportPageView {
  const common = { formatText: FORMATS[format], assets };
  if (state === 'making') return { ...common, state, percent };
  if (state === 'failed') return { ...common, state, failure: failure ?? '' };
  return {
    ...{ ...common, state },
    title: name ?? '',
    until: expiresAt === null ? '' : longDate(expiresAt, 'en', 'UTC'),
    all: { label: 'Everything as one zip', href: `all.zip${query}`, sizeText: megabytes(bytes ?? 0) },
    files: files.map((file, index) => ({
      label: file.name,
      href: `files/${index}${query}`,
      sizeText: megabytes(file.bytes),
    })),
  };
}
