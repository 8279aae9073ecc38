/** What a producer changes between a session and its master. Moments are of the session clock; nothing raw is touched. */
import { z } from 'zod';
import { RenderError } from '../errors.ts';

const momentUs = z.number().int().nonnegative();

const range = z
  .strictObject({ startUs: momentUs, endUs: momentUs })
  .refine(({ startUs, endUs }) => startUs < endUs, 'must end after it starts');
/** From `startUs` up to, and without, `endUs`. */
export type Range = z.infer<typeof range>;

/** Tracks are named by their number in the session folder. */
const ofTrack = z.strictObject({ track: z.number().int().positive() });

export const edit = z.strictObject({
  /** What of the session is kept at all. */
  trim: range.optional(),
  /** Taken out of all tracks; what follows moves up. */
  cuts: z.array(range).default([]),
  /** One track is silent there; nothing moves. */
  mutes: z.array(ofTrack.extend(range.shape)).default([]),
  /** On top of what leveling decides; over the whole session when no range is given. */
  gains: z
    .array(ofTrack.extend({ gainDb: z.number().min(-60).max(20), range: range.optional() }))
    .default([]),
  /** How whole tracks are taken. A person's track is a voice, a bot's is left out, unless it is said otherwise here. */
  tracks: z
    .array(
      ofTrack.extend({
        /** Music is brought to the target by one gain and otherwise taken as it is. */
        as: z.enum(['voice', 'music', 'left-out']).optional(),
        /** Whatever was measured. */
        denoise: z.boolean().optional(),
      }),
    )
    .default([]),
  /** Pauses of everybody longer than this become this long. */
  shortenSilencesToMs: z.number().int().min(300).max(60_000).optional(),
});
/** As it is written: all parts may be missing. */
export type Edit = z.input<typeof edit>;
export type ParsedEdit = z.infer<typeof edit>;

export const NO_EDIT: ParsedEdit = edit.parse({});

/** Throws RenderError `bad-edit` with what is wrong and where. */
export function parseEdit(written: unknown): ParsedEdit {
  const parsed = edit.safeParse(written);
  if (parsed.success) return parsed.data;
  throw new RenderError('bad-edit', `The edit cannot be used:\n${z.prettifyError(parsed.error)}`);
}

/** Throws RenderError `bad-edit` when the edit names what the session has not got. */
export function checkEdit(
  { trim, cuts, mutes, gains, tracks }: ParsedEdit,
  session: { durationUs: number; tracks: readonly { number: number }[] },
): void {
  const known = session.tracks.map(({ number }) => number);
  const unknown = [...mutes, ...gains, ...tracks].find(({ track }) => !known.includes(track));
  if (unknown !== undefined)
    throw new RenderError(
      'bad-edit',
      `The edit changes track ${unknown.track}, but the session has the tracks ${known.join(', ') || 'of nobody'}.`,
    );
  const late = [...(trim ? [trim] : []), ...cuts].find(({ startUs }) => startUs >= session.durationUs);
  if (late !== undefined)
    throw new RenderError(
      'bad-edit',
      `The edit begins at ${late.startUs / 1e6} s, but the session ends at ${session.durationUs / 1e6} s.`,
    );
}
