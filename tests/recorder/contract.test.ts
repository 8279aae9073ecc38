/**
 * The recorder reads packets beneath the surface of @discordjs/voice. This fails when what it relies on there changes, so
 * that a new version is read before it records.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { DAVE_PROTOCOL_VERSION } from '@snazzah/davey';
import * as voice from '@discordjs/voice';
import { afterEach, expect, test } from 'vitest';
import { botId, channelId, openCall, recordersConnection } from './voice/call.ts';
import type { Call } from './voice/call.ts';

const root = path.join(import.meta.dirname, '..', '..');

interface PackageFile {
  version: string;
  dependencies: Record<string, string>;
}
const readPackage = (file: string): PackageFile => JSON.parse(readFileSync(file, 'utf8')) as PackageFile;

let open: Call | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

test('@discordjs/voice is the version that was read, pinned exactly', () => {
  const require = createRequire(import.meta.url);
  const installed = path.join(path.dirname(require.resolve('@discordjs/voice')), '..', 'package.json');
  expect(readPackage(path.join(root, 'package.json')).dependencies['@discordjs/voice']).toBe('0.19.2');
  expect(readPackage(installed).version).toBe('0.19.2');
  expect(voice.version).toBe('0.19.2');
  expect(DAVE_PROTOCOL_VERSION).toBe(1);
});

test('classes and methods that are replaced, wrapped or called', () => {
  const methods = (holder: { prototype: object }): string[] => Object.getOwnPropertyNames(holder.prototype);
  expect(methods(voice.DAVESession)).toEqual(
    expect.arrayContaining([
      'processProposals',
      'processCommit',
      'processWelcome',
      'setExternalSender',
      'recoverFromInvalidTransition',
      'reinit',
      'prepareTransition',
      'executeTransition',
      'prepareEpoch',
    ]),
  );
  expect(methods(voice.Networking)).toEqual(
    expect.arrayContaining(['destroy', 'state', 'onWsBinary', 'onWsClose']),
  );
  expect(methods(voice.VoiceWebSocket)).toEqual(expect.arrayContaining(['onMessage', 'sendBinaryMessage']));
  expect(methods(voice.VoiceUDPSocket)).toEqual(expect.arrayContaining(['send', 'keepAlive', 'onMessage']));
  expect(methods(voice.VoiceConnection)).toEqual(
    expect.arrayContaining([
      'configureNetworking',
      'addServerPacket',
      'addStatePacket',
      'updateReceiveBindings',
    ]),
  );
});

test('the codes of a networking', () => {
  const { Ready, Resuming, Closed } = voice.NetworkingStatusCode;
  expect({ Ready, Resuming, Closed }).toEqual({ Ready: 4, Resuming: 5, Closed: 6 });
});

test('a DAVE session that has no group: ready is false, transition 0 counts, failures never throw', () => {
  const session = new voice.DAVESession(1, botId, channelId, { decryptionFailureTolerance: Infinity });
  session.reinit();
  expect(session.session?.ready).toBe(false);
  expect(() => session.session!.decrypt(botId, 0, Buffer.alloc(20))).toThrow(/decryptor/i);
  expect(session.lastTransitionId).toBeUndefined();
  const invalidated: number[] = [];
  session.on('invalidateTransition', (transitionId) => invalidated.push(transitionId));
  expect(() => session.processProposals(Buffer.from([0, 1, 2]), new Set())).toThrow();
  expect(() => session.setExternalSender(Buffer.from([1]))).toThrow();
  session.recoverFromInvalidTransition(0);
  session.recoverFromInvalidTransition(0);
  expect(invalidated).toEqual([0]);
  expect(session.reinitializing).toBe(true);
  session.destroy();
});

test('a live connection has the shape that the tap reads', async () => {
  open = await openCall();
  const ready = open.start();
  await ready;
  const connection = recordersConnection();
  expect(connection.state.status).toBe(voice.VoiceConnectionStatus.Ready);
  const { networking } = connection.state as voice.VoiceConnectionReadyState;
  const state = networking.state as voice.NetworkingReadyState;
  expect(state.code).toBe(voice.NetworkingStatusCode.Ready);

  const { secretKey, encryptionMode } = state.connectionData;
  expect(secretKey).toBeInstanceOf(Uint8Array);
  expect(secretKey).toHaveLength(32);
  expect(encryptionMode).toBe('aead_aes256_gcm_rtpsize');
  expect(connection.receiver.connectionData).toBe(state.connectionData);

  // A stage: the wrapper is there, without a session in it.
  expect(state.dave).toBeInstanceOf(voice.DAVESession);
  expect(state.dave?.protocolVersion).toBe(0);
  expect(state.dave?.session).toBeUndefined();
  expect(Reflect.get(state.dave!, 'failureTolerance')).toBe(Infinity);

  const socket = Reflect.get(state.udp, 'socket') as { getRecvBufferSize(): number };
  expect(socket.getRecvBufferSize()).toBeGreaterThan(0);

  // `onUdpMessage` is looked up on the instance when a socket is attached: ours is the one that stands there.
  expect(Object.hasOwn(connection.receiver, 'onUdpMessage')).toBe(true);
  expect(state.udp.listeners('message')).toContain(Reflect.get(connection.receiver, 'onUdpMessage'));
  expect(state.udp.listeners('message')).toHaveLength(2);
  // The WebSocket's frames come through the instance's `onMessage`, and its destroy through the instance's own.
  expect(Object.hasOwn(state.ws, 'onMessage')).toBe(true);
  expect(Object.hasOwn(networking, 'destroy')).toBe(true);
  expect(state.ws.listenerCount('binary')).toBe(1);
  // Cut to have it resumed.
  expect((Reflect.get(state.ws, 'ws') as { terminate?: unknown }).terminate).toBeTypeOf('function');
});

test('a replaced networking is asked to destroy itself before the next one is announced', async () => {
  open = await openCall();
  await open.start();
  const connection = recordersConnection();
  const before = (connection.state as voice.VoiceConnectionReadyState).networking;
  const order: string[] = [];
  const destroy = before.destroy.bind(before);
  before.destroy = () => {
    order.push('destroy');
    destroy();
  };
  connection.on('stateChange', (_former, state) => {
    if ('networking' in state && state.networking !== before) order.push('announced');
  });
  connection.configureNetworking();
  expect(order).toEqual(['destroy', 'announced']);
  // Parked, not closed: its socket and keys are still there.
  expect(before.state.code).toBe(voice.NetworkingStatusCode.Ready);
});

test('the receive buffer that the system granted is logged', async () => {
  open = await openCall();
  await open.start();
  expect(open.logged.filter((line) => line.includes('receive buffer'))).toEqual([
    expect.stringMatching(/"wantedBytes":4194304,"grantedBytes":\d+,"enough":(true|false)/),
  ]);
});
