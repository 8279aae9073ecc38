import { expect, test } from 'vitest';
import { canonical, corsRules, lifecycleRules, policyWith } from '../../../publisher/media/s3-rules.ts';

test('rules of others stay, ours are there once', () => {
  const foreign = { ID: 'foreign', AllowedMethods: ['PUT'], AllowedOrigins: ['https://a.example'] };
  const cors = corsRules(corsRules([foreign]));
  expect(cors.map(({ ID }) => ID)).toEqual(['foreign', 'stagecast-players']);
  const expiry = {
    ID: 'expiry',
    Status: 'Enabled' as const,
    Filter: { Prefix: 'tmp/' },
    Expiration: { Days: 1 },
  };
  const lifecycle = lifecycleRules(lifecycleRules([expiry], 'a'), 'b');
  expect(lifecycle).toMatchObject([expiry, { Filter: { Prefix: 'b/' } }]);
});

test('a policy opens what is public, below the prefix, and keeps what others said', () => {
  const deny = {
    Sid: 'Tls',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: 'arn:aws:s3:::pods/*',
  };
  const standing = JSON.stringify({ Version: '2008-10-17', Id: 'x', Statement: [deny] });
  const place = { bucket: 'pods', prefix: 'live' };
  const policy = policyWith(policyWith(standing, place), place);
  expect(JSON.parse(policy)).toEqual({
    Version: '2008-10-17',
    Id: 'x',
    Statement: [
      deny,
      {
        Sid: 'StagecastPublicRead',
        Effect: 'Allow',
        Principal: '*',
        Action: 's3:GetObject',
        Resource: ['art', 'assets', 'media', 'shows'].map((name) => `arn:aws:s3:::pods/live/${name}/*`),
      },
    ],
  });
  expect(() => policyWith('{"Statement": "?"}', place)).toThrow();
});

test('the order in which a server hands rules out makes no difference', () => {
  expect(canonical({ a: ['y', 'x'], b: undefined, c: [{ d: 1 }] })).toEqual(
    canonical({ c: [{ d: 1 }], a: ['x', 'y'] }),
  );
  expect(canonical([{ a: 1 }, { b: 2 }])).not.toEqual(canonical([{ b: 2 }, { a: 1 }]));
});
