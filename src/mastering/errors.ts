/** Why a render failed, in a form that crosses the process border and tells the job what to do next. */

export const renderFailures = [
  'no-speech',
  'bad-session',
  'bad-edit',
  'unknown-preset',
  'bad-cover',
  'bad-furniture',
  'ffmpeg-missing',
  'ffmpeg-failed',
  'off-target',
  'disk-full',
  'empty-range',
  'aborted',
  'render-died',
  'unexpected',
] as const;
export type RenderFailure = (typeof renderFailures)[number];

/** Failures that may pass when the same render is tried again. */
const PASSING: readonly RenderFailure[] = ['ffmpeg-failed', 'render-died', 'disk-full', 'unexpected'];

/** Thrown by `startRender`; the message says what happened, why, and the remedy. */
export class RenderError extends Error {
  override readonly name = 'RenderError';
  readonly code: RenderFailure;

  constructor(code: RenderFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** True when trying again may help; false when a person has to act first. */
  get retry(): boolean {
    return PASSING.includes(this.code);
  }
}
