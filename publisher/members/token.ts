/** The token in a member's address: derived, so that it need not be kept, and looked up by its hash. */
import { createHash, createHmac } from 'node:crypto';

/** Name of the installation's secret that tokens are derived from. */
export const MEMBERS_SECRET = 'members-feeds';

export interface TokenSubject {
  showId: string;
  userId: string;
  generation: number;
}

/** 256 bits as base64url, 43 characters. The parts hold no line feed, so no two subjects run into one. */
export const memberToken = (secret: Uint8Array, { showId, userId, generation }: TokenSubject): string =>
  createHmac('sha256', secret).update(`${showId}\n${userId}\n${generation}`).digest('base64url');

/** For routes; whatever looks otherwise is no token of ours. */
export const TOKEN_PATTERN = '[A-Za-z0-9_-]{43}';

/** Lower-case hex. */
export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('hex');
