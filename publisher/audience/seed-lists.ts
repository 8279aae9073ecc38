/**
 * What is known of user agents before an operator has fetched OPAWG's lists: the apps that most listeners use and what most
 * often fetches without listening, under the names that OPAWG gives them, so that figures go on under the same names.
 */
import type { AgentEntry, AgentLists } from './agent-lists.ts';

/**
 * What says of itself that it is no listener, whatever lists there are: Discord's own, which fetches what people link to, is
 * not in OPAWG's.
 */
export const SELF_NAMED_BOTS: readonly AgentEntry[] = [
  { name: 'Discord', pattern: 'Discordbot/' },
  // What calls itself one. Cubot and the like are telephones, so the word has to begin or to end there.
  { name: 'Unknown bot', pattern: '(^|[^A-Za-z])[Bb]ot([^A-Za-z]|$)|[a-z]Bot[/;) ]|bot[/;)]' },
  { name: 'Unknown crawler', pattern: '[Cc]rawler|[Ss]pider|[Ss]craper|HeadlessChrome|[Vv]alidator' },
  { name: 'Command line', pattern: '^(curl|Wget|wget|HTTPie|aria2)/' },
];

/** By list. */
export const SEED_LISTS: AgentLists = {
  bots: [
    // IAB Tech Lab, Podcast Technical Measurement Guidelines 2.3, 5.5.2 step 1.2: duplicates of paired Apple Watches.
    { name: 'Apple Podcasts (Watch)', pattern: '^atc/|\\(null\\) watchOS/' },
    { name: 'Apple Podcasts automated checks', pattern: '(iTMS|itunesstored|itms)' },
    { name: 'Podcast Index', pattern: '[Pp]odcast[Ii]ndex' },
    { name: 'Podping', pattern: '[Pp]odping' },
    ...SELF_NAMED_BOTS,
  ],
  apps: [
    {
      name: 'Apple Podcasts',
      pattern: '^(Podcasts|Balados|Podcasti|Podcastit|Podcasty|Podkaster|Podcaster)/',
    },
    { name: 'Spotify', pattern: '^Spotify/' },
    { name: 'Overcast', pattern: '^Overcast/' },
    { name: 'Pocket Casts', pattern: '^Pocket ?Casts|^PocketCasts/|Shifty Jelly' },
    { name: 'AntennaPod', pattern: '^AntennaPod/|^de\\.danoeh\\.antennapod' },
    { name: 'Castro', pattern: '^Castro' },
    { name: 'Podverse', pattern: '^Podverse/' },
    { name: 'Fountain', pattern: '^[Ff]ountain(\\.fm)?/' },
    { name: 'Castbox', pattern: '^CastBox/|^Castbox/' },
    { name: 'Podcast Addict', pattern: '^PodcastAddict/|^Podcast ?Addict' },
    { name: 'Podcast Guru', pattern: '^PodcastGuru|^Podcast Guru' },
    { name: 'Amazon Music', pattern: '^AmazonMusic' },
    { name: 'YouTube Music', pattern: '^YouTube ?Music|com\\.google\\.android\\.apps\\.youtube\\.music' },
    { name: 'Deezer', pattern: '^Deezer/' },
    { name: 'iTunes', pattern: '^iTunes/' },
    { name: 'VLC', pattern: '^VLC/|LibVLC' },
    { name: 'gPodder', pattern: '^gPodder/' },
    { name: 'Audiobookshelf', pattern: '^audiobookshelf' },
  ],
  libraries: [
    { name: 'AppleCoreMedia', pattern: '^AppleCoreMedia(/|$)' },
    { name: 'ExoPlayer (Android)', pattern: ' ExoPlayerLib/' },
    { name: 'Dalvik', pattern: '^Dalvik[/ ]' },
    { name: 'stagefright', pattern: 'stagefright/' },
    { name: 'okhttp', pattern: 'okhttp', category: 'bot' },
    { name: 'ffmpeg', pattern: '^Lavf/', category: 'bot' },
    { name: 'Go Http Client', pattern: '^Go-http-client', category: 'bot' },
    { name: 'Python', pattern: '^[Pp]ython', category: 'bot' },
    { name: 'Java Platform Default', pattern: '^Java(-http-client)?/', category: 'bot' },
    { name: 'Node', pattern: '^(axios|node-fetch|undici|got)(/|$)|^node$', category: 'bot' },
  ],
  browsers: [
    { name: 'Opera', pattern: 'OPR/' },
    { name: 'Edge', pattern: 'Edg(A|iOS)?/' },
    { name: 'Firefox', pattern: 'Firefox/|FxiOS/' },
    { name: 'Chrome', pattern: 'Chrome/|CriOS/' },
    { name: 'Safari', pattern: 'AppleWebKit.*Safari/' },
  ],
  devices: [
    { name: 'Apple HomePod', pattern: 'HomePod', category: 'smart_speaker' },
    { name: 'Apple TV', pattern: 'Apple ?TV', category: 'smart_tv' },
    { name: 'Apple Watch', pattern: 'Watch', category: 'watch' },
    { name: 'Apple mobile', pattern: 'iPhone|iPad|iPod|iOS|CFNetwork', category: 'mobile' },
    { name: 'Android', pattern: 'Android', category: 'mobile' },
    { name: 'Computer', pattern: 'Macintosh|Mac OS X|Windows|X11|Linux|CrOS', category: 'computer' },
  ],
  referrers: [
    { name: 'Apple Podcasts', pattern: '^https://(embed\\.)?podcasts\\.apple\\.com', category: 'app' },
    { name: 'Podverse', pattern: '://podverse\\.fm/', category: 'app' },
  ],
};
