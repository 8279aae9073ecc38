/** Renders a session in a process of its own. */
import { carryOut, type RenderOptions } from './child.ts';
import { renderResult, type RenderRequest, type RenderResult } from './request.ts';

/**
 * Masters a session into a folder of files: `episode.mp3`, `episode.m4a`, `report.json`. Nothing half-written stands
 * under those names. Rejects with a RenderError, whose `retry` says whether trying again may help.
 */
export const startRender = (request: RenderRequest, options?: RenderOptions): Promise<RenderResult> =>
  carryOut({ kind: 'render', request }, renderResult, options);
