import { createServer } from 'node:http';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  createClassifier,
  LIST_NAMES,
  listSchema,
  MOST_AGENT_CHARACTERS,
} from '../../../publisher/audience/agent-lists.ts';
import { patternFault } from '../../../publisher/audience/pattern-safety.ts';
import { pinLists, readPinnedLists } from '../../../publisher/audience/pinned-lists.ts';
import { SEED_LISTS } from '../../../publisher/audience/seed-lists.ts';
import { temporaryFolder } from '../shelf.ts';

/** OPAWG's lists, where they lie beside the project. */
const OPAWG = path.join(import.meta.dirname, '../../../../shared/opawg');
const hasOpawg = existsSync(OPAWG);

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';
const PODCASTS = 'Podcasts/1650.20 CFNetwork/1333.0.4 Darwin/21.5.0';

/** Agents as apps and bots send them; by the seed and by OPAWG's lists alike. */
const AGENTS: [agent: string, kind: string, name: string][] = [
  [PODCASTS, 'app', 'Apple Podcasts'],
  ['Overcast/3.0 (+http://overcast.fm/; iOS podcast app)', 'app', 'Overcast'],
  ['Spotify/8.9.10 Android/34 (Pixel 7)', 'app', 'Spotify'],
  ['AntennaPod/3.4.0', 'app', 'AntennaPod'],
  ['Castro 2024.10/1634', 'app', 'Castro'],
  ['AppleCoreMedia/1.0.0.20G75 (iPhone; U; CPU OS 16_6 like Mac OS X; en_us)', 'library', 'AppleCoreMedia'],
  [CHROME, 'browser', 'Chrome'],
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'bot', ''],
  ['Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)', 'bot', ''],
  ['atc/1.0 watchOS/7.3 model/Watch6,4 hwp/t8301 build/18S801 (6; dt:227)', 'bot', 'Apple Podcasts (Watch)'],
  ['python-requests/2.31.0', 'bot', ''],
  ['Go-http-client/2.0', 'bot', 'Go Http Client'],
  ['curl/8.4.0', 'bot', ''],
  ['NobodyKnowsThis/1.0', 'unknown', 'Unknown'],
];

describe('the seed', () => {
  const classify = createClassifier(SEED_LISTS);
  test.each(AGENTS)('%s', (agent, kind, name) => {
    const found = classify(agent, undefined);
    expect(found.kind).toBe(kind);
    if (name !== '') expect(found.name).toBe(name);
  });

  test('holds to the rules for lists', () => {
    for (const name of LIST_NAMES)
      expect(listSchema.safeParse({ entries: SEED_LISTS[name] }).success).toBe(true);
  });

  test('a telephone whose name ends in bot is no bot', () => {
    const cubot =
      'Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36';
    expect(classify(cubot, undefined)).toEqual({ kind: 'browser', name: 'Chrome', device: 'mobile' });
  });

  test('a browser on a site that plays podcasts is that site’s app', () => {
    const site = 'https://podcasts.apple.com/be/podcast/x';
    expect(classify(CHROME, site)).toMatchObject({ kind: 'app', name: 'Apple Podcasts' });
    expect(classify(PODCASTS, 'https://podverse.fm/x')).toMatchObject({ name: 'Apple Podcasts' });
  });

  test('line breaks and length hide nothing and cost nothing', () => {
    expect(classify('Over\r\ncast/3.0', undefined).name).toBe('Overcast');
    expect(classify(`${'x'.repeat(MOST_AGENT_CHARACTERS)}Googlebot/2.1`, undefined).kind).toBe('unknown');
  });
});

describe.skipIf(!hasOpawg)('OPAWG’s lists (skipped where they do not lie beside the project)', () => {
  const readAll = async () => (await pinLists(await temporaryFolder(), OPAWG)).lists;

  test.each(AGENTS)('%s', async (agent, kind, name) => {
    const found = createClassifier(await readAll())(agent, undefined);
    expect(found.kind).toBe(kind);
    if (name !== '') expect(found.name).toBe(name);
  });

  test('no agent makes their patterns slow', async () => {
    const classify = createClassifier(await readAll());
    const pieces = [
      'x',
      'Macintosh',
      'Windows',
      'AppleWebKit',
      'Android ',
      '1.',
      'Headliner/+',
      'Mozilla/5.0 (',
      ' (KHTML',
      '_',
    ];
    classify(CHROME, CHROME);
    for (const piece of [...pieces, pieces.join('')]) {
      const agent = piece.repeat(1_000);
      const startMs = performance.now();
      classify(agent, agent);
      // Some milliseconds; a pattern that goes exponential takes ages.
      expect(performance.now() - startMs).toBeLessThan(500);
    }
  });
});

describe('patterns from outside', () => {
  test.each([
    ['(a+)+$', 'it repeats a group'],
    ['(a|a)*$', 'it repeats a group'],
    ['(?:a|b){2,}x', 'it repeats a group'],
    ['([a-z]+)*', 'it repeats a group'],
    ['(.*)\\1', 'it refers back to a group'],
    ['(?=x)y', 'it looks ahead or behind, or names a group'],
    ['(?<!x)y', 'it looks ahead or behind, or names a group'],
    ['.*a.*b.*c.*d', 'it repeats too many wildcards without a bound'],
    ['(.*|x)(.*|x)(.*|x)(.*|x)', 'it repeats too many wildcards without a bound'],
    ['\\d+a\\d+b\\d+c\\d+d\\d+e\\d+f\\d+', 'it repeats too many things without a bound'],
    ['a{1,100000}', 'it repeats something more than 100 times'],
    ['[', 'it is no regular expression'],
    ['a(', 'it is no regular expression'],
    ['x'.repeat(4_001), 'it has more than 4000 characters'],
    ['^Acast.+([Aa]ndroid|iOS|Darwin)', undefined],
    ['a*|b*|c*|d*|e*|f*|g*', undefined],
    ['Mobile/[0-9A-Z]{6,}', undefined],
    ['[^)]+\\)\\+\\*[+*]', undefined],
    ['^https\\://((make|disco)\\.)?x', undefined],
  ])('%s: %s', (pattern, fault) => {
    expect(patternFault(pattern)).toBe(fault);
  });
});

describe('lists are pinned', () => {
  async function folderOfLists() {
    const folder = await temporaryFolder();
    for (const name of LIST_NAMES)
      await writeFile(
        path.join(folder, `${name}.runtime.json`),
        JSON.stringify({ entries: [{ name: `One of ${name}`, pattern: `^${name}/` }] }),
      );
    return folder;
  }

  test('out of a folder, with where, when and their hashes, until they are fetched again', async () => {
    const [from, dataFolder] = [await folderOfLists(), await temporaryFolder()];
    expect(await readPinnedLists(dataFolder)).toEqual({ lists: SEED_LISTS, source: undefined });
    await pinLists(dataFolder, from, new Date('2026-11-22T12:00:00Z'));
    await writeFile(path.join(from, 'apps.runtime.json'), '{"entries":[]}');
    const { lists, source } = await readPinnedLists(dataFolder);
    expect(lists.apps).toEqual([{ name: 'One of apps', pattern: '^apps/' }]);
    expect(source).toMatchObject({ from, fetchedAt: '2026-11-22T12:00:00.000Z' });
    expect(source?.sha256.apps).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ['no JSON', 'no json'],
    ['another form', '{"entries":[{"name":"x"}]}'],
    ['a pattern that could be made slow', '{"entries":[{"name":"x","pattern":"(a+)+$"}]}'],
  ])('not when one of them is %s; then the former stay', async (_, text) => {
    const [from, dataFolder] = [await folderOfLists(), await temporaryFolder()];
    await pinLists(dataFolder, from);
    await writeFile(path.join(from, 'bots.runtime.json'), text);
    await expect(pinLists(dataFolder, from)).rejects.toThrow('bots.runtime.json');
    expect((await readPinnedLists(dataFolder)).lists.bots).toHaveLength(1);
  });

  test('a file that was changed by hand is not taken for what was fetched', async () => {
    const [from, dataFolder] = [await folderOfLists(), await temporaryFolder()];
    await pinLists(dataFolder, from);
    const file = path.join(dataFolder, 'audience', 'agent-lists.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('One of bots', 'None of bots'));
    await expect(readPinnedLists(dataFolder)).rejects.toThrow('damaged');
  });

  test('over HTTP, from this machine alone without TLS; redirects and endless answers are refused', async () => {
    const from = await folderOfLists();
    let mode: 'good' | 'moved' | 'endless' | 'gone' = 'good';
    const server = createServer((request, response) => {
      const name = path.basename(request.url ?? '');
      if (mode === 'moved') response.writeHead(302, { Location: '/elsewhere' }).end();
      else if (mode === 'gone') response.writeHead(404).end();
      else if (mode === 'endless') {
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(65_536)));
        };
        response.on('drain', more);
        more();
      } else void readFile(path.join(from, name)).then((body) => response.end(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/build/`;
    const dataFolder = await temporaryFolder();
    expect((await pinLists(dataFolder, address)).lists.apps).toHaveLength(1);
    for (const [bad, why] of [
      ['moved', 'cannot be read'],
      ['gone', '404'],
      ['endless', 'more than'],
    ] as const) {
      mode = bad;
      await expect(pinLists(dataFolder, address)).rejects.toThrow(why);
    }
    await expect(pinLists(dataFolder, 'http://lists.example.org')).rejects.toThrow('https://');
    server.closeAllConnections();
  });

  test('a folder without lists changes nothing', async () => {
    const dataFolder = await temporaryFolder();
    await mkdir(path.join(dataFolder, 'audience'));
    await expect(pinLists(dataFolder, path.join(dataFolder, 'none'))).rejects.toThrow('Nothing was changed');
    await cp(await folderOfLists(), path.join(dataFolder, 'x'), { recursive: true });
    expect((await readPinnedLists(dataFolder)).source).toBeUndefined();
  });
});
