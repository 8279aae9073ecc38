/** Byte ranges of RFC 9110 section 14, as pure decisions: what part of a representation a request asks for. */
import type { ByteRange } from './store.ts';

export type RangeDecision =
  | { kind: 'whole' }
  | { kind: 'part'; range: ByteRange }
  /** Answer 416 with `Content-Range: bytes * /<size>`. */
  | { kind: 'unsatisfiable' };

const WHOLE: RangeDecision = { kind: 'whole' };
// ranges-specifier, one range only; the unit is case-insensitive and white space may surround the list (RFC 9110, 14.1).
const ONE_RANGE = /^bytes=[ \t]*(?:(\d+)-(\d*)|-(\d+))[ \t]*$/i;

/**
 * Decides on a Range header for a representation of `sizeBytes`. A malformed header, a foreign unit, and a list of
 * several ranges are all ignored, as section 14.2 allows: the whole body is always right, no podcast client asks for
 * several parts, and a list is the lever of range bombs.
 */
export function decideRange(header: string | undefined, sizeBytes: number): RangeDecision {
  const parts = header === undefined ? null : ONE_RANGE.exec(header);
  if (parts === null) return WHOLE;
  const [, firstText, lastText, suffixText] = parts;
  if (firstText === undefined) {
    const suffixBytes = Number(suffixText);
    if (suffixBytes === 0) return { kind: 'unsatisfiable' };
    // No Content-Range can name a part of an empty body.
    if (sizeBytes === 0) return WHOLE;
    return { kind: 'part', range: { first: Math.max(0, sizeBytes - suffixBytes), last: sizeBytes - 1 } };
  }
  const first = Number(firstText);
  const last = lastText === '' ? sizeBytes - 1 : Number(lastText);
  // An int-range that ends before it begins is invalid, which is another thing than unsatisfiable (14.1.1).
  if (lastText !== '' && last < first) return WHOLE;
  if (first >= sizeBytes) return { kind: 'unsatisfiable' };
  return { kind: 'part', range: { first, last: Math.min(last, sizeBytes - 1) } };
}

/** What a Range may be served from: the strong ETag and the modification time of the stored object. */
export interface Validators {
  etag: string;
  lastModified: Date;
}

/**
 * True when the Range of a request counts. If-Range compares strongly (RFC 9110, 13.1.5): a weak tag never matches, and
 * a date only if it is exact and the object was not changed within the second that the date names.
 */
export function ifRangeHolds(header: string | undefined, { etag, lastModified }: Validators, nowMs: number) {
  if (header === undefined) return true;
  const value = header.trim();
  if (value.startsWith('"')) return value === etag;
  const dateMs = Date.parse(value);
  const modifiedSecondMs = Math.floor(lastModified.getTime() / 1000) * 1000;
  return dateMs === modifiedSecondMs && nowMs - modifiedSecondMs >= 1000;
}

const opaque = (tag: string) => tag.trim().replace(/^W\//, '');

/** If-None-Match by weak comparison (RFC 9110, 13.1.2), else If-Modified-Since to the second (13.1.3). */
export function isNotModified(
  headers: { ifNoneMatch: string | undefined; ifModifiedSince: string | undefined },
  { etag, lastModified }: Validators,
): boolean {
  if (headers.ifNoneMatch !== undefined) {
    // As almost all say it.
    if (headers.ifNoneMatch === etag) return true;
    if (headers.ifNoneMatch.trim() === '*') return true;
    const tags = headers.ifNoneMatch.match(/(?:W\/)?"[^"]*"/g) ?? [];
    return tags.some((tag) => opaque(tag) === opaque(etag));
  }
  if (headers.ifModifiedSince === undefined) return false;
  const sinceMs = Date.parse(headers.ifModifiedSince);
  return !Number.isNaN(sinceMs) && Math.floor(lastModified.getTime() / 1000) * 1000 <= sinceMs;
}
