import { describe, expect, test } from 'vitest';
import { audioStartOf } from '../../../publisher/audience/audio-start.ts';
import {
  dayOf,
  filterReason,
  joinSpans,
  type MediaRequest,
  thresholdOf,
} from '../../../publisher/audience/counting.ts';
import { listenerHash, networkHash } from '../../../publisher/audience/listener-hash.ts';

const listening: MediaRequest = {
  ...{ method: 'GET', status: 200, range: undefined, agentText: 'Overcast/3.0' },
  ...{ agent: { kind: 'app', name: 'Overcast', device: 'mobile' }, hasAddress: true, isDataCenter: false },
};

describe('a request counts, or is filtered for a reason', () => {
  test.each<[Partial<MediaRequest>, string | undefined]>([
    [{}, undefined],
    [{ status: 206, range: 'bytes=0-' }, undefined],
    [{ status: 302 }, undefined],
    [{ method: 'HEAD' }, 'head'],
    [{ method: 'OPTIONS' }, 'no-audio'],
    [{ status: 304 }, 'no-audio'],
    [{ status: 416 }, 'no-audio'],
    [{ status: 500 }, 'no-audio'],
    [{ status: 206, range: 'bytes=0-1' }, 'probe'],
    [{ status: 206, range: 'Bytes= 0-1 ' }, 'probe'],
    [{ status: 206, range: 'bytes=0-10' }, undefined],
    [{ agentText: '' }, 'anonymous'],
    [{ hasAddress: false }, 'anonymous'],
    [{ agentText: 'atc/1.0 watchOS/7.3 model/Watch6,4 hwp/t8301 build/18S801 (6; dt:227)' }, 'watch'],
    [{ agentText: '(null)/(null) watchOS/7.0 model/Watch5,1' }, 'watch'],
    [
      { agentText: 'AppleCoreMedia/1.0.0.18S821 (Apple Watch; U; CPU OS 7_3_2 like Mac OS X; de_de)' },
      undefined,
    ],
    [{ agent: { kind: 'bot', name: 'x', device: 'unknown' } }, 'bot'],
    [{ agent: { kind: 'unknown', name: 'Unknown', device: 'unknown' } }, undefined],
    [{ isDataCenter: true }, 'data-center'],
    [{ isDataCenter: true, method: 'HEAD' }, 'head'],
  ])('%j: %s', (fields, reason) => {
    expect(filterReason({ ...listening, ...fields })).toBe(reason);
  });
});

describe('a minute of audio', () => {
  test.each([
    // 128 kbit/s for ten minutes, without and with a header.
    [
      { bytes: 9_600_000, durationUs: 600e6, audioStart: 0 },
      { fromByte: 0, enoughBytes: 960_000 },
    ],
    [
      { bytes: 9_700_000, durationUs: 600e6, audioStart: 100_000 },
      { fromByte: 100_000, enoughBytes: 960_000 },
    ],
    // Up to a minute: all of it, header included.
    [
      { bytes: 960_000, durationUs: 60e6, audioStart: 5_000 },
      { fromByte: 0, enoughBytes: 960_000 },
    ],
    [
      { bytes: 500, durationUs: 1e6, audioStart: 0 },
      { fromByte: 0, enoughBytes: 500 },
    ],
    // A header that claims more than there is.
    [
      { bytes: 9_600_000, durationUs: 600e6, audioStart: 9_600_000 },
      { fromByte: 0, enoughBytes: 9_600_000 },
    ],
  ])('%j', (file, threshold) => {
    expect(thresholdOf(file)).toEqual(threshold);
  });

  const id3 = (size: number[], flags = 0) => Buffer.from([...Buffer.from('ID3'), 4, 0, flags, ...size, 0, 0]);
  const box = (name: string, bytes: number) => {
    const head = Buffer.alloc(16);
    head.writeUInt32BE(bytes);
    head.write(name, 4);
    return head;
  };
  test.each<[string, Buffer, number]>([
    ['MP3 without a tag', Buffer.from([0xff, 0xfb, 0x90, 0x64, 0, 0, 0, 0, 0, 0, 0, 0]), 0],
    ['ID3v2 of 257 bytes', id3([0, 0, 2, 1]), 267],
    ['ID3v2 with a footer', id3([0, 0, 2, 1], 0x10), 277],
    ['ID3v2 that claims 256 MB', id3([127, 127, 127, 127]), 1_000_000],
    ['ID3 cut off', Buffer.from('ID3'), 0],
    ['MP4 with its tables first', Buffer.concat([box('ftyp', 16), box('moov', 50_000)]), 50_024],
    ['MP4 with its audio first', Buffer.concat([box('ftyp', 16), box('mdat', 50_000)]), 24],
    ['MP4 whose box has no size', Buffer.concat([box('ftyp', 16), box('moov', 0), Buffer.alloc(20)]), 0],
    ['Ogg', Buffer.from('OggS000000000000'), 0],
    ['nothing', Buffer.alloc(0), 0],
  ])('begins after the header: %s', (_, head, start) => {
    expect(audioStartOf(head, 1_000_000)).toBe(start);
  });
});

test.each<[[number, number][], [number, number][]]>([
  [[], []],
  [[[5, 5]], []],
  [
    [
      [0, 10],
      [10, 20],
    ],
    [[0, 20]],
  ],
  [
    [
      [10, 20],
      [0, 10],
    ],
    [[0, 20]],
  ],
  [
    [
      [0, 30],
      [10, 20],
    ],
    [[0, 30]],
  ],
  [
    [
      [0, 10],
      [11, 20],
    ],
    [
      [0, 10],
      [11, 20],
    ],
  ],
])('%j are %j', (spans, joined) => {
  expect(joinSpans(spans)).toEqual(joined);
});

test('a day is one of UTC', () => {
  expect(dayOf(Date.parse('2026-11-22T23:59:59.999Z'))).toBe('2026-11-22');
  expect(dayOf(Date.parse('2026-11-23T00:30:00+01:00'))).toBe('2026-11-22');
});

test('a hash is the same for one listener under one salt, another for all else, and shows nothing', () => {
  const [salt, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const one = listenerHash(salt, '4:1', 'Overcast');
  expect(listenerHash(salt, '4:1', 'Overcast')).toBe(one);
  expect(one).toMatch(/^[\w-]{22}$/);
  const others = [
    listenerHash(other, '4:1', 'Overcast'),
    listenerHash(salt, '4:2', 'Overcast'),
    listenerHash(salt, '4:1', 'Castro'),
    networkHash(salt, '4:1\nOvercast'),
  ];
  expect(new Set([one, ...others]).size).toBe(5);
});
