/** What a render is asked and what it answers. Both sides of the process border parse them. */
import { z } from 'zod';
import { edit, type Edit } from './edits/edit.ts';

export const renderRequest = z.object({
  /** A session folder as the recorder writes it. */
  sessionFolder: z.string().min(1),
  /** Where the finished files appear, each at once under its final name; made when missing. */
  outputFolder: z.string().min(1),
  /** Name of a file in `templates/presets`. */
  preset: z.string().regex(/^[a-z0-9-]+$/),
  /** What to leave out and to change; nothing by default. */
  edit: edit.optional(),
  /** A show's sounds: any files that hold sound. They are decoded, brought to the voices' loudness, ducked and mixed in. */
  furniture: z
    .object({
      introPath: z.string().min(1).optional(),
      outroPath: z.string().min(1).optional(),
      bedPath: z.string().min(1).optional(),
    })
    .optional(),
  title: z.string(),
  showTitle: z.string(),
  author: z.string(),
  /** JPEG or PNG put into the files; none when missing. */
  coverPath: z.string().min(1).optional(),
  /** For the report: whether a transcript is made after the render, by another job. */
  transcript: z.enum(['follows', 'skipped']).optional(),
  /** How many of ffmpeg may run at once: fewer leave more of the machine to a live recording. As many as help by default. */
  encoders: z.number().int().positive().optional(),
  ffmpegPath: z.string().min(1),
  ffprobePath: z.string().min(1),
});
export type ParsedRequest = z.infer<typeof renderRequest>;
export type RenderRequest = Omit<ParsedRequest, 'edit'> & { edit?: Edit | undefined };

export const renditionKind = z.enum(['mp3', 'm4a', 'opus']);
export type RenditionKind = z.infer<typeof renditionKind>;

const renderedFile = z.object({
  kind: renditionKind,
  path: z.string(),
  bytes: z.number().int().positive(),
  mimeType: z.string(),
  /** Hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  durationUs: z.number().int().nonnegative(),
  /** Measured by ffmpeg on the decoded file; -70 is the meter's floor. */
  integratedLufs: z.number(),
  /** Measured by ffmpeg on the decoded file. */
  truePeakDbtp: z.number(),
});
export type RenderedFile = z.infer<typeof renderedFile>;

const chapter = z.object({ startUs: z.number().int().nonnegative(), title: z.string() });
export type Chapter = z.infer<typeof chapter>;

const leveledSpeaker = z.object({
  userId: z.string(),
  displayName: z.string(),
  /** Gated loudness where this speaker dominates; null when they never do. */
  measuredLufs: z.number().nullable(),
  gainDb: z.number(),
});
export type LeveledSpeaker = z.infer<typeof leveledSpeaker>;

/** So much of the session, from `sessionUs` on, stands in the master from `masterUs` on. */
const keptPiece = z.object({
  sessionUs: z.number().int().nonnegative(),
  masterUs: z.number().int().nonnegative(),
  durationUs: z.number().int().positive(),
});
export type KeptPiece = z.infer<typeof keptPiece>;

export const renderResult = z.object({
  engineVersion: z.string(),
  /** Of the master. */
  durationUs: z.number().int().positive(),
  /** In order; one piece, the whole session, when nothing was cut. */
  pieces: z.array(keptPiece),
  renditions: z.array(renderedFile),
  chapters: z.array(chapter),
  speakers: z.array(leveledSpeaker),
});
export type RenderResult = z.infer<typeof renderResult>;
