/** One member's feed, out of what all of them have in common. */
import type { MemberFeed, Show } from '../../src/catalog/index.ts';
import { textsFor } from '../../templates/messages/index.ts';
import { joinFeed } from '../feed/document.ts';
import { renderItem } from '../feed/item.ts';
import { fillTokens } from '../feed/member-token.ts';
import { addressOf, showPageKey } from '../site/addresses.ts';
import type { MembersFeed, MembersPage } from '../site/members-feed.ts';
import type { LapsedSound } from './lapsed-sound.ts';

type Owned = Pick<MemberFeed, 'token_hash'>;

/** Names the document as it stands for this member, before it is rendered. */
export const etagOf = ({ digest }: Pick<MembersPage, 'digest'>, feed: Owned): string =>
  `"${digest}.${feed.token_hash.slice(0, 16)}"`;

export const lapsedEtagOf = (
  { digest }: Pick<MembersPage, 'digest'>,
  feed: Owned & Pick<MemberFeed, 'role_changed_at'>,
): string => `"${digest}.lapsed-${feed.role_changed_at.getTime()}.${feed.token_hash.slice(0, 16)}"`;

/** The feed, or a page of its archive. */
export const ownPage = ({ head, items }: MembersPage, token: string): string =>
  joinFeed(fillTokens(head, token), [fillTokens(items, token)]);

/** One short episode that says how to come back, so that an app does not take the feed for broken. */
export function lapsedFeed(
  { lapsedHead }: MembersFeed,
  token: string,
  { show, feed, baseUrl, sound }: { show: Show; feed: MemberFeed; baseUrl: string; sound: LapsedSound },
): string {
  const { members: say } = textsFor(show.language);
  const item = renderItem({
    guid: `${show.podcast_guid}/members/lapsed`,
    title: say.lapsedTitle,
    notes: say.lapsedNotes(show.title),
    pageUrl: addressOf(baseUrl, showPageKey(show.slug)),
    publishedAt: feed.role_changed_at,
    durationUs: sound.durationUs,
    explicit: false,
    enclosure: { url: `${baseUrl}${sound.path}`, bytes: sound.body.length, mimeType: 'audio/mpeg' },
    alternates: [],
    chaptersUrl: undefined,
  });
  return joinFeed(fillTokens(lapsedHead, token), [item]);
}
