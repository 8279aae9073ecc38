/** The door of mastering: a session folder goes in, a local folder of files comes out. */
export { DISK_FULL } from './scratch-space.ts';
export { parseEdit, type Edit, type ParsedEdit, type Range } from './edits/edit.ts';
export { RenderError, type RenderFailure } from './errors.ts';
export type {
  Chapter,
  KeptPiece,
  LeveledSpeaker,
  RenderedFile,
  RenderRequest,
  RenderResult,
  RenditionKind,
} from './request.ts';
export type { RenderOptions } from './child.ts';
export { startExport } from './exports/start-export.ts';
export type { ExportFormat, ExportRequest, ExportResult, ExportedFile } from './exports/request.ts';
export { makeFurnitureFile } from './furniture-file.ts';
export { startRender, startWindow } from './start-render.ts';
export { LONGEST_WINDOW_US, type WindowRequest, type WindowResult } from './window-request.ts';
