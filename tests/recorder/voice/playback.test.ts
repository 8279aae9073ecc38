/** What the recorder says into a channel, and files that cannot be said: neither may disturb the recording. */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readOggOpus } from '../../../src/simulator/voice/opus-source.ts';
import { botId, expectAllKept, openCall, speech } from './call.ts';
import type { Call, CallOptions } from './call.ts';

const alice = '300000000000000001';

let open: Call | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** A third of a second of speech. */
function sentenceIn(folder: string): string {
  const file = path.join(folder, 'sentence.opus');
  const voice = path.join(import.meta.dirname, '../../../src/demo/voices/tobias-2.opus');
  execFileSync('ffmpeg', ['-v', 'error', '-i', voice, '-t', '0.3', '-c', 'copy', file]);
  return file;
}

const hex = (packets: readonly Uint8Array[]) => packets.map((opus) => Buffer.from(opus).toString('hex'));

test.each<CallOptions>([
  { modes: ['aead_aes256_gcm_rtpsize'] },
  { modes: ['aead_xchacha20_poly1305_rtpsize'] },
  { daveVersion: 1 },
])('%j: a sentence is heard as it is, and the speech meanwhile is kept', async (options) => {
  const call = (open = await openCall(options));
  const startUs = call.clock.nowUs();
  await call.start();
  const speaker = call.room.addSpeaker(alice);
  await call.room.whenConnected(botId);
  const file = sentenceIn(call.dataFolder);
  const said = speaker.speak(speech(30, 1));
  const { sessionId } = call.request();
  call.core.receive({ type: 'play', requestId: 'play', sessionId, opusPath: file });
  const playing = call.app.next('played');
  await call.play(1_000_000);
  await said;
  expect(await playing).toEqual({ type: 'played', requestId: 'play' });
  const heard = call.room.heardFrom(botId).map(({ opus }) => opus);
  const expected = await readOggOpus(file);
  expect(hex(heard.slice(0, expected.length))).toEqual(hex(expected));
  // Frames of silence end a spurt (Discord, voice connections, "Voice Data Interpolation").
  expect(new Set(hex(heard.slice(expected.length)))).toEqual(new Set(['f8fffe']));
  await call.stop();
  await expectAllKept(call, startUs);
});

test.each(['missing', 'a text', 'empty'])(
  'a file that is %s is refused, and the recording goes on',
  async (kind) => {
    const call = (open = await openCall());
    await call.start();
    const file = path.join(call.dataFolder, 'notice.opus');
    if (kind !== 'missing')
      await writeFile(file, kind === 'empty' ? '' : 'no Ogg Opus at all, however long it may be');
    const { sessionId } = call.request();
    call.core.receive({ type: 'play', requestId: 'play', sessionId, opusPath: file });
    if (kind === 'empty') await call.app.next('played');
    else expect(await call.app.next('refused')).toMatchObject({ requestId: 'play', code: 'failed' });
    expect(call.core.live()).toMatchObject([{ state: 'recording' }]);
    await call.stop();
  },
);
