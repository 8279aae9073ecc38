/**
 * An endpoint on loopback that speaks the protocol: it reads the form that comes over the wire, looks at the WAV in it, and
 * writes down what it hears. Speech is tones here; the word for one is its frequency.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface Heard {
  start: number;
  end: number;
  word: string;
}

export interface TranscriptionRequest {
  path: string;
  authorization: string | undefined;
  /** Names and values in the order of the body; the file is left out. */
  fields: [string, string][];
  field(name: string): string | undefined;
  wav: { rateHz: number; channels: number; bits: number; seconds: number; name: string; type: string };
  heard: Heard[];
}

export type Answer =
  | { status?: number; headers?: Record<string, string>; json?: unknown; text?: string }
  | 'hang'
  | ((response: ServerResponse) => void);

export interface LoopbackEndpoint {
  url: string;
  requests: TranscriptionRequest[];
  /** The most requests that were open at once. */
  inFlight(): number;
  /** What the next requests are answered; by default `verbose`. */
  answer: (request: TranscriptionRequest, nth: number) => Answer | Promise<Answer>;
}

const round = (value: number) => Math.round(value * 1000) / 1000;

/** As OpenAI's whisper-1 answers: a segment for each tone, words beside them. */
export const verbose = ({ heard, wav }: TranscriptionRequest): Answer => ({
  json: {
    task: 'transcribe',
    language: 'english',
    duration: wav.seconds,
    text: heard.map(({ word }) => `${word}.`).join(' '),
    segments: heard.map(({ start, end, word }, id) => ({
      ...{ id, seek: 0, start, end, text: ` ${word}.`, tokens: [50364], temperature: 0 },
      ...{ avg_logprob: -0.2, compression_ratio: 1, no_speech_prob: 0.01 },
    })),
    words: heard,
  },
});

export async function startEndpoint(answer: LoopbackEndpoint['answer'] = verbose): Promise<LoopbackEndpoint> {
  let [open, most] = [0, 0];
  const server = createServer((request, response) => {
    open += 1;
    most = Math.max(most, open);
    response.once('close', () => (open -= 1));
    void serve(request, response);
  });
  const endpoint: LoopbackEndpoint = { url: '', requests: [], inFlight: () => most, answer };
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const read = await readRequest(request);
    const nth = endpoint.requests.push(read);
    const given = await endpoint.answer(read, nth);
    if (given === 'hang') return;
    if (typeof given === 'function') {
      given(response);
      return;
    }
    const { status = 200, headers = {}, json, text = JSON.stringify(json) } = given;
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(text);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  endpoint.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return endpoint;
}

async function readRequest(request: IncomingMessage): Promise<TranscriptionRequest> {
  const body = await buffer(request);
  const { boundary } = /^multipart\/form-data; boundary=(?<boundary>\S+)$/.exec(
    request.headers['content-type'] ?? '',
  )!.groups as { boundary: string };
  const fields: [string, string][] = [];
  let wav: TranscriptionRequest['wav'] | undefined;
  let heard: Heard[] = [];
  // RFC 7578 by hand: what stands on the wire is what is tested.
  const text = body.toString('latin1');
  for (const part of text.split(`--${boundary}`).slice(1, -1)) {
    const [head = '', ...rest] = part.slice(2, -2).split('\r\n\r\n');
    const content = Buffer.from(rest.join('\r\n\r\n'), 'latin1');
    const name = /name="([^"]*)"/.exec(head)?.[1] ?? '';
    const fileName = /filename="([^"]*)"/.exec(head)?.[1];
    if (fileName === undefined) fields.push([name, content.toString('utf8')]);
    else {
      const type = /Content-Type: (\S+)/.exec(head)?.[1] ?? '';
      [wav, heard] = hear(content, fileName, type);
    }
  }
  return {
    path: request.url ?? '',
    authorization: request.headers.authorization,
    fields,
    field: (name) => fields.find((field) => field[0] === name)?.[1],
    wav: wav!,
    heard,
  };
}

const BLOCK_SECONDS = 0.01;

/** Tones, by their zero crossings; a pause of 30 ms ends one. */
function hear(wav: Buffer, name: string, type: string): [TranscriptionRequest['wav'], Heard[]] {
  if (wav.toString('latin1', 0, 4) !== 'RIFF' || wav.toString('latin1', 8, 12) !== 'WAVE')
    throw new Error('no WAV');
  const [channels, rateHz, bits] = [wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt16LE(34)];
  const data = wav.indexOf('data', 12, 'latin1') + 8;
  const samples = new Int16Array(
    Uint8Array.from(wav.subarray(data, data + wav.readUInt32LE(data - 4))).buffer,
  );
  const block = rateHz * BLOCK_SECONDS;
  const heard: (Heard & { crossings: number })[] = [];
  for (let at = 0; at + block <= samples.length; at += block) {
    const part = samples.subarray(at, at + block);
    if (part.every((value) => Math.abs(value) < 1500)) continue;
    const crossings = part.reduce(
      (sum, value, index) => sum + Number(value >= 0 !== (samples[at + index - 1] ?? 0) >= 0),
      0,
    );
    const [start, end] = [at / rateHz, at / rateHz + BLOCK_SECONDS];
    const last = heard.at(-1);
    if (last !== undefined && start - last.end < 0.03) {
      last.end = end;
      last.crossings += crossings;
    } else heard.push({ start, end, word: '', crossings });
  }
  const words = heard.map(({ start, end, crossings }) => ({
    start: round(start),
    end: round(end),
    word: `tone${Math.round(crossings / 2 / (end - start) / 100) * 100}`,
  }));
  return [{ rateHz, channels, bits, seconds: samples.length / rateHz, name, type }, words];
}
