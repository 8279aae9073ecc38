/** The endpoint that writes transcripts: whether it answers, with the key and the model of the settings. */
import { ChunkError, createEndpoint, type EndpointSettings } from '../../transcript/index.ts';
import type { Finding } from './finding.ts';

const PATIENCE_MS = 20_000;
const RATE_HZ = 16_000;

/** Sends a second of silence: nothing less says that address, key and model belong together. */
export async function checkTranscription(settings: EndpointSettings | undefined): Promise<Finding> {
  const topic = 'transcripts';
  if (settings === undefined)
    return { topic, verdict: 'good', seen: 'none are made, because TRANSCRIBE_URL is not set' };
  const { signal } = new AbortController();
  const endpoint = createEndpoint({ settings, signal, mostTries: 1, patienceMs: () => PATIENCE_MS });
  try {
    await endpoint.transcribe({ wav: silentSecond(), durationUs: 1_000_000, prompt: '' });
    return { topic, verdict: 'good', seen: `${settings.url} answers, with model ${settings.model}` };
  } catch (error) {
    if (!(error instanceof ChunkError)) throw error;
    const remedy =
      'correct the TRANSCRIBE_ settings in .env, or start the endpoint; recording works without it';
    return { topic, verdict: 'warning', seen: `${settings.url}: ${error.message}`, remedy };
  }
}

/** RIFF WAVE: mono, 16 bit. */
function silentSecond(): Buffer<ArrayBuffer> {
  const wav = Buffer.alloc(44 + RATE_HZ * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(RATE_HZ, 24);
  wav.writeUInt32LE(RATE_HZ * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(wav.length - 44, 40);
  return wav;
}
