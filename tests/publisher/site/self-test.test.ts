/** A new file as apps will ask for it, from servers that get it right and wrong. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { NoAnswerError, testEnclosure, WrongAnswerError } from '../../../publisher/site/self-test.ts';

const bytes = 1000;
const mimeType = 'audio/mpeg';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/episode.mp3`;
}

/** A right answer, but for what a case changes. */
const answer =
  (
    changed: { type?: string; length?: number; ranges?: boolean; range?: string; status?: number } = {},
  ): RequestListener =>
  (request, response) => {
    const { type = mimeType, length = bytes, ranges = true, status = 200 } = changed;
    const asked = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const isPart = ranges && asked !== null && request.method === 'GET';
    const [first, last] = isPart ? [Number(asked[1]), Number(asked[2])] : [0, length - 1];
    response.writeHead(isPart ? 206 : status, {
      'Content-Type': type,
      'Content-Length': last - first + 1,
      ...(isPart ? { 'Content-Range': changed.range ?? `bytes ${first}-${last}/${length}` } : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : Buffer.alloc(last - first + 1));
  };

test('a right answer passes, also by way of a redirection', async () => {
  const url = await serve(answer());
  await testEnclosure({ url, bytes, mimeType });
  const moved = await serve((_, response) => void response.writeHead(302, { Location: url }).end());
  await testEnclosure({ url: moved, bytes, mimeType });
});

test('a file of one byte', async () => {
  await testEnclosure({ url: await serve(answer({ length: 1 })), bytes: 1, mimeType });
});

test.each([
  ['another type', answer({ type: 'text/html; charset=utf-8' }), 'its type is text/html, not audio/mpeg'],
  ['another length', answer({ length: 999 }), 'its length is 999, not 1000 bytes'],
  ['no ranges', answer({ ranges: false }), 'players cannot seek'],
  ['a wrong range', answer({ range: 'bytes 0-1/*' }), 'a part of it comes as "bytes 0-1/*" with 2 bytes'],
  ['nothing there', answer({ status: 404 }), 'HEAD is answered with status 404'],
  ['a locked door', answer({ status: 403 }), 'HEAD is answered with status 403'],
])('%s is a fault of the file', async (_case, listener, why) => {
  const url = await serve(listener);
  const tested = testEnclosure({ url, bytes, mimeType });
  await expect(tested).rejects.toThrow(WrongAnswerError);
  await expect(tested).rejects.toThrow(why);
});

test('a server that is not well, or none at all, may be back', async () => {
  const url = await serve(answer({ status: 503 }));
  await expect(testEnclosure({ url, bytes, mimeType })).rejects.toThrow(NoAnswerError);
  const gone = testEnclosure({ url: 'http://127.0.0.1:9/none.mp3', bytes, mimeType });
  await expect(gone).rejects.toThrow(/does not answer\. Is the web server running, and BASE_URL/);
});
