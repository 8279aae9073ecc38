import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { fromBufferPromise } from 'yauzl';
import { text } from 'node:stream/consumers';
import { audacityFileList, audacityLabels } from '../../../src/mastering/exports/audacity.ts';
import { metadataXml, projectXml } from '../../../src/mastering/exports/dawproject.ts';
import { documentsOf } from '../../../src/mastering/exports/documents.ts';
import { quoted, reaperProject } from '../../../src/mastering/exports/reaper.ts';
import type { Timeline } from '../../../src/mastering/exports/timeline.ts';

const timeline: Timeline = {
  title: 'Ask <us> & them',
  format: 'wav',
  startedAtMs: Date.parse('2026-11-22T18:00:00Z'),
  samples: 480_000,
  tracks: [
    { number: 1, name: 'Ada "the <first>" 👩‍🚀', fileName: 'x - 01 Ada.wav', channels: 1 },
    { number: 2, name: 'مقدمة\n\'`"', fileName: 'x - 02 مقدمة & co.wav', channels: 2 },
  ],
  markers: [
    { atUs: 1_234_567, name: 'Wel\tcome' },
    { atUs: 9_000_000, name: 'A "quoted" one\u0000\uffff' },
  ],
};

test('Audacity: labels by tabs, each name on its line, and every track at zero', () => {
  expect(audacityLabels(timeline.markers)).toEqual([
    '1.234567\t1.234567\tWel come',
    '9.000000\t9.000000\tA "quoted" one \uffff',
  ]);
  expect(audacityFileList(['a b.wav'])).toEqual(['file "a b.wav" offset 0']);
});

/** Reads what Reaper reads: blocks, words with one of three marks around them. */
function parseRpp(project: string) {
  type Block = { words: string[]; lines: string[][]; blocks: Block[] };
  const wordsOf = (line: string) =>
    [...line.matchAll(/"([^"]*)"|'([^']*)'|`([^`]*)`|(\S+)/g)].map(([, a, b, c, d]) => a ?? b ?? c ?? d!);
  const top: Block = { words: [], lines: [], blocks: [] };
  const open = [top];
  for (const line of project.split('\n').map((each) => each.trim())) {
    if (line === '>') open.pop();
    else if (line.startsWith('<')) {
      const block = { words: wordsOf(line.slice(1)), lines: [], blocks: [] };
      open.at(-1)!.blocks.push(block);
      open.push(block);
    } else open.at(-1)!.lines.push(wordsOf(line));
  }
  expect(open).toHaveLength(1);
  return top.blocks[0]!;
}

test('Reaper: a track per speaker, its file at zero and as long as all, and the markers', () => {
  const { words, lines, blocks } = parseRpp(reaperProject(timeline));
  expect(words[0]).toBe('REAPER_PROJECT');
  expect(lines.filter(([word]) => word === 'MARKER')).toEqual([
    ['MARKER', '1', '1.234567000', 'Wel come', '0'],
    ['MARKER', '2', '9.000000000', 'A "quoted" one \uffff', '0'],
  ]);
  expect(lines).toContainEqual(['TIMELOCKMODE', '0']);
  expect(blocks.map(({ words: [kind], lines: [name] }) => [kind, name])).toEqual([
    ['TRACK', ['NAME', '01 Ada "the <first>" 👩‍🚀']],
    // All three marks are in the name: one has to give way.
    ['TRACK', ['NAME', `02 مقدمة ''"`]],
  ]);
  for (const [index, track] of blocks.entries()) {
    const [item] = track.blocks;
    expect(item?.lines).toEqual(
      expect.arrayContaining([
        ['POSITION', '0'],
        ['LENGTH', '10.000000000'],
        ['LOOP', '0'],
      ]),
    );
    expect(item?.blocks[0]).toMatchObject({
      words: ['SOURCE', 'WAVE'],
      lines: [['FILE', timeline.tracks[index]!.fileName]],
    });
  }
});

test.each([
  ['plain', '"plain"'],
  ['a "b"', `'a "b"'`],
  [`a "b" 'c'`, '`a "b" \'c\'`'],
  ['two\nlines', '"two lines"'],
])('Reaper quotes %j as %s', (name, expected) => expect(quoted(name)).toBe(expected));

/** DAWproject's own schemas; not part of this repository. */
const SCHEMAS =
  process.env['DAWPROJECT_SCHEMAS'] ?? path.join(import.meta.dirname, '../../../../shared/dawproject');
const schema = (name: string) => path.join(SCHEMAS, name);
const documents = [
  ['project.xml', 'Project.xsd', projectXml(timeline, { external: true, folder: '' })],
  [
    'project.xml with its audio inside',
    'Project.xsd',
    projectXml(timeline, { external: false, folder: 'audio/' }),
  ],
  [
    'project.xml without markers',
    'Project.xsd',
    projectXml({ ...timeline, markers: [] }, { external: true, folder: '' }),
  ],
  ['metadata.xml', 'MetaData.xsd', metadataXml(timeline)],
] as const;

test.each(documents)('DAWproject: %s is well-formed', async (_, __, xml) => {
  const result = await validateXML({ xml: [{ fileName: 'x.xml', contents: xml }], normalization: 'format' });
  expect(result.errors).toEqual([]);
});

const without = existsSync(schema('Project.xsd'))
  ? ''
  : ` (skipped: DAWPROJECT_SCHEMAS is not set, and there are none in ${SCHEMAS})`;
test.skipIf(without !== '').each(documents)(
  `DAWproject: %s is valid by %s${without}`,
  async (_, xsd, xml) => {
    const validate = (contents: string) =>
      validateXML({ xml: [{ fileName: 'x.xml', contents }], schema: [readFileSync(schema(xsd), 'utf8')] });
    expect((await validate(xml)).errors).toEqual([]);
    expect(
      (await validate(xml.replace(/<(Track|Title)/, '<Wrong').replace(/<\/(Track|Title)/, '</Wrong'))).valid,
    ).toBe(false);
  },
);

test('DAWproject: clips at zero over the whole length, markers in seconds, files beside it', () => {
  const xml = projectXml(timeline, { external: true, folder: '' });
  expect(xml.match(/<Clip [^>]*>/g)).toHaveLength(2);
  for (const clip of xml.match(/<Clip [^>]*>/g)!)
    expect(clip).toContain('time="0" duration="10.000000000" playStart="0"');
  expect(xml).toContain('<File path="x - 02 مقدمة &amp; co.wav" external="true"/>');
  expect(xml).toContain('<Marker time="1.234567000" name="Wel come"/>');
  expect(xml).toContain('name="Ada &quot;the &lt;first&gt;&quot; 👩‍🚀"');
});

test('the documents of an export: the project file is a zip of two, which yauzl reads', async () => {
  const all = documentsOf('2026-11-22 Show', timeline, ['A note.']);
  expect(all.map(({ name }) => name)).toEqual([
    '2026-11-22 Show - 00 Read me.txt',
    '2026-11-22 Show - 00 Markers (Audacity).txt',
    '2026-11-22 Show - 00 All tracks (Audacity).lof',
    '2026-11-22 Show - 00 Project (Reaper).rpp',
    '2026-11-22 Show - 00 Project.dawproject',
  ]);
  const zip = await fromBufferPromise(all.at(-1)!.body, { strictFileNames: true });
  const entries = new Map<string, string>();
  for await (const entry of zip.eachEntry())
    entries.set(entry.fileName, await text(await zip.openReadStreamPromise(entry)));
  expect([...entries.keys()]).toEqual(['project.xml', 'metadata.xml']);
  expect(entries.get('metadata.xml')).toContain('<Title>Ask &lt;us&gt; &amp; them</Title>');
  expect(documentsOf('x', { ...timeline, format: 'opus', markers: [] }, []).map(({ name }) => name)).toEqual([
    'x - 00 Read me.txt',
    'x - 00 All tracks (Audacity).lof',
    'x - 00 Project (Reaper).rpp',
  ]);
  expect(String(all[0]!.body)).toContain('A note.\r\n');
});
