/** What a folder of published files needs besides them, so that any web server serves it as it was served here. Pure. */

/** Types that are part of what apps expect, and that few servers know (podcast namespace, chapters.md and transcript.md). */
const TYPES: readonly (readonly [ending: string, type: string])[] = [
  ['m4a', 'audio/x-m4a'],
  ['opus', 'audio/ogg'],
  ['vtt', 'text/vtt'],
  ['srt', 'application/x-subrip'],
  ['ics', 'text/calendar; charset=utf-8'],
  ['opml', 'text/x-opml; charset=utf-8'],
  ['webp', 'image/webp'],
];
const FEED = 'application/rss+xml; charset=utf-8';
const CHAPTERS = 'application/json+chapters';

const nginx = (): string => `# Include this in the server block whose root is this folder.
gzip_static on;
gzip_vary on;
location ~ /feed(-archive-[0-9]+)?\\.xml$ {
  types { }
  default_type "${FEED}";
  add_header Access-Control-Allow-Origin *;
  add_header Cache-Control "public, max-age=300";
}
location ~ /chapters\\.json$ {
  types { }
  default_type ${CHAPTERS};
  add_header Access-Control-Allow-Origin *;
}
${TYPES.map(
  ([ending, type]) => `location ~ \\.${ending}$ {
  types { }
  default_type "${type}";
  add_header Access-Control-Allow-Origin *;
}`,
).join('\n')}
location ~ /(media|art|assets)/ {
  add_header Access-Control-Allow-Origin *;
}
`;

const apache = (): string => `# Read by Apache where AllowOverride lets it (FileInfo, Options).
AddDefaultCharset utf-8
DirectoryIndex index.html
${TYPES.map(([ending, type]) => `AddType "${type}" .${ending}`).join('\n')}
<FilesMatch "^feed(-archive-[0-9]+)?\\.xml$">
  ForceType "${FEED}"
</FilesMatch>
<FilesMatch "^chapters\\.json$">
  ForceType ${CHAPTERS}
</FilesMatch>
<IfModule mod_headers.c>
  Header set Access-Control-Allow-Origin "*"
</IfModule>
`;

/** Netlify, Cloudflare Pages and others read it. Cloudflare takes one `*` a rule, and names for parts of a path. */
const headers = (): string =>
  `/shows/:show/feed.xml
  Content-Type: ${FEED}
  Access-Control-Allow-Origin: *
/shows/:show/episodes/:episode/chapters.json
  Content-Type: ${CHAPTERS}
  Access-Control-Allow-Origin: *
/media/*
  Access-Control-Allow-Origin: *
/art/*
  Access-Control-Allow-Origin: *
`;

export interface ExportedShow {
  title: string;
  feedUrl: string;
  podcastGuid: string;
  inFeed: number;
  /** In no list, and fetched by whoever has their address. */
  unlisted: number;
}

export interface ReadmeFacts {
  baseUrl: string;
  shows: readonly ExportedShow[];
  leftOut: readonly string[];
}

const readme = ({
  baseUrl,
  shows,
  leftOut,
}: ReadmeFacts): string => `Podcasts, as they are published, for any web server
==================================================

Serve this folder at ${baseUrl}/ : every address in the feeds and on the pages begins with that. For another address, export anew
with --base-url; nothing here is to be edited by hand.

${shows
  .map(
    ({ title, feedUrl, podcastGuid, inFeed, unlisted }) =>
      `${title}\n  feed          ${feedUrl}\n  podcast:guid  ${podcastGuid}\n  episodes      ${inFeed}${unlisted === 0 ? '' : ` and ${unlisted} unlisted: let the server list no folders`}`,
  )
  .join('\n\n')}

The server must
- answer byte ranges (every real one does): players seek by them;
- serve index.html for folders;
- serve feed.xml as ${FEED}, chapters.json as ${CHAPTERS}, .vtt as text/vtt, .srt as application/x-subrip, .m4a as audio/x-m4a.
  nginx.conf is a snippet for nginx, .htaccess for Apache, _headers for Netlify and Cloudflare Pages.

feed.xml.gz and feed.xml.br are the same feeds compressed, for servers that send such files (gzip_static); others ignore them.

To move listeners here, let the former feed lead to the new one (301 and itunes:new-feed-url) for at least 4 weeks. The guids and the
podcast:guid are the same, so that apps know every episode.

Not in here: what is for members alone, recordings and raw tracks, figures of who listens, webinars that are still to come.
${leftOut.length === 0 ? '' : `\nLeft out, and why:\n${leftOut.map((line) => `- ${line}`).join('\n')}\n`}`;

/** By path in the folder. */
export const staticFiles = (facts: ReadmeFacts): Record<string, string> => ({
  'README.txt': readme(facts),
  'nginx.conf': nginx(),
  '.htaccess': apache(),
  _headers: headers(),
});
