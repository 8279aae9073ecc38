/** The way to an endpoint that speaks OpenAI's protocol: sends a chunk, asks again where that helps, answers a reply. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ChunkError } from './chunk-error.ts';
import { mayPass, MOST_TRIES, patienceMs, waitMs } from './patience.ts';
import { type PostAnswer, postForm } from './post.ts';
import { parseReply, type Reply, ReplyError } from './reply.ts';

export interface EndpointSettings {
  /** Without a trailing slash; usually ends in /v1. */
  url: string;
  key: string | undefined;
  model: string;
  language: string | undefined;
}

export interface EndpointOptions {
  settings: EndpointSettings;
  signal: AbortSignal;
  /** Of one request, the first included. */
  mostTries?: number;
  /** How long one request may take. */
  patienceMs?: (durationUs: number) => number;
  /** For tests: how pauses are spent. */
  wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

export interface Endpoint {
  /** `too-large`: send it in smaller parts. Throws ChunkError, or the signal's reason when it was aborted. */
  transcribe(chunk: {
    wav: Uint8Array<ArrayBuffer>;
    durationUs: number;
    prompt: string;
  }): Promise<Reply | 'too-large'>;
}

export function createEndpoint({
  settings,
  signal,
  mostTries = MOST_TRIES,
  patienceMs: patience = patienceMs,
  wait = (ms, aborted) => sleep(ms, undefined, { signal: aborted }),
}: EndpointOptions): Endpoint {
  const address = `${settings.url}/audio/transcriptions`;
  /** Found out by the first refusal: some models know no times (vercel/ai#8214, Vexa-ai/vexa#1342). */
  let withTimes = true;

  async function ask(form: FormData, limitMs: number): Promise<PostAnswer> {
    const timeout = AbortSignal.timeout(limitMs);
    const headers: Record<string, string> =
      settings.key === undefined ? {} : { Authorization: `Bearer ${settings.key}` };
    try {
      return await postForm(address, form, { headers, signal: AbortSignal.any([signal, timeout]) });
    } catch (cause) {
      signal.throwIfAborted();
      if (!timeout.aborted) throw cause;
      throw new ChunkError(
        `the endpoint did not answer within ${Math.round(limitMs / 1000)} s; a faster one or a smaller model may`,
        { retry: true, cause },
      );
    }
  }

  /** Until an answer that stays, or no more tries. */
  async function askAgain(form: () => FormData, limitMs: number): Promise<PostAnswer> {
    for (let tries = 1; ; tries += 1) {
      const answer = await ask(form(), limitMs).catch((error: unknown) => {
        if (error instanceof ChunkError || signal.aborted) throw error;
        return error as NodeJS.ErrnoException;
      });
      if (!(answer instanceof Error) && !mayPass(answer.status)) return answer;
      const retryAfter = answer instanceof Error ? undefined : answer.retryAfter;
      const pauseMs = tries < mostTries ? waitMs(tries, retryAfter, Date.now()) : undefined;
      if (pauseMs === undefined) throw unavailable(answer);
      await wait(pauseMs, signal);
    }
  }

  function unavailable(answer: PostAnswer | NodeJS.ErrnoException): ChunkError {
    if (!(answer instanceof Error))
      return new ChunkError(`the endpoint is not able to answer now (${said(answer)})`, { retry: true });
    const code = answer.code ?? answer.message;
    // This chunk may be what it broke at.
    if (/^(ECONNRESET|EPIPE|HPE_)/.test(code))
      return new ChunkError(`the endpoint broke off instead of answering (${code})`, {
        retry: true,
        cause: answer,
      });
    return new ChunkError(
      `the endpoint cannot be reached (${code}): is TRANSCRIBE_URL right, and does it run?`,
      { retry: true, forAll: true, cause: answer },
    );
  }

  /** What the endpoint says of its refusal, short, on one line, and without the key, which some repeat in it. */
  function said({ status, body }: PostAnswer): string {
    let words = '';
    try {
      const { error } = JSON.parse(body) as { error?: { message?: unknown } | string };
      const message = typeof error === 'string' ? error : error?.message;
      if (typeof message === 'string') words = message;
    } catch {
      // An error page says nothing that its status does not.
    }
    const plain = settings.key === undefined ? words : words.replaceAll(settings.key, '…');
    const line = plain.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
    return line === '' ? `status ${status}` : `status ${status}: ${line}`;
  }

  function refusal(answer: PostAnswer): ChunkError {
    const { status } = answer;
    if (status === 401 || status === 403)
      // Endpoints repeat parts of a wrong key: its words are not passed on.
      return new ChunkError(`the endpoint refuses the key (status ${status}): correct TRANSCRIBE_KEY`, {
        forAll: true,
      });
    if (status === 404)
      return new ChunkError(
        `the endpoint does not know the address or the model (${said(answer)}): correct TRANSCRIBE_URL, which usually ends in /v1, or TRANSCRIBE_MODEL`,
        { forAll: true },
      );
    if (status >= 300 && status < 400)
      return new ChunkError(
        `the endpoint points elsewhere (status ${status}), and redirects are not followed: put the final address into TRANSCRIBE_URL`,
        { forAll: true },
      );
    return new ChunkError(`the endpoint refuses the audio (${said(answer)})`);
  }

  return {
    async transcribe({ wav, durationUs, prompt }) {
      for (;;) {
        const timesAsked = withTimes;
        const form = () => formOf(settings, { wav, prompt, withTimes: timesAsked });
        const answer = await askAgain(form, patience(durationUs));
        if (answer.status === 413) return 'too-large';
        if (answer.status === 200) return readReply(answer.body, durationUs);
        if (!timesAsked || !refusesTimes(answer)) throw refusal(answer);
        withTimes = false;
      }
    },
  };
}

const refusesTimes = ({ status, body }: PostAnswer) =>
  (status === 400 || status === 422) && /response_format|verbose_json|timestamp_granularities/.test(body);

function readReply(body: string, durationUs: number): Reply {
  try {
    return parseReply(body, durationUs);
  } catch (error) {
    if (!(error instanceof ReplyError)) throw error;
    throw new ChunkError(`the endpoint's answer cannot be read: ${error.message}`, {
      retry: true,
      cause: error,
    });
  }
}

function formOf(
  { model, language }: EndpointSettings,
  { wav, prompt, withTimes }: { wav: Uint8Array<ArrayBuffer>; prompt: string; withTimes: boolean },
): FormData {
  const form = new FormData();
  form.append('file', new Blob([wav], { type: 'audio/wav' }), 'chunk.wav');
  form.append('model', model);
  if (language !== undefined) form.append('language', language);
  if (prompt !== '') form.append('prompt', prompt);
  form.append('temperature', '0');
  form.append('response_format', withTimes ? 'verbose_json' : 'json');
  if (withTimes)
    for (const granularity of ['segment', 'word']) form.append('timestamp_granularities[]', granularity);
  return form;
}
