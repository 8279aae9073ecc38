/** Links to what is for producers alone: they prove who made them and end by themselves. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** What the signature is for stands inside the signed text, so that no link of ours can pass for one of another kind. */
const PURPOSES = {
  rawTracks: 'stagecast raw-tracks v1',
  export: 'stagecast export v1',
  audience: 'stagecast audience v1',
} as const;
type Purpose = keyof typeof PURPOSES;

interface Signer {
  /** Without a trailing slash. */
  baseUrl: string;
  signingKey: Uint8Array;
}

function signatureOf(signingKey: Uint8Array, purpose: Purpose, id: string, expiresAtSeconds: string): Buffer {
  return createHmac('sha256', signingKey).update(`${PURPOSES[purpose]}\n${id}\n${expiresAtSeconds}`).digest();
}

/** The query that proves a link of ours. */
function sign(signingKey: Uint8Array, purpose: Purpose, id: string, expiresAtMs: number): string {
  const expires = String(Math.floor(expiresAtMs / 1000));
  const signature = signatureOf(signingKey, purpose, id, expires).toString('base64url');
  return `?expires=${expires}&signature=${signature}`;
}

/** The address under which a session's tracks download as one zip until `expiresAtMs` (Unix time). */
export const signRawTracksLink = (
  { baseUrl, signingKey }: Signer,
  sessionId: string,
  expiresAtMs: number,
): string =>
  `${baseUrl}/raw/${encodeURIComponent(sessionId)}/tracks.zip${sign(signingKey, 'rawTracks', sessionId, expiresAtMs)}`;

/** The page of an export, until `expiresAtMs`; its files have the same query. */
export const signExportLink = (
  { baseUrl, signingKey }: Signer,
  exportId: string,
  expiresAtMs: number,
): string =>
  `${baseUrl}/exports/${encodeURIComponent(exportId)}/${sign(signingKey, 'export', exportId, expiresAtMs)}`;

/** The figures of a show as JSON, until `expiresAtMs`. */
export const signAudienceLink = (
  { baseUrl, signingKey }: Signer,
  show: { id: string; slug: string },
  expiresAtMs: number,
): string =>
  `${baseUrl}/api/shows/${encodeURIComponent(show.slug)}/audience${sign(signingKey, 'audience', show.id, expiresAtMs)}`;

/** The same right as a token, for programs that ask again and again. */
export function audienceToken(signingKey: Uint8Array, showId: string, expiresAtMs: number): string {
  const query = new URLSearchParams(sign(signingKey, 'audience', showId, expiresAtMs));
  return `${query.get('expires') ?? ''}.${query.get('signature') ?? ''}`;
}

/** `tampered` is every link that we did not make; only a link of ours can be `expired`. */
export type LinkVerdict = 'valid' | 'expired' | 'tampered';

export function checkLink(
  signingKey: Uint8Array,
  purpose: Purpose,
  id: string,
  query: { expires: string | undefined; signature: string | undefined },
  nowMs: number,
): LinkVerdict {
  const { expires, signature } = query;
  if (expires === undefined || signature === undefined || !/^\d{1,12}$/.test(expires)) return 'tampered';
  const expected = signatureOf(signingKey, purpose, id, expires);
  const given = Buffer.from(signature, 'base64url');
  // base64url reads several texts as the same bytes; only the one we wrote counts.
  const canonical = given.toString('base64url') === signature;
  if (!canonical || given.length !== expected.length || !timingSafeEqual(given, expected)) return 'tampered';
  return nowMs < Number(expires) * 1000 ? 'valid' : 'expired';
}
