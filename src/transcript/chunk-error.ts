/** Why a chunk has no words, and what that means for the others. */

/** The message is a sentence for the operator; it never holds the key. */
export class ChunkError extends Error {
  override readonly name = 'ChunkError';
  /** Whether asking again later may help. */
  readonly retry: boolean;
  /** Whether every other chunk would end the same way. */
  readonly forAll: boolean;

  constructor(message: string, { retry = false, forAll = false, ...options }: ChunkFailure = {}) {
    super(message, options);
    this.retry = retry;
    this.forAll = forAll;
  }
}
type ChunkFailure = ErrorOptions & { retry?: boolean; forAll?: boolean };
