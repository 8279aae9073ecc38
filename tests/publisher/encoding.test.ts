import { expect, test } from 'vitest';
import { preferredEncoding } from '../../publisher/encoding.ts';

// RFC 9110, section 12.5.3, with its own examples among them.
test.each<[string | undefined, string | undefined]>([
  [undefined, undefined],
  ['', undefined],
  ['identity', undefined],
  ['gzip', 'gzip'],
  ['br', 'br'],
  ['gzip, deflate, br, zstd', 'br'],
  ['compress, gzip', 'gzip'],
  ['*', 'br'],
  ['compress;q=0.5, gzip;q=1.0', 'gzip'],
  ['gzip;q=1.0, identity; q=0.5, *;q=0', 'gzip'],
  ['gzip;q=0.8, br;q=0.2', 'gzip'],
  ['GZIP', 'gzip'],
  ['br;q=0, gzip;q=0', undefined],
  ['br;q=0, *', 'gzip'],
  ['identity;q=1, gzip;q=0.5', undefined],
  ['br;q=nonsense', undefined],
  [',,;q=1,', undefined],
])('%s', (header, expected) => {
  expect(preferredEncoding(header, ['br', 'gzip'])).toBe(expected);
});

test('what is not there is not chosen', () => {
  expect(preferredEncoding('br, gzip', ['gzip'])).toBe('gzip');
  const none: 'gzip'[] = [];
  expect(preferredEncoding('br, gzip', none)).toBeUndefined();
});
