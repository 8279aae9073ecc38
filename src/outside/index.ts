/** The one way to addresses that others have named: feeds, art, chapters, hubs. Never into a network that is not public. */
import type { OutsideRules } from './agents.ts';
import { type Download, downloadOutside, type DownloadRequest } from './download.ts';
import { requestOutside } from './request.ts';
import { type BytesRequest, fetchBytes, type OutsideDocument } from './text.ts';

export { checkAddress, type OutsideRules } from './agents.ts';
export type { Download } from './download.ts';
export { OutsideError } from './error.ts';
export { decodeText, type OutsideDocument } from './text.ts';

export interface Outside {
  /** A document as a whole. Throws OutsideError. */
  bytes(url: string, request: BytesRequest): Promise<OutsideDocument>;
  /** A large file, on from where a try before it broke off. Throws OutsideError. */
  download(url: string, request: DownloadRequest): Promise<Download>;
  /** Says something to a server; what it says but for its status is not read. Throws OutsideError. */
  tell(
    url: string,
    init: { method: 'GET' | 'POST'; headers?: Record<string, string>; body?: string },
  ): Promise<{ status: number }>;
}

export const createOutside = (rules: OutsideRules): Outside => ({
  bytes: (url, request) => fetchBytes(url, rules, request),
  download: (url, request) => downloadOutside(url, rules, request),
  async tell(url, init) {
    const answer = await requestOutside(url, rules, init);
    answer.close();
    return { status: answer.status };
  },
});
