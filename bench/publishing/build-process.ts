/** The process that builds a feed and nothing else: what it takes of time and memory, its episodes and its validator included. */
import { hash } from 'node:crypto';
import { renderDocuments } from '../../publisher/feed/document.ts';
import { sampleFeed } from './sample-feed.ts';

const episodes = Number(process.argv[2]);
const startRss = process.memoryUsage.rss();
const startedCpu = process.cpuUsage();
const startedMs = performance.now();
const show = sampleFeed(episodes);
const { main } = renderDocuments(show, {
  pagedAfter: episodes,
  archiveUrl: () => {
    throw new Error('All episodes stand in the feed');
  },
});
const body = Buffer.from(main);
const etag = hash('sha256', body);
const ms = performance.now() - startedMs;
const { user, system } = process.cpuUsage(startedCpu);
// maxRSS is in kilobytes, whatever the system counts in (Node.js, process.resourceUsage).
const peakMb = (process.resourceUsage().maxRSS * 1024 - startRss) / 1e6;
console.log(
  JSON.stringify({
    ms,
    cpuMs: (user + system) / 1000,
    peakMb,
    bytes: body.length,
    etag,
    items: main.split('<item>').length - 1,
  }),
);
