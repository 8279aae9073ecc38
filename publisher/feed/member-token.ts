/**
 * A token in a feed that is otherwise shared: fragments are rendered once, with a slot where each member's token goes. The
 * slot is a character that XML cannot hold and that is stripped from every text, so that no title can ask for a token.
 */
import type { FeedShow } from './model.ts';
import { escapeXml, type Escaped } from './xml.ts';

/** U+FFFF, "not a character". Put it into addresses as it is: URL objects would encode it. */
export const TOKEN_SLOT = '\uFFFF';

/** An address as the value of an attribute, its slots left open. */
export function address(url: string): Escaped {
  return { escaped: url.split(TOKEN_SLOT).map(escapeXml).join(TOKEN_SLOT) };
}

/** `token` is hex or base64url: nothing in it needs escaping. Throws for any other. */
export function fillTokens(fragment: string, token: string): string {
  if (!/^[\w-]+$/.test(token)) throw new TypeError('A token has letters, digits, _ and - only');
  return fragment.replaceAll(TOKEN_SLOT, token);
}

/** What a feed of one member says of itself: no directory may list it, no host import it, nobody be told of changes. */
export function asPrivate(show: FeedShow): FeedShow {
  return {
    ...show,
    ...{ locked: true, itunesBlock: true, blocks: [{ blocked: true }] },
    ...{ usesPodping: false, hubUrls: [], newFeedUrl: undefined, applePodcastsVerify: undefined },
    txts: show.txts?.filter(({ purpose }) => purpose !== 'verify' && purpose !== 'applepodcastsverify'),
  };
}
