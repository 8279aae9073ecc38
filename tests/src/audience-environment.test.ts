import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { audienceEnvironment } from '../../src/audience-environment.ts';
import { ConfigError, readConfig } from '../../src/config.ts';

test('out of the box audio is streamed, no proxy is believed and no list is used', () => {
  expect(readConfig({}).audience).toEqual({
    ...{ delivery: 'stream', trustedProxies: [], detailDays: 400 },
    ...{ countryFile: undefined, dataCenterFile: undefined },
  });
});

test('proxies are addresses and networks', () => {
  const { audience } = readConfig({ TRUSTED_PROXIES: '127.0.0.1, ::1,10.0.0.0/8 , fd00::/8' });
  expect(audience.trustedProxies).toEqual(['127.0.0.1', '::1', '10.0.0.0/8', 'fd00::/8']);
});

const BUCKET = {
  ...{ S3_BUCKET: 'pods', S3_ENDPOINT: 'https://s3.example.org', S3_REGION: 'x' },
  ...{ S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'secret' },
};

test.each<[Record<string, string>, string | undefined]>([
  [{ MEDIA_DELIVERY: 'redirect' }, 'MEDIA_DELIVERY is redirect and S3_PUBLIC_URL is not set'],
  [{ ...BUCKET, MEDIA_DELIVERY: 'direct' }, 'MEDIA_DELIVERY is direct and S3_PUBLIC_URL is not set'],
  [{ ...BUCKET, S3_PUBLIC_URL: 'https://cdn.example.org', MEDIA_DELIVERY: 'direct' }, undefined],
  [{ MEDIA_DELIVERY: 'carrier pigeon' }, 'MEDIA_DELIVERY must be one of stream, redirect, direct'],
  [{ TRUSTED_PROXIES: 'nginx' }, 'TRUSTED_PROXIES must be'],
  [{ TRUSTED_PROXIES: '10.0.0.0/33' }, 'TRUSTED_PROXIES must be'],
  [{ TRUSTED_PROXIES: '10.0.0.0/8,' }, 'TRUSTED_PROXIES must be'],
  [{ TRUSTED_PROXIES: '::1/129' }, 'TRUSTED_PROXIES must be'],
  [{ TRUSTED_PROXIES: '10.0.0.0/8/8' }, 'TRUSTED_PROXIES must be'],
  [{ AUDIENCE_DETAIL_DAYS: '0' }, 'AUDIENCE_DETAIL_DAYS must be'],
])('%j: %s', (env, fault) => {
  if (fault === undefined) expect(readConfig(env).audience.delivery).toBe('direct');
  else
    expect(() => readConfig(env)).toThrow(
      expect.objectContaining({
        name: ConfigError.name,
        message: expect.stringContaining(fault) as string,
      }) as Error,
    );
});

test('every setting is explained in .env.example', async () => {
  const example = await readFile(path.join(import.meta.dirname, '../../.env.example'), 'utf8');
  for (const name of Object.keys(audienceEnvironment)) expect(example).toMatch(new RegExp(`^#${name}=`, 'm'));
});
