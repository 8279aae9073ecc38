/** Why something could not be fetched from outside. Messages are sentences for whoever asked for it; they hold no passwords. */

export type OutsideFault =
  /** No address on the public internet, or none that is fetched at all. */
  | 'not-allowed'
  | 'too-large'
  | 'too-slow'
  | 'too-many-redirects'
  /** Nobody answers there at present. */
  | 'unreachable'
  /** An answer that is none of what was asked for. */
  | 'refused'
  /** The server is not well; it may be later. */
  | 'busy';

export class OutsideError extends Error {
  override name = 'OutsideError';
  readonly code: OutsideFault;
  /** Of the answer, where there was one. */
  readonly status: number | undefined;
  constructor(code: OutsideFault, message: string, options: ErrorOptions & { status?: number } = {}) {
    super(message, options);
    this.code = code;
    this.status = options.status;
  }

  /** Trying again later may end otherwise. */
  get mayPass(): boolean {
    return this.code === 'unreachable' || this.code === 'busy' || this.code === 'too-slow';
  }
}

/** RFC 9110, section 15: what says that it is about now, and not about what was asked for. */
export const statusError = (url: string, status: number): OutsideError =>
  new OutsideError(
    status >= 500 || status === 429 || status === 408 ? 'busy' : 'refused',
    `${url} answers with status ${status}.`,
    { status },
  );
