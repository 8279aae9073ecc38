/** The door of mastering: a session folder goes in, a local folder of files comes out. */
export { RenderError, type RenderFailure } from './errors.ts';
export type {
  Chapter,
  LeveledSpeaker,
  RenderedFile,
  RenderRequest,
  RenderResult,
  RenditionKind,
} from './request.ts';
export { startRender, type RenderOptions } from './start-render.ts';
