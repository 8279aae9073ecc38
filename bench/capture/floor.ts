/** The least that any receiver must do: take a datagram, decrypt it with a cached key, append it to a file. */
import { createDecipheriv, createSecretKey } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { enlargeReceiveBuffer } from '../../recorder/voice/receive-buffer.ts';
import { PACKET_BYTES } from './setting.ts';
import type { Receiver, ReceiverSetting } from './setting.ts';

/** Header of 12 bytes and 4 of an extension in the clear; its body is 8 bytes; tag and nonce end the datagram. */
const CLEAR_BYTES = 16;
const EXTENSION_BYTES = 8;
const TAG_BYTES = 16;
const NONCE_BYTES = 4;

export async function openFloor(setting: ReceiverSetting): Promise<Receiver> {
  const key = createSecretKey(Buffer.from(setting.key, 'hex'));
  const nonce = Buffer.alloc(12);
  const file = path.join(setting.folder, 'floor.opus');
  const fd = openSync(file, 'wx');
  const socket = createSocket('udp4');
  let received = 0;
  socket.on('message', (datagram) => {
    received += 1;
    const nonceAt = datagram.length - NONCE_BYTES;
    datagram.copy(nonce, 0, nonceAt);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce);
    decipher.setAAD(datagram.subarray(0, CLEAR_BYTES));
    decipher.setAuthTag(datagram.subarray(nonceAt - TAG_BYTES, nonceAt));
    const plain = decipher.update(datagram.subarray(CLEAR_BYTES, nonceAt - TAG_BYTES));
    decipher.final();
    writeSync(fd, plain, EXTENSION_BYTES);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  enlargeReceiveBuffer(socket);
  return {
    port: socket.address().port,
    applicationPid: 0,
    notes: [],
    received: () => received,
    async close() {
      socket.close();
      await once(socket, 'close');
      closeSync(fd);
      return statSync(file).size / PACKET_BYTES;
    },
  };
}
