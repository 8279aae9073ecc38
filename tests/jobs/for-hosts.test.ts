import { expect, test } from 'vitest';
import { forHosts } from '../../src/jobs/for-hosts.ts';
import { DISK_FULL } from '../../src/mastering/index.ts';

test.each([
  ["ENOSPC: no space left on device, open '/srv/my data/scratch/cover.jpg'", DISK_FULL],
  ['EDQUOT: disk quota exceeded, write', DISK_FULL],
  ['/srv/d/a.mp3: No space left on device', DISK_FULL],
  [
    "EACCES: permission denied, open '/srv/my data/media/a b.mp3'",
    "EACCES: permission denied, open 'a b.mp3'",
  ],
  ["EACCES: permission denied, mkdir '/srv'", "EACCES: permission denied, mkdir 'srv'"],
  ['"/nowhere/ffmpeg" could not be started.', '"ffmpeg" could not be started.'],
  ['/srv/d/sessions/5e55 cannot be read as a session', '5e55 cannot be read as a session'],
  [
    'exit 1\n/srv/d/x.ogg: Invalid data\n[mp3 @ 0x5] /srv/y/z.mp3',
    'exit 1\nx.ogg: Invalid data\n[mp3 @ 0x5] z.mp3',
  ],
  ['https://example.org/v1/audio answered 503. Type /episode remaster', undefined],
  ['Nobody was heard and/or understood, 24/7.', undefined],
])('%s', (reason, told = reason) => {
  expect(forHosts(reason)).toBe(told);
});
