/** What a part of a master is asked by and what is answered. Both sides of the process border parse them. */
import { z } from 'zod';
import { renderRequest, type RenderRequest } from './request.ts';

/** Longer than this it is no window: a render writes it to the disk as it goes. */
export const LONGEST_WINDOW_US = 120_000_000;
export const windowRequest = renderRequest
  .extend({
    /** Of the master. */
    fromUs: z.number().int().nonnegative(),
    toUs: z.number().int().positive(),
  })
  .refine(({ fromUs, toUs }) => fromUs < toUs && toUs - fromUs <= LONGEST_WINDOW_US, {
    message: `a window lasts at most ${LONGEST_WINDOW_US / 1e6} s, and ends after it begins`,
  });
export type ParsedWindowRequest = z.infer<typeof windowRequest>;

export const windowResult = z.object({
  /** WAV, 16 bits. */
  path: z.string(),
  durationUs: z.number().int().positive(),
  /** Of the whole master. */
  masterUs: z.number().int().positive(),
});
export type WindowResult = z.infer<typeof windowResult>;

export type WindowRequest = RenderRequest & Pick<ParsedWindowRequest, 'fromUs' | 'toUs'>;
