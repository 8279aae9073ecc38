/** The messages between `startRender` and the render process. */
import { z } from 'zod';
import { renderFailures } from './errors.ts';
import { renderRequest, renderResult } from './request.ts';

export const toRenderProcess = z.object({ request: renderRequest, scratchFolder: z.string() });
export type ToRenderProcess = z.infer<typeof toRenderProcess>;

export const fromRenderProcess = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), percent: z.number().min(0).max(100) }),
  z.object({ type: z.literal('done'), result: renderResult }),
  z.object({
    type: z.literal('failed'),
    code: z.enum(renderFailures),
    message: z.string(),
  }),
]);
export type FromRenderProcess = z.infer<typeof fromRenderProcess>;
