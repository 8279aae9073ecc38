import { expect, test } from 'vitest';
import { attachment, cutName, safeNamePart } from '../../../publisher/media/file-name.ts';

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

test('a download names itself twice: in ASCII, and in full', () => {
  expect(attachment(`2026-11-22 "Ada's" 100% 🎙️.zip`)).toBe(
    `attachment; filename="2026-11-22 _Ada's_ 100_ ___.zip"; ` +
      `filename*=UTF-8''2026-11-22%20%22Ada%27s%22%20100%25%20%F0%9F%8E%99%EF%B8%8F.zip`,
  );
});
