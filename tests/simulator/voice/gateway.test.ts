/** The voice gateway's manners: who is refused and how, what comes in which order, resume, and one user's two connections. */
import { createDecipheriv } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import type { VoiceServer } from '../../../src/simulator/voice/voice-server.ts';
import { ANN, BEN, openHall, speech, until, type Hall } from './harness.ts';
import { openRawClient, type RawClient } from './raw-client.ts';

const guildId = '100000000000000001';
const channelId = '200000000000000001';
const userId = '900000000000000009';

const credentials = { guildId, channelId, userId, sessionId: 'session one', token: 'token one' };
const identity = {
  server_id: guildId,
  user_id: userId,
  session_id: credentials.sessionId,
  token: credentials.token,
  max_dave_protocol_version: 1,
};

async function connect(voice: VoiceServer, version?: number): Promise<RawClient> {
  const client = await openRawClient(voice, version);
  onTestFinished(() => client.close());
  return client;
}

async function selected({ voice }: Hall, identify: object = identity): Promise<RawClient> {
  const client = await connect(voice);
  client.send(0, identify);
  await client.take(2);
  client.select();
  await client.take(4);
  return client;
}

const refusals: { name: string; code: number; act: (client: RawClient) => void | Promise<void> }[] = [
  { name: 'an unknown session', code: 4006, act: (c) => c.send(0, { ...identity, session_id: 'none' }) },
  { name: 'an unknown user', code: 4006, act: (c) => c.send(0, { ...identity, user_id: ANN }) },
  { name: 'a wrong token', code: 4004, act: (c) => c.send(0, { ...identity, token: 'none' }) },
  {
    name: 'no DAVE where it is required',
    code: 4017,
    act: (c) => c.send(0, { ...identity, max_dave_protocol_version: 0 }),
  },
  {
    name: 'speaking before identifying',
    code: 4003,
    act: (c) => c.send(5, { speaking: 1, delay: 0, ssrc: 1 }),
  },
  { name: 'a binary message before identifying', code: 4003, act: (c) => c.sendBinary(Buffer.from([26, 0])) },
  { name: 'an unknown opcode', code: 4001, act: (c) => c.send(99, {}) },
  { name: 'no JSON', code: 4002, act: (c) => c.sendText('{') },
  { name: 'an incomplete identify', code: 4002, act: (c) => c.send(0, { server_id: guildId }) },
  {
    name: 'a session that cannot be resumed',
    code: 4006,
    act: (c) => c.send(7, { ...identity, seq_ack: 1 }),
  },
  {
    name: 'identifying twice',
    code: 4005,
    act: (c) => {
      c.send(0, identity);
      c.send(0, identity);
    },
  },
  {
    name: 'an unknown transport mode',
    code: 4016,
    act: async (c) => {
      c.send(0, identity);
      await c.take(2);
      c.select('xsalsa20_poly1305');
    },
  },
  {
    name: 'another protocol than UDP',
    code: 4012,
    act: async (c) => {
      c.send(0, identity);
      await c.take(2);
      c.select(undefined, 'webrtc');
    },
  },
  {
    name: 'a key package that is none',
    code: 4020,
    act: async (c) => {
      c.send(0, identity);
      await c.take(2);
      c.select();
      await c.take(4);
      c.sendBinary(Buffer.from([26, 0, 1, 0, 2, 5]));
    },
  },
];

test.each(refusals)('$name is closed with $code', async ({ code, act }) => {
  const { voice, room } = await openHall({ daveVersion: 1 });
  expect(room.dave).toBeDefined();
  voice.expect(credentials);
  const client = await connect(voice);
  await act(client);
  expect(await client.closed()).toBe(code);
});

test('another gateway version is closed with 4020', async () => {
  const { voice } = await openHall();
  expect(await (await connect(voice, 4)).closed()).toBe(4020);
});

test('a session of one room does not open another, and leaves no connection behind', async () => {
  const { voice, room } = await openHall();
  voice.expect(credentials);
  const client = await connect(voice);
  client.send(0, { ...identity, server_id: '1' });
  expect(await client.closed()).toBe(4006);
  expect(room.connectedUserIds()).toEqual([]);
});

test('order: hello, ready, who is here, session description, who has spoken; heartbeats are answered', async () => {
  const hall = await openHall();
  const { voice, room, clock } = hall;
  const ann = room.addSpeaker(ANN);
  room.addSpeaker(BEN);
  void ann.speak(speech(1));
  await clock.advance(20_000);
  voice.expect(credentials);
  const client = await selected(hall);
  client.send(3, { t: 1501184119561, seq_ack: -1 });
  await client.take(6);
  expect(client.received.map(({ op }) => op)).toEqual([8, 2, 11, 4, 5, 6]);
  const [hello, ready, here, description, spoken, ack] = client.received;
  expect(hello!.d).toEqual({ v: 8, heartbeat_interval: 41_250 });
  expect(ready!.d).toMatchObject({
    ip: '127.0.0.1',
    modes: ['aead_aes256_gcm_rtpsize', 'aead_xchacha20_poly1305_rtpsize'],
  });
  expect(here).toEqual({ op: 11, d: { user_ids: [ANN, BEN] }, seq: 1 });
  expect(description!.d).toMatchObject({ mode: 'aead_aes256_gcm_rtpsize', dave_protocol_version: 0 });
  expect(spoken).toEqual({ op: 5, d: { user_id: ANN, ssrc: ann.ssrc, speaking: 1 }, seq: 2 });
  expect(ack!.d).toEqual({ t: 1501184119561 });
});

test('a resumed client gets op 9 first, then the messages it missed, and audio all along', async () => {
  const hall = await openHall();
  const { voice, room, clock } = hall;
  voice.expect(credentials);
  const client = await selected(hall);
  voice.dropWebSocket(userId);
  expect(await client.closed()).toBe(1006);
  const ann = room.addSpeaker(ANN);
  void ann.speak(speech(3));
  await clock.advance(200_000);
  await until(() => client.datagrams.length === 8, 'audio goes on without a WebSocket');

  const again = await connect(voice);
  again.send(7, { ...identity, seq_ack: 1 });
  await again.take(5);
  expect(again.received).toEqual([
    { op: 8, d: { v: 8, heartbeat_interval: 41_250 } },
    { op: 9, d: null },
    { op: 11, d: { user_ids: [ANN] }, seq: 2 },
    { op: 5, d: { user_id: ANN, ssrc: ann.ssrc, speaking: 1 }, seq: 3 },
  ]);
});

test('a session that is not resumed in time is over', async () => {
  const hall = await openHall();
  hall.voice.expect(credentials);
  const client = await selected(hall);
  hall.voice.dropWebSocket(userId);
  await client.closed();
  await hall.clock.advance(59_000_000);
  expect(hall.room.connectedUserIds()).toEqual([userId]);
  await hall.clock.advance(2_000_000);
  expect(hall.room.connectedUserIds()).toEqual([]);
  const again = await connect(hall.voice);
  again.send(7, { ...identity, seq_ack: 1 });
  expect(await again.closed()).toBe(4006);
});

test('a new session of the same user hears only when it has op 4; then the old one is closed with 4006', async () => {
  const hall = await openHall();
  const { voice, room, clock } = hall;
  const ann = room.addSpeaker(ANN);
  voice.expect(credentials);
  const old = await selected(hall);
  voice.expect({ ...credentials, sessionId: 'session two', token: 'token two' });
  const fresh = await connect(voice);
  fresh.send(0, { ...identity, session_id: 'session two', token: 'token two' });
  await fresh.take(2);

  void ann.speak(speech(10), { silenceFrames: 0 });
  await clock.advance(100_000);
  await until(() => old.datagrams.length === 6, 'the old connection hears until the new one is selected');
  fresh.select();
  await fresh.take(4);
  expect(await old.closed()).toBe(4006);
  await clock.advance(400_000);
  await until(() => fresh.datagrams.length === 4, 'the new connection hears the rest');
  expect(old.datagrams.length).toBe(6);
  expect(room.connectedUserIds()).toEqual([userId]);
  expect(room.truth.of(ANN).every(({ recipients }) => recipients === 1)).toBe(true);

  const sealed = fresh.datagrams[0]!;
  const { secret_key: key } = (await fresh.take(4)) as { secret_key: number[] };
  const nonce = Buffer.concat([sealed.subarray(-4), Buffer.alloc(8)]);
  const decipher = createDecipheriv('aes-256-gcm', Uint8Array.from(key), nonce);
  decipher.setAAD(sealed.subarray(0, 12)).setAuthTag(sealed.subarray(-20, -4));
  expect(Buffer.concat([decipher.update(sealed.subarray(12, -20)), decipher.final()])).toEqual(speech(10)[6]);
});

test('a user moved to another channel of the guild: the old connection is closed with 4014', async () => {
  const hall = await openHall();
  hall.voice.expect(credentials);
  const old = await selected(hall);
  hall.voice.expect({ ...credentials, channelId: '200000000000000002', sessionId: 'two' });
  const moved = await selected(hall, { ...identity, session_id: 'two' });
  expect(await old.closed()).toBe(4014);
  expect(hall.room.connectedUserIds()).toEqual([]);
  expect(hall.voice.room(guildId, '200000000000000002').connectedUserIds()).toEqual([userId]);
  expect(moved.closeCode()).toBeUndefined();
});

test('others learn who comes, speaks and goes', async () => {
  const hall = await openHall();
  hall.voice.expect(credentials);
  const listener = await selected(hall);
  const other = { ...credentials, userId: BEN, sessionId: 'ben', token: 'ben' };
  hall.voice.expect(other);
  const ben = await selected(hall, { ...identity, user_id: BEN, session_id: 'ben', token: 'ben' });
  const { ssrc } = await ben.take(2);
  ben.send(5, { speaking: 1, delay: 0, ssrc });
  await listener.take(5);
  hall.voice.disconnect(BEN, 4014);
  expect(await ben.closed()).toBe(4014);
  await listener.take(13);
  expect(listener.received.slice(-3)).toEqual([
    { op: 11, d: { user_ids: [BEN] }, seq: 2 },
    { op: 5, d: { user_id: BEN, ssrc, speaking: 1 }, seq: 3 },
    { op: 13, d: { user_id: BEN }, seq: 4 },
  ]);
});
