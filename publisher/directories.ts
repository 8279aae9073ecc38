/**
 * Which of the big directories and catchers fetches a feed, by how it names itself. The names are those that OPAWG collects
 * (opawg/podcast-rss-useragents, src/rss-ua.json; opawg/user-agents-v2, bots). Whoever likes may call itself so.
 */

const DIRECTORIES: readonly (readonly [name: string, agent: RegExp])[] = [
  // Its scraper; the apps do not fetch feeds any more.
  ['Apple Podcasts', /iTMS|\bitms\b/],
  ['Spotify', /^Spotify\//],
  ['Amazon Music', /^Amazon Music Podcast/],
  ['Overcast', /^Overcast\/\S+ Podcast Sync/],
  ['Pocket Casts', /^PocketCasts\//],
  ['Podcast Index', /^Podcastindex\.org\//i],
  ['Google', /Google-Podcast/],
  ['Deezer', /^Deezer Podcasters\//],
  ['Pandora', /^PandoraRSSCrawler/],
  ['Player FM', /PlayerFM\/\S+ Podcast Sync/],
  ['Castbox', /CastboxFeedParser/],
  ['Castro', /^Tentacles/],
  ['iVoox', /iVoox/],
  ['Podchaser', /^Podchaser-?Parser/],
  ['Listen Notes', /^ListenNotes/],
  ['Feedly', /^Feedly\//],
];

/** Longer ones are none of theirs. */
const MOST_CHARACTERS = 500;

export function directoryOf(userAgent: string | undefined): string | undefined {
  if (userAgent === undefined || userAgent.length > MOST_CHARACTERS) return undefined;
  return DIRECTORIES.find(([, agent]) => agent.test(userAgent))?.[0];
}
