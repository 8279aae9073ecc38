/** Files that go straight to Node's socket: through web streams they would take half as long again. */
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import type { Readable } from 'node:stream';
import { isFileBody, sendFile } from './file-body.ts';

interface Offered {
  /** The same body as a web stream, in the response that the routes made. */
  stream: ReadableStream;
  body: Readable;
  sent: ((bytes: number) => void) | undefined;
}
const offers = new WeakMap<object, Offered>();

/** Lets who serves on Node's server take the file itself in place of the stream. */
export function offerRaw(c: Context, offered: Offered): void {
  const { outgoing } = (c.env ?? {}) as Partial<HttpBindings>;
  if (outgoing !== undefined && isFileBody(offered.body)) offers.set(outgoing, offered);
}

/** Sends the response by itself where its body is the file that was offered; else hands it back. */
export async function sendRaw(response: Response, { outgoing }: HttpBindings): Promise<Response> {
  const offered = offers.get(outgoing);
  if (offered === undefined || response.body !== offered.stream) return response;
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  await sendFile(offered.body, outgoing, offered.sent);
  return RESPONSE_ALREADY_SENT;
}
