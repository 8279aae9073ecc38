/** The messages between `carryOut` and the render process. */
import { z } from 'zod';
import { renderFailures } from './errors.ts';
import { exportRequest } from './exports/request.ts';
import { renderRequest } from './request.ts';
import { windowRequest } from './window-request.ts';

export const task = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('render'), request: renderRequest }),
  z.object({ kind: z.literal('window'), request: windowRequest }),
  z.object({ kind: z.literal('export'), request: exportRequest }),
]);
export type Task = z.infer<typeof task>;

/** How many of ffmpeg may run at once; null for as many as help. */
const atOnce = z.number().int().positive().nullable();

export const toRenderProcess = z.object({ task, scratchFolder: z.string(), atOnce });
export type ToRenderProcess = z.infer<typeof toRenderProcess>;

/** Sent when that changes on the way. */
export const atOnceChanged = z.object({ type: z.literal('at-once'), atOnce });
export type AtOnceChanged = z.infer<typeof atOnceChanged>;

export const fromRenderProcess = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), percent: z.number().min(0).max(100) }),
  z.object({ type: z.literal('done'), result: z.unknown() }),
  z.object({
    type: z.literal('failed'),
    code: z.enum(renderFailures),
    message: z.string(),
  }),
]);
export type FromRenderProcess = z.infer<typeof fromRenderProcess>;
