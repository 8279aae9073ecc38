import { describe, expect, test } from 'vitest';
import {
  isSilence,
  opusPacketSamples,
  SILENCE_20_MS,
  SILENCE_2_5_MS,
} from '../../../recorder/ogg/opus-packet.ts';

const toc = (config: number, code: number) => (config << 3) | code;
const packet = (first: number, rest: number[] = [], padTo = 0) =>
  Uint8Array.from([first, ...rest, ...new Array<number>(Math.max(0, padTo - rest.length - 1)).fill(0)]);

describe('length by configuration, one frame (RFC 6716 table 2)', () => {
  const ms = [
    ...[10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 40, 60], // SILK
    ...[10, 20, 10, 20], // hybrid
    ...[2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20], // CELT
  ];
  test.each(ms.map((each, config) => [config, each]))('configuration %i is %f ms', (config, each) => {
    expect(opusPacketSamples(packet(toc(config, 0), [1, 2, 3]))).toBe(each * 48);
    expect(opusPacketSamples(packet(toc(config, 0) | 4, [1, 2, 3]))).toBe(each * 48); // stereo
  });
});

describe('several frames in a packet', () => {
  test.each([
    ['code 1: two equal frames', packet(toc(31, 1), [1, 2, 3, 4]), 1920],
    ['code 1: an odd rest', packet(toc(31, 1), [1, 2, 3]), null],
    ['code 2: first of 2 bytes', packet(toc(31, 2), [2, 9, 9, 9]), 1920],
    ['code 2: first longer than the packet', packet(toc(31, 2), [5, 9, 9]), null],
    ['code 2: no length at all', packet(toc(31, 2)), null],
    ['code 2: two-byte length cut short', packet(toc(31, 2), [252]), null],
    ['code 2: two-byte length', packet(toc(31, 2), [252, 1], 300), 1920],
    ['code 3: six frames of 20 ms, the most', packet(toc(31, 3), [6, 1, 2, 3, 4, 5, 6]), 5760],
    ['code 3: seven frames of 20 ms', packet(toc(31, 3), [7, 1, 2, 3, 4, 5, 6, 7]), null],
    ['code 3: two frames of 60 ms', packet(toc(3, 3), [2, 1, 2]), 5760],
    ['code 3: three frames of 60 ms', packet(toc(3, 3), [3, 1, 2, 3]), null],
    ['code 3: 48 frames of 2.5 ms', packet(toc(28, 3), [48]), 5760],
    ['code 3: no frames', packet(toc(31, 3), [0]), null],
    ['code 3: no count byte', packet(toc(31, 3)), null],
    ['code 3: constant rate that does not divide', packet(toc(31, 3), [2, 1, 2, 3]), null],
    ['code 3: padding', packet(toc(31, 3), [0x42, 2, 1, 1, 0, 0]), 1920],
    ['code 3: more padding than packet', packet(toc(31, 3), [0x42, 9, 1, 1]), null],
    ['code 3: padding length missing', packet(toc(31, 3), [0x42]), null],
    [
      'code 3: long padding (255 is 254 and another byte)',
      packet(toc(31, 3), [0x42, 255, 1, 1, 1], 4 + 255 + 2),
      1920,
    ],
    ['code 3: variable rate', packet(toc(31, 3), [0x82, 1, 9, 8, 8]), 1920],
    ['code 3: variable rate, lengths too long', packet(toc(31, 3), [0x83, 1, 3, 9, 8]), null],
    ['code 3: variable rate, length missing', packet(toc(31, 3), [0x83, 1]), null],
  ] as const)('%s', (_, opus, samples) => {
    expect(opusPacketSamples(opus)).toBe(samples);
  });
});

test.each([
  ['nothing', Uint8Array.of(), null],
  ['a table of contents alone (DTX)', Uint8Array.of(0x78), 960],
  ['a frame of 1275 bytes, the longest', packet(toc(31, 0), [], 1276), 960],
  ['a frame of 1276 bytes', packet(toc(31, 0), [], 1277), null],
  ['the silence of Discord', SILENCE_20_MS, 960],
  ['2.5 ms of silence', SILENCE_2_5_MS, 120],
] as const)('%s', (_, opus, samples) => {
  expect(opusPacketSamples(opus)).toBe(samples);
});

test.each([
  [SILENCE_20_MS, true],
  [SILENCE_2_5_MS, true],
  [Uint8Array.of(0xfc, 0xff, 0xfe), true],
  [Uint8Array.of(0x78), true],
  [Uint8Array.of(0xf8, 0xff, 0xfd), false],
  [Uint8Array.of(0xf8, 0xff, 0xfe, 0), false],
])('%o carries no sound: %s', (opus, silent) => {
  expect(isSilence(opus)).toBe(silent);
});
