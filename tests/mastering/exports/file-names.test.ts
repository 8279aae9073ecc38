import { expect, test } from 'vitest';
import {
  cutName,
  rangeName,
  safeNamePart,
  sessionName,
  speakerName,
} from '../../../src/mastering/exports/file-names.ts';

test.each([
  ['Ada', 'Ada'],
  ['  Ada   Lovelace ', 'Ada Lovelace'],
  ['../../etc/passwd', '-..-etc-passwd'],
  ['a/b\\c:d*e?f"g<h>i|j', 'a-b-c-d-e-f-g-h-i-j'],
  ['tab\tnew\nline\0nul\x7f', 'tab new line nul'],
  ['...', 'Speaker'],
  ['', 'Speaker'],
  ['\u202Egpj.exe', 'gpj.exe'],
  ['ends with dots...', 'ends with dots'],
  ['👩‍🚀 Łukasz', '👩‍🚀 Łukasz'],
  ['مقدمة', 'مقدمة'],
  ['שלום עולם', 'שלום עולם'],
  ['e\u0301', 'é'],
  ['lone \ud800 half', 'lone \ufffd half'],
])('%j becomes %j', (text, expected) => {
  expect(safeNamePart(text, 'Speaker')).toBe(expected);
});

test.each([
  ['short', 200, 'short'],
  ['👩‍🚀👩‍🚀', 15, '👩‍🚀'],
  ['ééé', 5, 'éé'],
  ['a b c', 4, 'a b'],
])('%j cut to %i bytes', (text, maxBytes, expected) => {
  expect(cutName(text, maxBytes)).toBe(expected);
});

test('a session and a part of it, by the day and the clock of the people who were there', () => {
  const startedAtMs = Date.parse('2026-11-22T23:30:00Z');
  expect(sessionName(startedAtMs, 'Ask us: anything?', 'UTC')).toBe('2026-11-22 Ask us- anything-');
  expect(sessionName(startedAtMs, '...', 'Europe/Brussels')).toBe('2026-11-23 Session');
  expect(speakerName({ number: 3, displayName: '👩‍🚀 نورا' })).toBe('03 👩‍🚀 نورا');
  expect(rangeName(600_000_000, 4_205_900_000)).toBe(' 00h10m00s-01h10m05s');
});

test('the longest of all names fits into every file system', () => {
  const longest = `${sessionName(0, '👩‍👩‍👧‍👦'.repeat(50), 'UTC')}${rangeName(0, 1e12)} - ${speakerName({
    number: 100,
    displayName: 'נ'.repeat(100),
  })}.flac`;
  expect(Buffer.byteLength(longest)).toBeLessThanOrEqual(255);
});
