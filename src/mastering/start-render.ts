/** Renders a session in a process of its own. */
import { carryOut, type RenderOptions } from './child.ts';
import { parseEdit } from './edits/edit.ts';
import { renderResult, type RenderRequest, type RenderResult } from './request.ts';
import { windowResult, type WindowRequest, type WindowResult } from './window-request.ts';

/**
 * Masters a session into a folder of files: `episode.mp3`, `episode.m4a`, `report.json`. Nothing half-written stands
 * under those names. Rejects with a RenderError, whose `retry` says whether trying again may help.
 */
export async function startRender(
  { edit, ...request }: RenderRequest,
  options?: RenderOptions,
): Promise<RenderResult> {
  const parsed = edit === undefined ? undefined : parseEdit(edit);
  return carryOut({ kind: 'render', request: { ...request, edit: parsed } }, renderResult, options);
}

/** Renders at most two minutes of a master into `window.wav`, quickly: by what an earlier render kept beside the session. */
export async function startWindow(
  { edit, ...request }: WindowRequest,
  options?: RenderOptions,
): Promise<WindowResult> {
  const parsed = edit === undefined ? undefined : parseEdit(edit);
  return carryOut({ kind: 'window', request: { ...request, edit: parsed } }, windowResult, options);
}
