/** Exports a session for producers in a process of its own. */
import { carryOut, type RenderOptions } from '../child.ts';
import { exportRequest, exportResult, type ExportRequest, type ExportResult } from './request.ts';

/**
 * Writes each speaker's track, and the documents that put them together, into a folder. Nothing half-written stands
 * under their names. Rejects with a RenderError, whose `retry` says whether trying again may help.
 */
export async function startExport(request: ExportRequest, options?: RenderOptions): Promise<ExportResult> {
  return carryOut({ kind: 'export', request: exportRequest.parse(request) }, exportResult, options);
}
