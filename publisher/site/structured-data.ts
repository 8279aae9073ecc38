/** What pages say to machines: schema.org as JSON-LD, safe to stand inside an HTML element. */

// HTML, section 4.12.1.3: `</script` and `<!--` end or change the element, whatever the JSON around them says. U+2028 and
// U+2029 end lines for old script engines; bidi controls would turn round what a person reads in the page's source.
const UNSAFE = /[<>&\u2028\u2029\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]/g;

/** JSON in which every such character is written as its escape; parsed, it is the same. */
export function jsonForHtml(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** ISO 8601, as schema.org/Duration wants it: `PT1H2M3S`. */
export function isoDuration(seconds: number): string {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return `PT${h > 0 ? `${h}H` : ''}${m > 0 ? `${m}M` : ''}${s > 0 || (h === 0 && m === 0) ? `${s}S` : ''}`;
}

export interface SeriesFacts {
  title: string;
  description: string;
  author: string;
  language: string;
  pageUrl: string;
  imageUrl: string;
  feedUrl: string;
}

const series = ({ title, pageUrl, feedUrl, ...more }: Partial<SeriesFacts>) => ({
  '@type': 'PodcastSeries',
  name: title,
  url: pageUrl,
  webFeed: feedUrl,
  ...(more.description === undefined
    ? {}
    : {
        description: more.description,
        inLanguage: more.language,
        image: more.imageUrl,
        author: { '@type': 'Organization', name: more.author },
      }),
});

export const seriesData = (facts: SeriesFacts): string =>
  jsonForHtml({ '@context': 'https://schema.org', ...series(facts) });

export interface EpisodeFacts {
  title: string;
  description: string;
  language: string;
  pageUrl: string;
  imageUrl: string;
  publishedIso: string;
  durationSeconds: number;
  season: number | null;
  number: number | null;
  audio: readonly { url: string; mimeType: string }[];
  transcriptUrl: string | undefined;
  series: Pick<SeriesFacts, 'title' | 'pageUrl' | 'feedUrl'>;
}

export function episodeData(facts: EpisodeFacts): string {
  const duration = isoDuration(facts.durationSeconds);
  return jsonForHtml({
    '@context': 'https://schema.org',
    '@type': 'PodcastEpisode',
    name: facts.title,
    description: facts.description,
    url: facts.pageUrl,
    image: facts.imageUrl,
    inLanguage: facts.language,
    datePublished: facts.publishedIso,
    duration,
    ...(facts.number === null ? {} : { episodeNumber: facts.number }),
    ...(facts.season === null
      ? {}
      : { partOfSeason: { '@type': 'PodcastSeason', seasonNumber: facts.season } }),
    partOfSeries: series(facts.series),
    associatedMedia: facts.audio.map(({ url, mimeType }) => ({
      '@type': 'AudioObject',
      contentUrl: url,
      encodingFormat: mimeType,
      duration,
      ...(facts.transcriptUrl === undefined ? {} : { transcript: facts.transcriptUrl }),
    })),
  });
}
