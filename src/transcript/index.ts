/** The door of transcription: a session's folder goes in, cues come out; cues go in, files for listeners come out. */
export { ChunkError } from './chunk-error.ts';
export { createEndpoint, type EndpointSettings } from './endpoint.ts';
export { renderJson } from './json.ts';
export { moveCues, timeMapThrough, withoutMuted } from './merge.ts';
export { missingNote } from './missing-note.ts';
export type { Cue, Missing } from './model.ts';
export { renderSrt } from './srt.ts';
export { transcribe, type TranscribeOrder, type Transcription } from './transcribe.ts';
export { renderVtt } from './vtt.ts';
