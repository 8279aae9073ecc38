/** Links to a session's raw tracks that prove who made them and end by themselves. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** What the signature is for stands inside the signed text, so that no other link of ours can pass for one of these. */
const PURPOSE = 'stagecast raw-tracks v1';

function signatureOf(signingKey: Uint8Array, sessionId: string, expiresAtSeconds: string): Buffer {
  return createHmac('sha256', signingKey).update(`${PURPOSE}\n${sessionId}\n${expiresAtSeconds}`).digest();
}

/** The address under which a session's tracks download as one zip until `expiresAtMs` (Unix time). */
export function signRawTracksLink(
  { baseUrl, signingKey }: { baseUrl: string; signingKey: Uint8Array },
  sessionId: string,
  expiresAtMs: number,
): string {
  const expires = String(Math.floor(expiresAtMs / 1000));
  const signature = signatureOf(signingKey, sessionId, expires).toString('base64url');
  return `${baseUrl}/raw/${encodeURIComponent(sessionId)}/tracks.zip?expires=${expires}&signature=${signature}`;
}

/** `tampered` is every link that we did not make; only a link of ours can be `expired`. */
export type LinkVerdict = 'valid' | 'expired' | 'tampered';

export function checkRawTracksLink(
  signingKey: Uint8Array,
  sessionId: string,
  query: { expires: string | undefined; signature: string | undefined },
  nowMs: number,
): LinkVerdict {
  const { expires, signature } = query;
  if (expires === undefined || signature === undefined || !/^\d{1,12}$/.test(expires)) return 'tampered';
  const expected = signatureOf(signingKey, sessionId, expires);
  const given = Buffer.from(signature, 'base64url');
  // base64url reads several texts as the same bytes; only the one we wrote counts.
  const canonical = given.toString('base64url') === signature;
  if (!canonical || given.length !== expected.length || !timingSafeEqual(given, expected)) return 'tampered';
  return nowMs < Number(expires) * 1000 ? 'valid' : 'expired';
}
