/**
 * Tells a cache before us that addresses must not be served any more. Every CDN has its own way: one request an address
 * (bunny.net, Fastly), or one with a list of them (Cloudflare, "Purge by single-file", up to 30 in the free plan).
 */

export interface PurgeSettings {
  /** `{url}` stands for an address that is percent-encoded, `{address}` for one as it is, without its scheme. */
  readonly url: string;
  /** Name and value. */
  readonly header: readonly [string, string] | undefined;
}

export type Purge = (urls: readonly string[]) => Promise<void>;

const AT_ONCE = 30;
const PATIENCE_MS = 20_000;

/** Rejects with a sentence when the cache does not say yes. The address is the operator's own setting. */
export const createPurge =
  ({ url, header }: PurgeSettings): Purge =>
  async (urls) => {
    for (const { address, body } of requestsFor(url, [...new Set(urls)])) {
      const response = await fetch(address, {
        method: 'POST',
        headers: {
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...(header && { [header[0]]: header[1] }),
        },
        ...(body !== undefined && { body }),
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE_MS),
      }).catch((cause: unknown) => {
        throw new Error(`The cache at CDN_PURGE_URL cannot be reached (${(cause as Error).message}).`, {
          cause,
        });
      });
      await response.body?.cancel();
      if (!response.ok)
        throw new Error(
          `The cache at CDN_PURGE_URL answers with status ${response.status}; see CDN_PURGE_HEADER.`,
        );
    }
  };

function requestsFor(url: string, urls: readonly string[]): { address: string; body?: string }[] {
  if (/\{(url|address)\}/.test(url))
    return urls.map((each) => ({
      address: url
        .replaceAll('{url}', encodeURIComponent(each))
        .replaceAll('{address}', each.replace(/^https?:\/\//, '')),
    }));
  return Array.from({ length: Math.ceil(urls.length / AT_ONCE) }, (_, index) => ({
    address: url,
    body: JSON.stringify({ files: urls.slice(index * AT_ONCE, (index + 1) * AT_ONCE) }),
  }));
}
