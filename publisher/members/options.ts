/** What the web server needs for members' feeds. */
import type { MemberFeeds } from '../../src/catalog/index.ts';
import type { AskDiscord } from './role-check.ts';

export interface MembersOptions {
  feeds: Pick<MemberFeeds, 'byHash' | 'learn'>;
  /** Undefined: there is nobody to ask, and only what the bot is told counts. */
  askDiscord?: AskDiscord | undefined;
  /** How long the last word of Discord holds while there is no newer one. */
  graceMs: number;
  /** `redirect`: audio comes from the store, by a link that it signs; where it cannot sign, from us all the same. */
  delivery: 'stream' | 'redirect';
  /** One member's address is used from too many places: told once a day and member. */
  onShared?: ((shared: { guildId: string; showId: string; userId: string }) => void) | undefined;
}
