import { expect, test } from 'vitest';
import { attachment } from '../../../publisher/media/attachment.ts';

test('a download names itself twice: in ASCII, and in full', () => {
  expect(attachment(`2026-11-22 "Ada's" 100% 🎙️.zip`)).toBe(
    `attachment; filename="2026-11-22 _Ada's_ 100_ ___.zip"; ` +
      `filename*=UTF-8''2026-11-22%20%22Ada%27s%22%20100%25%20%F0%9F%8E%99%EF%B8%8F.zip`,
  );
});
