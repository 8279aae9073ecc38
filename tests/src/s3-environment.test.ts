import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';

const KEYS = { S3_ACCESS_KEY_ID: 'AKIA1', S3_SECRET_ACCESS_KEY: 'hush/hush+' };
const AMAZON = { S3_BUCKET: 'my-podcasts', S3_REGION: 'eu-west-1', ...KEYS };
const CEPH = { S3_BUCKET: 'my-podcasts', S3_ENDPOINT: 'https://s3.example.org/', ...KEYS };

test('without a bucket, media lives in a folder', () => {
  expect(readConfig({ S3_BUCKET: '', S3_REGION: ' ' }).s3).toBeUndefined();
});

test('Amazon needs a region; any other store an endpoint, and has the bucket in its paths', () => {
  expect(readConfig(AMAZON).s3).toEqual({
    bucket: 'my-podcasts',
    endpoint: undefined,
    region: 'eu-west-1',
    accessKeyId: 'AKIA1',
    secretAccessKey: 'hush/hush+',
    pathStyle: false,
    prefix: '',
    publicUrl: undefined,
  });
  const more = { S3_PREFIX: '/shows/live/', S3_PUBLIC_URL: 'https://cdn.example.org/p/' };
  expect(readConfig({ ...CEPH, ...more }).s3).toMatchObject({
    endpoint: 'https://s3.example.org',
    region: 'us-east-1',
    pathStyle: true,
    prefix: 'shows/live',
    publicUrl: 'https://cdn.example.org/p',
  });
  expect(readConfig({ ...CEPH, S3_PATH_STYLE: 'off' }).s3?.pathStyle).toBe(false);
});

test.each([
  ['a key without its bucket', KEYS, 'S3_ACCESS_KEY_ID', 'name the bucket, or unset'],
  ['one half of the key', { ...AMAZON, S3_SECRET_ACCESS_KEY: '' }, 'S3_SECRET_ACCESS_KEY', 'both its parts'],
  ['Amazon without a region', { ...AMAZON, S3_REGION: '' }, 'S3_REGION', 'eu-west-1'],
  ['an address for a bucket', { ...CEPH, S3_BUCKET: 'https://x/y' }, 'S3_BUCKET', 'without an address'],
  ['a bucket in capitals', { ...CEPH, S3_BUCKET: 'Podcasts' }, 'S3_BUCKET', 'lower-case'],
  [
    'the bucket before the endpoint',
    { ...CEPH, S3_ENDPOINT: 'https://my-podcasts.s3.example.org' },
    'S3_ENDPOINT',
    'leave "my-podcasts" out',
  ],
  [
    'the bucket behind the endpoint',
    { ...CEPH, S3_ENDPOINT: 'https://s3.example.org/my-podcasts' },
    'S3_ENDPOINT',
    'leave "my-podcasts" out',
  ],
  [
    'a plain way over the internet',
    { ...CEPH, S3_ENDPOINT: 'http://s3.example.org' },
    'S3_ENDPOINT',
    'https://',
  ],
  ['dots before the host', { ...AMAZON, S3_BUCKET: 'pods.example.org' }, 'S3_PATH_STYLE', 'must be on'],
  ['a prefix that climbs', { ...CEPH, S3_PREFIX: '../x' }, 'S3_PREFIX', 'such as podcasts/main'],
  [
    'ourselves as the CDN',
    { ...CEPH, BASE_URL: 'https://pod.example.org/', S3_PUBLIC_URL: 'https://pod.example.org' },
    'S3_PUBLIC_URL',
    'not BASE_URL',
  ],
])('%s is named with its remedy, and no secret', (_, env, name, remedy) => {
  const read = () => readConfig(env);
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(name);
  expect(read).toThrow(remedy);
  expect(read).not.toThrow('hush');
});

test('all faults at once', () => {
  expect(() => readConfig({ S3_BUCKET: 'my-podcasts' })).toThrow(
    /S3_ACCESS_KEY_ID[^]*S3_SECRET_ACCESS_KEY[^]*S3_REGION/,
  );
});
