/** What every REST request passes first: the log, the bot behind the token, its body, and Discord's own document. */
import { setTimeout } from 'node:timers/promises';
import { RESTJSONErrorCodes } from 'discord-api-types/v10';
import type { Context, MiddlewareHandler } from 'hono';
import type { SentFile } from '../state/attachments.ts';
import type { World } from '../state/world.ts';
import { DiscordError, invalidForm } from './errors.ts';
import type { OpenApiCheck } from './openapi-check.ts';
import type { RestEnv, RestRequest } from './server.ts';
import { takeRateLimit, type RestSwitches } from './switches.ts';

const BASE = '/api/v10';
const WITH_BODY = ['POST', 'PUT', 'PATCH'];

/** Interaction callbacks and webhooks carry their own token in the path. */
const needsNoToken = (path: string) => path.startsWith('/interactions/') || path.startsWith('/webhooks/');

const isUpload = ({ req }: Context<RestEnv>) =>
  req.header('content-type')?.startsWith('multipart/form-data') ?? false;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new DiscordError(
      400,
      RESTJSONErrorCodes.RequestBodyContainsInvalidJSON,
      'The request body contains invalid JSON.',
    );
  }
};

interface Body {
  json: unknown;
  uploads?: SentFile[];
}

/** JSON, or the JSON part of an upload and the files that it describes (docs, Reference, "Uploading Files"). */
async function readBody(c: Context<RestEnv>): Promise<Body> {
  if (!isUpload(c)) {
    const text = await c.req.text();
    return { json: text === '' ? undefined : parse(text) };
  }
  const parts = await c.req.parseBody();
  const payload = parts['payload_json'];
  const json = typeof payload === 'string' ? parse(payload) : {};
  const described = (json as { attachments?: { id: unknown; description?: string }[] }).attachments ?? [];
  const uploads = Object.entries(parts).map(async ([name, part]): Promise<SentFile[]> => {
    const [, index] = /^files\[(\d+)\]$/.exec(name) ?? [];
    if (index === undefined || !(part instanceof File)) return [];
    const { description } = described.find(({ id }) => String(id) === index) ?? {};
    const bytes = new Uint8Array(await part.arrayBuffer());
    return [{ name: part.name, contentType: typeOf(part.name), bytes, description }];
  });
  return { json, uploads: (await Promise.all(uploads)).flat() };
}

/** Discord finds out by itself what a file is. */
const typeOf = (name: string) => (name.endsWith('.png') ? 'image/png' : 'application/octet-stream');

/** Opens the request's own entry in the log, and closes it with the status it got. */
export function logRequests(requests: RestRequest[]): MiddlewareHandler<RestEnv> {
  return async (c, next) => {
    const path = c.req.path.startsWith(BASE) ? c.req.path.slice(BASE.length) : c.req.path;
    const entry: RestRequest = { method: c.req.method, path, body: undefined, status: 0, checked: false };
    requests.push(entry);
    c.set('entry', entry);
    await next();
    entry.status = c.res.status;
  };
}

/** Docs, Rate Limits, "Exceeding A Rate Limit": the status, the headers and the body of a 429. */
export function hinder(switches: RestSwitches): MiddlewareHandler<RestEnv> {
  return async (c, next) => {
    const { method, path } = c.get('entry');
    if (switches.latencyMs > 0) await setTimeout(switches.latencyMs);
    const limit = takeRateLimit(switches, method, path);
    if (limit === undefined) {
      await next();
      return;
    }
    const { retryAfterS } = limit;
    return c.json({ message: 'You are being rate limited.', retry_after: retryAfterS, global: false }, 429, {
      'Retry-After': String(Math.ceil(retryAfterS)),
      'X-RateLimit-Limit': '5',
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset-After': String(retryAfterS),
      'X-RateLimit-Scope': 'user',
    });
  };
}

export interface Examination {
  world: World;
  check: OpenApiCheck | undefined;
  /** Also hold what we answer against the document; what breaks it lands in the log. */
  checkAnswers: boolean;
}

export function examine({ world, check, checkAnswers }: Examination): MiddlewareHandler<RestEnv> {
  return async (c, next) => {
    const entry = c.get('entry');
    const { method, path } = entry;
    const bot = world.bots.get((c.req.header('authorization') ?? '').replace(/^Bot /, ''));
    if (bot) c.set('bot', bot);
    else if (!needsNoToken(path)) throw new DiscordError(401, 0, '401: Unauthorized');
    const { json, uploads } = WITH_BODY.includes(method) ? await readBody(c) : { json: undefined };
    entry.body = json;
    const query = new URL(c.req.url).searchParams;
    const request = { method, path, query, body: isUpload(c) ? (entry.body ?? {}) : entry.body };
    const faults = check?.faults(request);
    entry.checked = faults !== undefined;
    if (faults && faults.length > 0) throw invalidForm(faults);
    c.set('body', { ...(entry.body ?? {}), ...(uploads && { uploads }) });
    await next();
    // Commands are used from now on, and three seconds of each use must not go to our compiler (some 200 ms, once).
    if (method === 'PUT' && path.endsWith('/commands')) check?.prepare('POST', '/interactions/0/0/callback');
    if (!checkAnswers || check === undefined || !c.res.ok) return;
    const text = await c.res.clone().text();
    const answer: unknown = text === '' ? undefined : JSON.parse(text);
    entry.answerFaults = check.answerFaults(request, c.res.status, answer) ?? [];
  };
}
