/** Makes members' addresses. Here alone a token comes to be; it leaves in an address, and what stays is its hash. */
import type { Holder, MemberFeed, MemberFeeds, Membership } from '../../src/catalog/index.ts';
import { membersPath } from '../site/members-feed.ts';
import { qrPng } from './qr-png.ts';
import { hashOfToken, memberToken } from './token.ts';

/** A bearer link, for the eyes of one member. */
export interface PrivateLink {
  /** Opens the feed in an app. */
  pageUrl: string;
  feedUrl: string;
  /** The page, as a QR code. */
  qrPng: Uint8Array;
}

export interface MemberLinks {
  /** The member's own; made when they have none. Throws NotInCatalogError. */
  open(holder: Holder, membership: Membership): Promise<PrivateLink>;
  /** Another; the one before stops working for good. Throws NotInCatalogError. */
  renew(holder: Holder, membership: Membership): Promise<PrivateLink>;
}

export interface MemberLinksOptions {
  feeds: Pick<MemberFeeds, 'open' | 'renew'>;
  /** Of the installation, named by MEMBERS_SECRET. */
  secret: Uint8Array;
  /** Without a trailing slash. */
  baseUrl: string;
}

export function createMemberLinks({ feeds, secret, baseUrl }: MemberLinksOptions): MemberLinks {
  const tokenOf = ({ showId, userId }: Holder, generation: number) =>
    memberToken(secret, { showId, userId, generation });
  const linkOf = (holder: Holder, { generation }: MemberFeed): PrivateLink => {
    const pageUrl = `${baseUrl}${membersPath(tokenOf(holder, generation))}`;
    return { pageUrl, feedUrl: `${pageUrl}feed.xml`, qrPng: qrPng(pageUrl) };
  };
  const makingFor = (holder: Holder, membership: Membership) => ({
    ...{ membership, at: new Date() },
    hashOf: (generation: number) => hashOfToken(tokenOf(holder, generation)),
  });
  return {
    open: async (holder, membership) =>
      linkOf(holder, await feeds.open(holder, makingFor(holder, membership))),
    renew: async (holder, membership) =>
      linkOf(holder, await feeds.renew(holder, makingFor(holder, membership))),
  };
}
