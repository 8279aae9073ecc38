import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { createCompressedTexts } from '../../publisher/compressed.ts';

function setUp(mostBytes?: number) {
  const texts = createCompressedTexts(mostBytes);
  const reads: string[] = [];
  const app = new Hono();
  app.get('/:name', async (c) => {
    const { name } = c.req.param();
    const answer = await texts.answer(c, {
      ...{ etag: '"same"', owner: name, contentType: 'text/plain' },
      read: () => {
        reads.push(name);
        return Promise.resolve(name === 'gone' ? undefined : new TextEncoder().encode(name.repeat(500)));
      },
    });
    return answer ?? c.text('another by now', 404);
  });
  const get = (name: string) => app.request(`/${name}`, { headers: { 'Accept-Encoding': 'gzip' } });
  return { texts, reads, get };
}

test('a text is compressed once, however many ask at once, and is nobody else’s', async () => {
  const { reads, get } = setUp();
  const sizes = await Promise.all(['a', 'a', 'b', 'a'].map(async (name) => (await get(name)).status));
  expect(sizes).toEqual([200, 200, 200, 200]);
  await get('a');
  expect(reads.toSorted()).toEqual(['a', 'b']);
});

test('what is kept has a bound; who was asked for least lately goes first', async () => {
  const { texts, reads, get } = setUp(60);
  await get('a');
  const each = texts.bytes;
  await get('b');
  await get('a');
  await get('c');
  expect(each * 3).toBeGreaterThan(60);
  expect(texts.bytes).toBeLessThanOrEqual(60);
  await get('a');
  await get('b');
  expect(reads).toEqual(['a', 'b', 'c', 'b']);
});

test('a text that became another in between is not kept', async () => {
  const { texts, get } = setUp();
  expect((await get('gone')).status).toBe(404);
  expect(texts.bytes).toBe(0);
});
