/** What an export is asked and what it answers. Both sides of the process border parse them. */
import { z } from 'zod';
import { renderRequest, type RenderRequest } from '../request.ts';

/** `opus` is the recorded file itself; `wav` and `flac` are decoded, placed to the sample and equally long. */
const exportFormat = z.enum(['opus', 'wav', 'flac']);
export type ExportFormat = z.infer<typeof exportFormat>;

/** A part of the session clock. */
const exportRange = z
  .object({ fromUs: z.number().int().nonnegative(), toUs: z.number().int().positive() })
  .refine(({ fromUs, toUs }) => fromUs < toUs, 'a range ends after it begins');

/** Tracks as they are in a master: cleaned, leveled, edited, and as long as it. */
const processed = renderRequest.pick({ preset: true, edit: true, furniture: true });

const request = z.object({
  /** A session folder as the recorder writes it; it may still be written to. */
  sessionFolder: z.string().min(1),
  /** Where the finished files appear, each at once under its final name; made when missing. */
  outputFolder: z.string().min(1),
  format: exportFormat,
  /** The whole session when missing; what lies beyond its end, or beyond now, is left out. */
  range: exportRange.optional(),
  /** Stems of a master instead of what was recorded. */
  processed: processed.optional(),
  showTitle: z.string(),
  /** IANA name: dates, and the midnight that time references count from. */
  timeZone: z.string().min(1),
  ffmpegPath: z.string().min(1),
  ffprobePath: z.string().min(1),
});
export const exportRequest = request.refine(
  ({ processed: stems, format, range }) => stems === undefined || (format !== 'opus' && range === undefined),
  'stems of a master are WAV or FLAC, and whole',
);
export type ParsedExportRequest = z.infer<typeof exportRequest>;
export type ExportRequest = Omit<ParsedExportRequest, 'processed'> & {
  processed?: Pick<RenderRequest, 'preset' | 'edit' | 'furniture'> | undefined;
};

const exportedFile = z.object({
  /** A speaker's track, or a text or project beside them. */
  kind: z.enum(['track', 'document']),
  /** In the output folder. */
  name: z.string().min(1),
  bytes: z.number().int().nonnegative(),
  /** Of the whole file, as archives carry it. */
  crc32: z.number().int().nonnegative(),
});
export type ExportedFile = z.infer<typeof exportedFile>;

export const exportResult = z.object({
  /** `2026-11-22 Show title`: what every file name begins with. */
  name: z.string(),
  fromUs: z.number().int().nonnegative(),
  toUs: z.number().int().positive(),
  /** Documents first, then tracks in their order. */
  files: z.array(exportedFile),
});
export type ExportResult = z.infer<typeof exportResult>;
