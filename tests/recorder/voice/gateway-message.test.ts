import { expect, test } from 'vitest';
import { opcodeOf } from '../../../recorder/voice/gateway-message.ts';

const text = (op: unknown, d: unknown, seq?: unknown): string => JSON.stringify({ op, d, seq });

test('messages as Discord documents them have their opcode', () => {
  const key = Array.from({ length: 32 }, (_, index) => index);
  const said: [number, unknown][] = [
    [2, { ssrc: 1, ip: '127.0.0.1', port: 1234, modes: ['aead_aes256_gcm_rtpsize'], heartbeat_interval: 1 }],
    [
      4,
      { mode: 'aead_aes256_gcm_rtpsize', secret_key: key, dave_protocol_version: 1, media_session_id: 'a' },
    ],
    [5, { speaking: 5, delay: 0, ssrc: 4_294_967_295, user_id: '81384788765712384' }],
    [6, { t: 1501184119561 }],
    [8, { v: 8, heartbeat_interval: 41250 }],
    [9, null],
    [11, { user_ids: ['81384788765712384'] }],
    [13, { user_id: '81384788765712384' }],
    [21, { transition_id: 0, protocol_version: 0 }],
    [22, { transition_id: 65_535 }],
    [24, { protocol_version: 1, epoch: 1 }],
    [99, 'of a later version'],
  ];
  for (const [op, d] of said) expect(opcodeOf(text(op, d, 7)), `op ${op}`).toBe(op);
  expect(opcodeOf(Buffer.from([0, 1, 25, 3]))).toBe(25);
});

test('what has another form has none', () => {
  const malformed = [
    '',
    'null',
    '{"op":8',
    text('8', { heartbeat_interval: 41250 }),
    text(8, null),
    // A timer of Node would fire each millisecond.
    text(8, { heartbeat_interval: 2 ** 31 }),
    text(8, { heartbeat_interval: 0.5 }),
    text(5, { ssrc: {}, user_id: '1' }),
    text(5, { ssrc: 1, user_id: null }),
    text(11, { user_ids: 'everybody' }),
    text(24, { epoch: 1 }),
    text(21, { transition_id: -1, protocol_version: 1 }),
    text(6, { t: 1 }, 'seven'),
  ];
  for (const content of malformed) expect(opcodeOf(content), content).toBeUndefined();
  expect(opcodeOf(Buffer.from([0, 1]))).toBeUndefined();
  expect(opcodeOf(42)).toBeUndefined();
});
