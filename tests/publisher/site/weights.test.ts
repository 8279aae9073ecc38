/** How heavy pages are: below 50 KB with all they load but audio, however long the talk was. */
import { describe, expect, test } from 'vitest';
import { SAMPLE_PATHS, startSampleSite } from './support/sample-site.ts';

const MOST_BYTES = 50_000;
const HOUR = 3600;

/**
 * `plain`: the page with its styles and scripts as they stand in a store that compresses nothing. `sent`: the page with
 * everything that a browser fetches for it, pictures too, as it is sent.
 */
async function weigh(site: string, path: string) {
  const fetched = async (address: string, encoding: string) => {
    const response = await fetch(new URL(address, site + path), { headers: { 'Accept-Encoding': encoding } });
    expect([address, response.status < 400 || path === SAMPLE_PATHS.message]).toEqual([address, true]);
    // `fetch` unpacks what comes compressed: its length is what it was on the way.
    const body = Buffer.from(await response.arrayBuffer());
    return { body, sent: Number(response.headers.get('content-length') ?? body.length) };
  };
  const html = (await fetched(path, 'identity')).body;
  const loaded = [
    ...html.toString().matchAll(/<(?:script|img)\s(?:[^>]*\s)?src="([^"]+)"/g),
    ...html.toString().matchAll(/<link rel="(?:stylesheet|icon)" href="([^"]+)"/g),
  ].map(([, address]) => address!);
  let plain = html.length;
  let sent = html.length;
  for (const address of new Set(loaded)) {
    if (!/\.(?:webp|jpg)$/.test(address)) plain += (await fetched(address, 'identity')).sent;
    sent += (await fetched(address, 'br')).sent;
  }
  return { path, html: html.length, plain, sent };
}

describe('a page weighs less than 50 KB', () => {
  test.each([
    ['with a transcript of 42 minutes', {}, { plain: MOST_BYTES }],
    ['with a transcript of three hours', { transcriptSeconds: 3 * HOUR }, { plain: MOST_BYTES }],
    ['without a transcript', { transcriptSeconds: 0 }, { plain: MOST_BYTES }],
    [
      'with notes and titles as long as they get, a hundred chapters, and a colour',
      {
        show: { description: 'A word and another. '.repeat(500), brand: { accent: '#0a7d5a' } },
        episode: {
          title: 'A title that is as long as titles get, and then some more of it. '.repeat(4),
          notes: 'A note that goes on for a while. '.repeat(300),
          chapters: Array.from({ length: 100 }, (_, index) => ({
            startUs: index * 25e6,
            title: `Chapter ${index}, of which there are many`,
          })),
        },
      },
      // More than anybody writes: then it is what is sent that counts.
      { plain: 60_000 },
    ],
  ])('%s', async (name, options, most) => {
    const { url } = await startSampleSite(options);
    for (const [page, path] of Object.entries(SAMPLE_PATHS)) {
      if (page === 'transcript' && name === 'without a transcript') continue;
      const weight = await weigh(url, path);
      expect(weight.html).toBeGreaterThan(500);
      if (process.env.SHOW_WEIGHTS) process.stdout.write(`${name}: ${JSON.stringify(weight)}\n`);
      expect(weight.sent).toBeLessThan(MOST_BYTES);
      expect(weight.plain).toBeLessThan(most.plain);
    }
  });
});
