/** What every media store must do, whatever it stands on: run it over each one. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { InvalidKeyError } from '../../../publisher/media/key.ts';
import { type MediaStore, PreconditionFailedError } from '../../../publisher/media/store.ts';
import { temporaryFolder } from '../shelf.ts';

const TEXT = { contentType: 'text/plain' };
const bodyOf = async (store: MediaStore, key: string, range?: { first: number; last: number }) => {
  const found = await store.read(key, range);
  return found && (await buffer(found.body));
};

/** Adds one to the number that an object holds, so many times, against whoever else does. */
export async function countUp(store: MediaStore, key: string, times: number): Promise<void> {
  for (let done = 0; done < times;) {
    const found = await store.read(key);
    const next = Number(await buffer(found!.body)) + 1;
    const put = store.put(key, { body: Buffer.from(String(next)) }, { ...TEXT, onlyIf: found!.object });
    done += await put.then(
      () => 1,
      (error: unknown) => {
        if (error instanceof PreconditionFailedError) return 0;
        throw error;
      },
    );
  }
}

export function describeMediaStore(name: string, createStore: () => Promise<MediaStore>): void {
  describe(`media store on ${name}`, () => {
    test('gives back what it was given, with everything known of it', async () => {
      const store = await createStore();
      const body = Buffer.from('hello, wörld 🎙️');
      const before = Date.now();
      const put = await store.put('media/a/b.txt', { body }, { ...TEXT, cacheControl: 'public, max-age=60' });
      expect(put).toMatchObject({
        key: 'media/a/b.txt',
        bytes: body.length,
        contentType: 'text/plain',
        cacheControl: 'public, max-age=60',
        sha256: createHash('sha256').update(body).digest('hex'),
      });
      expect(put.etag).toMatch(/^"[^"]+"$/);
      expect(Math.abs(put.lastModified.getTime() - before)).toBeLessThan(5000);
      expect(await store.head('media/a/b.txt')).toEqual(put);
      expect(await bodyOf(store, 'media/a/b.txt')).toEqual(body);
    });

    test('stores a file of the disk and leaves the file where it is', async () => {
      const store = await createStore();
      const file = path.join(await temporaryFolder(), 'talk.mp3');
      const body = Buffer.alloc(3_000_000, 'abc');
      await writeFile(file, body);
      const put = await store.put('media/talk.mp3', { path: file }, { contentType: 'audio/mpeg' });
      expect(put.bytes).toBe(body.length);
      expect(await bodyOf(store, 'media/talk.mp3')).toEqual(body);
      await writeFile(file, 'still ours');
      expect((await store.head('media/talk.mp3'))?.sha256).toBe(put.sha256);
    });

    test('reads any part, both ends included', async () => {
      const store = await createStore();
      await store.put('a', { body: Buffer.from('0123456789') }, TEXT);
      for (const [first, last, expected] of [
        [0, 0, '0'],
        [3, 5, '345'],
        [9, 9, '9'],
        [0, 9, '0123456789'],
      ] as const)
        expect(String(await bodyOf(store, 'a', { first, last }))).toBe(expected);
    });

    test('an empty object is an object', async () => {
      const store = await createStore();
      await store.put('empty', { body: new Uint8Array() }, TEXT);
      expect((await store.head('empty'))?.bytes).toBe(0);
      expect(String(await bodyOf(store, 'empty'))).toBe('');
    });

    test('a key that holds nothing is undefined, and deleting it is no fault', async () => {
      const store = await createStore();
      expect(await store.head('media/none')).toBeUndefined();
      expect(await store.read('media/none')).toBeUndefined();
      await store.delete('media/none');
      await store.put('media/some', { body: Buffer.from('x') }, TEXT);
      expect(await store.head('media')).toBeUndefined();
      expect(await store.head('media/some/deeper')).toBeUndefined();
    });

    test('replacing changes body, type and validators together; deleting takes all of it', async () => {
      const store = await createStore();
      const first = await store.put('feed.xml', { body: Buffer.from('one') }, TEXT);
      const second = await store.put('feed.xml', { body: Buffer.from('two') }, { contentType: 'text/html' });
      expect(second.etag).not.toBe(first.etag);
      expect(await store.head('feed.xml')).toEqual(second);
      expect(String(await bodyOf(store, 'feed.xml'))).toBe('two');
      await store.delete('feed.xml');
      expect(await store.head('feed.xml')).toBeUndefined();
    });

    test('whoever reads while it is replaced gets one version whole', async () => {
      const store = await createStore();
      const versions = ['a', 'b', 'c'].map((letter) => Buffer.alloc(400_000, letter));
      await store.put('feed.xml', { body: versions[0]! }, TEXT);
      const writing = (async () => {
        for (let round = 0; round < 12; round += 1)
          await store.put('feed.xml', { body: versions[round % 3]! }, TEXT);
      })();
      for (let round = 0; round < 25; round += 1) {
        const found = await store.read('feed.xml');
        const body = await buffer(found!.body);
        expect(createHash('sha256').update(body).digest('hex')).toBe(found!.object.sha256);
        expect(body.length).toBe(found!.object.bytes);
        expect(found!.object.contentType).toBe('text/plain');
      }
      await writing;
    });

    test('two writers at once leave one of the two, whole', async () => {
      const store = await createStore();
      const bodies = Array.from({ length: 8 }, (_, index) => Buffer.alloc(50_000, String(index)));
      await Promise.all(bodies.map((body) => store.put('same', { body }, TEXT)));
      const body = await bodyOf(store, 'same');
      expect(bodies.some((candidate) => candidate.equals(body!))).toBe(true);
      expect((await store.head('same'))?.sha256).toBe(createHash('sha256').update(body!).digest('hex'));
    });

    test('lists keys by prefix in the order of their bytes', async () => {
      const store = await createStore();
      const keys = ['b', 'media/é', 'media/a/2', 'media/a/10', 'media-x', 'media/b'];
      for (const key of keys) await store.put(key, { body: Buffer.from(key) }, TEXT);
      const sorted = ['b', 'media-x', 'media/a/10', 'media/a/2', 'media/b', 'media/é'];
      expect(await store.list('')).toEqual(sorted);
      expect(await store.list('media/')).toEqual(sorted.slice(2));
      expect(await store.list('media/a')).toEqual(['media/a/10', 'media/a/2']);
      expect(await store.list('nothing/here')).toEqual([]);
    });

    test.each([
      '',
      '/etc/passwd',
      '../secret',
      'media/../../secret',
      'media//x',
      'media/',
      'media/.',
      '.meta/x',
      'media/.hidden',
      'media\\..\\x',
      'nul\0byte',
      'line\nbreak',
      'lone\ud800surrogate',
      'x'.repeat(300),
      'x/'.repeat(600) + 'x',
    ])('refuses the key no. %#', async (key) => {
      const store = await createStore();
      await expect(store.put(key, { body: Buffer.from('x') }, TEXT)).rejects.toThrow(InvalidKeyError);
      await expect(store.head(key)).rejects.toThrow(InvalidKeyError);
      await expect(store.read(key)).rejects.toThrow(InvalidKeyError);
      await expect(store.delete(key)).rejects.toThrow(InvalidKeyError);
    });

    test('keeps metadata with the body, and lets go of it with the body', async () => {
      const store = await createStore();
      const metadata = { 'feed-revision': '42', note: 'a = b; "c", d' };
      const put = await store.put('feed.xml', { body: Buffer.from('one') }, { ...TEXT, metadata });
      expect(put.metadata).toEqual(metadata);
      expect(await store.head('feed.xml')).toEqual(put);
      expect((await store.read('feed.xml'))?.object.metadata).toEqual(metadata);
      expect((await store.put('feed.xml', { body: Buffer.from('one') }, TEXT)).metadata).toEqual({});
    });

    test.each([
      [{ Capital: 'x' }],
      [{ sha256: 'x' }],
      [{ 'a b': 'x' }],
      [{ a: '' }],
      [{ a: ' x' }],
      [{ a: 'line\nbreak' }],
      [{ a: 'wörld' }],
      [{ a: 'x'.repeat(1024) }],
    ])('refuses the metadata %j', async (metadata) => {
      const store = await createStore();
      const put = store.put('a', { body: Buffer.from('x') }, { ...TEXT, metadata });
      await expect(put).rejects.toThrow(RangeError);
      expect(await store.head('a')).toBeUndefined();
    });

    describe('a put on a condition', () => {
      test('holds for the tag that was read, and changes nothing for another one', async () => {
        const store = await createStore();
        expect(await store.conditionalPuts()).toBe(true);
        const first = await store.put('feed.xml', { body: Buffer.from('one') }, TEXT);
        const swap = (text: string, etag: string, metadata: Record<string, string> = {}) =>
          store.put(
            'feed.xml',
            { body: Buffer.from(text) },
            { contentType: 'text/html', metadata, onlyIf: { etag } },
          );
        const second = await swap('two', first.etag, { revision: '2' });
        expect(await store.head('feed.xml')).toEqual(second);
        for (const etag of [first.etag, '"nonsense"'])
          await expect(swap('three', etag)).rejects.toThrow(PreconditionFailedError);
        expect(await store.head('feed.xml')).toEqual(second);
        expect(String(await bodyOf(store, 'feed.xml'))).toBe('two');
      });

      test('for nothing being there holds once, and for a tag never where nothing is', async () => {
        const store = await createStore();
        const create = (text: string, onlyIf: 'absent' | { etag: string }) =>
          store.put('a/b', { body: Buffer.from(text) }, { ...TEXT, onlyIf });
        await expect(create('x', { etag: '"any"' })).rejects.toThrow(PreconditionFailedError);
        expect(await store.head('a/b')).toBeUndefined();
        const first = await create('one', 'absent');
        await expect(create('two', 'absent')).rejects.toThrow(PreconditionFailedError);
        expect(await store.head('a/b')).toEqual(first);
        await store.delete('a/b');
        await create('three', 'absent');
        expect(String(await bodyOf(store, 'a/b'))).toBe('three');
      });

      test('holds for a file of the disk as for bytes in memory', async () => {
        const store = await createStore();
        const file = path.join(await temporaryFolder(), 'talk.mp3');
        await writeFile(file, Buffer.alloc(100_000, 'x'));
        const put = await store.put('talk.mp3', { path: file }, { ...TEXT, onlyIf: 'absent' });
        expect(put.bytes).toBe(100_000);
        const again = store.put('talk.mp3', { path: file }, { ...TEXT, onlyIf: 'absent' });
        await expect(again).rejects.toThrow(PreconditionFailedError);
        expect(await store.head('talk.mp3')).toEqual(put);
      });

      test('lets one of many creators win', async () => {
        const store = await createStore();
        const tries = await Promise.allSettled(
          Array.from({ length: 8 }, (_, index) =>
            store.put('a', { body: Buffer.from(String(index)) }, { ...TEXT, onlyIf: 'absent' }),
          ),
        );
        const winners = tries.filter(({ status }) => status === 'fulfilled');
        expect(winners).toHaveLength(1);
        const winner = tries.findIndex(({ status }) => status === 'fulfilled');
        expect(String(await bodyOf(store, 'a'))).toBe(String(winner));
      });

      test('loses no step of writers that count together', async () => {
        const store = await createStore();
        await store.put('count', { body: Buffer.from('0') }, TEXT);
        await Promise.all(Array.from({ length: 4 }, () => countUp(store, 'count', 6)));
        expect(String(await bodyOf(store, 'count'))).toBe('24');
      });
    });

    test('a put whose source is missing leaves no trace', async () => {
      const store = await createStore();
      const missing = path.join(await temporaryFolder(), 'none.mp3');
      await expect(store.put('media/x', { path: missing }, TEXT)).rejects.toThrow();
      expect(await store.list('')).toEqual([]);
    });
  });
}
