/** What the public web server needs of others. */
import type { Logger } from 'pino';
import type { Catalog, Episodes, Exports, Guilds, Sessions, Shows, Webinars } from '../src/catalog/index.ts';
import type { AudienceOptions } from './audience/serve-counted.ts';
import type { FeedFetches } from './feed-fetches.ts';
import type { MembersOptions } from './members/options.ts';
import type { MediaStore } from './media/store.ts';

export interface PublisherOptions {
  /** Private feeds of members; left out, there are none. */
  members?: MembersOptions;
  catalog: {
    guilds: Pick<Guilds, 'byId'>;
    shows: Pick<Shows, 'byId' | 'bySlug' | 'byDomain' | 'listPublished'>;
    episodes: Pick<Episodes, 'retracted'>;
    webinars: Pick<Webinars, 'upcomingOf'>;
    sessions: Pick<Sessions, 'byId'>;
    exports: Pick<Exports, 'byId'>;
  };
  media: MediaStore;
  sessionsFolder: string;
  exportsFolder: string;
  /** How far an export is, 0 to 100. */
  percentOf: (exportId: string) => number;
  /** Keeps who of the directories fetched a feed last. */
  feedFetches?: Pick<FeedFetches, 'note'>;
  /** News of the catalog: a feed that was written anew is served at once, not a second later. */
  watch?: Catalog['watch'];
  /** Proves that links for producers are ours. */
  signingKey: Uint8Array;
  /** Without a trailing slash. */
  baseUrl: string;
  /** Undefined: nobody counts who listens. */
  audience?: AudienceOptions | undefined;
  logger: Logger;
  /** Milliseconds since 1970. */
  nowMs?: () => number;
}
