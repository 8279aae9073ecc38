/** What an S3 server means: its error codes, and what the network says, as faults that people can act on. Pure. */
import { type StoreFault, StoreError } from './store-error.ts';

/**
 * Codes by fault: AWS ("List of error codes", Amazon S3 API reference), Ceph (src/rgw/rgw_common.cc, `rgw_http_s3_errors`),
 * MinIO (cmd/api-errors.go) and R2 (developers.cloudflare.com/r2/api/error-codes) agree on most, and add some of their own.
 */
const CODES: Readonly<Record<string, StoreFault>> = {
  InvalidAccessKeyId: 'wrong-keys',
  SignatureDoesNotMatch: 'wrong-keys',
  InvalidToken: 'wrong-keys',
  ExpiredToken: 'wrong-keys',
  Unauthorized: 'wrong-keys',
  AccessDenied: 'not-allowed',
  AllAccessDisabled: 'not-allowed',
  AccountProblem: 'not-allowed',
  UserSuspended: 'not-allowed',
  NoSuchBucket: 'no-bucket',
  PermanentRedirect: 'wrong-region',
  AuthorizationHeaderMalformed: 'wrong-region',
  IllegalLocationConstraintException: 'wrong-region',
  RequestTimeTooSkewed: 'clock',
  RequestExpired: 'clock',
  QuotaExceeded: 'full',
  XMinioStorageFull: 'full',
  XMinioAdminBucketQuotaExceeded: 'full',
  InsufficientStorage: 'full',
  NotImplemented: 'unsupported',
  MethodNotAllowed: 'unsupported',
  SlowDown: 'away',
  RequestTimeout: 'away',
  TimeoutError: 'away',
};

const STATUSES: Readonly<Record<number, StoreFault>> = {
  301: 'wrong-region',
  401: 'wrong-keys',
  403: 'not-allowed',
  408: 'away',
  429: 'away',
  501: 'unsupported',
  507: 'full',
};

/** What the SDK throws: the service's errors, and those of the network below it. */
interface Thrown {
  name?: string;
  message?: string;
  code?: string;
  /** Of errors with a body; those without one are named after their status. */
  Code?: string;
  $metadata?: { httpStatusCode?: number };
  $response?: unknown;
}

export const statusOf = (error: unknown): number | undefined =>
  (error as Thrown | undefined)?.$metadata?.httpStatusCode;

/** The server's own code, as NoSuchKey; undefined where its answer had no body. */
export function codeOf(error: unknown): string | undefined {
  const { name, Code } = (error ?? {}) as Thrown;
  return Code ?? (name === undefined || /^(Error|UnknownError|\d+)$/.test(name) ? undefined : name);
}

export function faultOf(error: unknown): StoreFault {
  const byCode = CODES[codeOf(error) ?? ''];
  if (byCode !== undefined) return byCode;
  const status = statusOf(error);
  // Without a status nothing answered: refused, reset, unknown host, a broken certificate.
  if (status === undefined) return 'away';
  return STATUSES[status] ?? (status >= 500 ? 'away' : 'refused');
}

/** The error as ours; one that is ours already, and what an abort threw, stay as they are. */
export function toStoreError(error: unknown): Error {
  if (error instanceof StoreError) return error;
  const { message = '', code } = (error ?? {}) as Thrown;
  const status = statusOf(error);
  const said = [status, codeOf(error) ?? code, message].filter((part) => part !== undefined && part !== '');
  return new StoreError(faultOf(error), said.join(' '), { cause: error });
}
