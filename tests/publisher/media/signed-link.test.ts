import { expect, test } from 'vitest';
import { checkLink, signRawTracksLink } from '../../../publisher/media/signed-link.ts';

const signingKey = Buffer.alloc(32, 7);
const sessionId = '5e550000-0000-4000-8000-000000000001';
const expiresAtMs = Date.parse('2026-11-29T12:00:00Z');
const link = new URL(
  signRawTracksLink({ baseUrl: 'https://podcasts.example.org', signingKey }, sessionId, expiresAtMs),
);
const given = {
  expires: link.searchParams.get('expires') ?? undefined,
  signature: link.searchParams.get('signature') ?? undefined,
};

test('a link says where, until when, and by whom', () => {
  expect(link.origin + link.pathname).toBe(`https://podcasts.example.org/raw/${sessionId}/tracks.zip`);
  expect(given.expires).toBe('1795953600');
  expect(Buffer.from(given.signature!, 'base64url')).toHaveLength(32);
  expect(checkLink(signingKey, 'rawTracks', sessionId, given, expiresAtMs - 1)).toBe('valid');
});

const other = (text: string) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
test.each([
  ['at its end', {}, expiresAtMs, 'expired'],
  ['long after', {}, expiresAtMs * 2, 'expired'],
  ['later expiry written in', { expires: '1999999999' }, 0, 'tampered'],
  ['expiry padded', { expires: `0${given.expires}` }, 0, 'tampered'],
  ['expiry in words', { expires: 'never' }, 0, 'tampered'],
  ['expiry beyond numbers', { expires: '9'.repeat(40) }, 0, 'tampered'],
  ['no expiry', { expires: undefined }, 0, 'tampered'],
  ['no signature', { signature: undefined }, 0, 'tampered'],
  ['empty signature', { signature: '' }, 0, 'tampered'],
  ['one letter changed', { signature: other(given.signature!) }, 0, 'tampered'],
  ['cut short', { signature: given.signature!.slice(0, -1) }, 0, 'tampered'],
  ['padded', { signature: `${given.signature}=` }, 0, 'tampered'],
  ['plain base64 alphabet', { signature: `${given.signature!.slice(0, -1)}+` }, 0, 'tampered'],
  ['expired and changed', { signature: other(given.signature!) }, expiresAtMs * 2, 'tampered'],
])('%s', (_case, change, nowMs, verdict) => {
  expect(checkLink(signingKey, 'rawTracks', sessionId, { ...given, ...change }, nowMs)).toBe(verdict);
});

test('a link of another kind or session, or under another key, is none of ours', () => {
  expect(checkLink(signingKey, 'export', sessionId, given, 0)).toBe('tampered');
  expect(checkLink(signingKey, 'rawTracks', `${sessionId}2`, given, 0)).toBe('tampered');
  expect(checkLink(Buffer.alloc(32, 8), 'rawTracks', sessionId, given, 0)).toBe('tampered');
});
