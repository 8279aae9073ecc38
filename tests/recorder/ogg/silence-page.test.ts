import { expect, test } from 'vitest';
import { SILENCE_20_MS } from '../../../recorder/ogg/opus-packet.ts';
import { decodePage, encodePage } from '../../../recorder/ogg/page.ts';
import {
  SILENCE_PAGE_BYTES,
  SILENCE_PAGE_SAMPLES,
  silencePages,
} from '../../../recorder/ogg/silence-page.ts';
import { seededRandom } from '../support/network.ts';

const packets = new Array<Uint8Array>(240).fill(SILENCE_20_MS);

test('pages whose checksum was looked up are those whose checksum was taken, wherever they are', () => {
  const random = seededRandom(3);
  const places = [
    { serial: 1, samples: 0, sequence: 2 },
    { serial: 7, samples: 2 ** 32 - 2 * SILENCE_PAGE_SAMPLES, sequence: 2 ** 32 - 2 },
    ...Array.from({ length: 200 }, () => ({
      serial: Math.floor(random() * 2 ** 32),
      samples: Math.floor(random() * 2 ** 48),
      sequence: Math.floor(random() * 2 ** 32),
    })),
  ];
  for (const { serial, ...place } of places) {
    const pages = silencePages(serial, place, 4);
    const taken = [1, 2, 3, 4].map((count) =>
      encodePage(
        {
          ...{ flags: 0, serial, granule: place.samples + count * SILENCE_PAGE_SAMPLES },
          sequence: (place.sequence + count - 1) % 2 ** 32,
        },
        packets,
      ),
    );
    expect(pages.equals(Buffer.concat(taken))).toBe(true);
  }
  expect(decodePage(silencePages(1, { samples: 0, sequence: 2 }, 1), 0)).toMatchObject({
    bytes: SILENCE_PAGE_BYTES,
    sequence: 2,
  });
});
