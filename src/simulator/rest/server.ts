/** REST v10 on loopback: who asks, is the request well formed, the routes, and errors as Discord words them. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import type { VoiceServer } from '../voice/contract.ts';
import type { BotState } from '../state/model.ts';
import type { VoiceStates } from '../state/voice-states.ts';
import type { World } from '../state/world.ts';
import { DiscordError, invalidForm, nestFaults } from './errors.ts';
import type { OpenApiCheck } from './openapi-check.ts';
import { accountRoutes } from './routes/accounts.ts';
import { channelRoutes } from './routes/channels.ts';
import { commandRoutes } from './routes/commands.ts';
import { eventRoutes } from './routes/events.ts';
import { guildRoutes } from './routes/guilds.ts';
import { interactionRoutes } from './routes/interactions.ts';
import { stageRoutes } from './routes/stages.ts';

export interface RestRequest {
  method: string;
  /** Without `/api/v10`. */
  path: string;
  body: unknown;
  status: number;
  /** The answer's body when it was an error. */
  error?: unknown;
  /** False when the OpenAPI document does not know the operation, or no document is at hand. */
  checked: boolean;
}

export interface RestContext {
  world: World;
  voice: VoiceServer;
  voiceStates: VoiceStates;
  gatewayUrl: string;
}

export type RestEnv = { Variables: { bot: BotState; body: Record<string, unknown> } };
/** Routes are registered by paths below `/api/v10`. */
const createApp = () => new Hono<RestEnv>().basePath('/api/v10');
export type RestApp = ReturnType<typeof createApp>;

export interface RestServer {
  apiUrl: string;
  requests: RestRequest[];
  close(): Promise<void>;
}

/** Interaction callbacks and webhooks carry their own token in the path. */
const needsNoToken = (path: string) => path.startsWith('/interactions/') || path.startsWith('/webhooks/');

/** JSON, or the JSON part of an upload (docs, Reference, "Uploading Files"). */
async function readBody({ req }: Context<RestEnv>): Promise<unknown> {
  const type = req.header('content-type') ?? '';
  if (type.startsWith('multipart/form-data')) {
    const part = (await req.parseBody())['payload_json'];
    return typeof part === 'string' ? JSON.parse(part) : {};
  }
  const text = await req.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new DiscordError(400, 50109, 'The request body contains invalid JSON.');
  }
}

export async function startRestServer(
  context: RestContext,
  check: OpenApiCheck | undefined,
): Promise<RestServer> {
  const requests: RestRequest[] = [];
  const app = createApp();

  app.use(async (c, next) => {
    const path = c.req.path.slice('/api/v10'.length);
    const entry: RestRequest = { method: c.req.method, path, body: undefined, status: 0, checked: false };
    requests.push(entry);
    const bot = context.world.bots.get((c.req.header('authorization') ?? '').replace(/^Bot /, ''));
    if (bot) c.set('bot', bot);
    else if (!needsNoToken(path)) throw new DiscordError(401, 0, '401: Unauthorized');
    const isUpload = c.req.header('content-type')?.startsWith('multipart/form-data') ?? false;
    const body = ['POST', 'PUT', 'PATCH'].includes(c.req.method) ? await readBody(c) : undefined;
    entry.body = body;
    const faults = check?.faults(c.req.method, path, isUpload ? (body ?? {}) : body);
    entry.checked = faults !== undefined;
    if (faults && faults.length > 0) throw invalidForm(faults);
    c.set('body', (body ?? {}) as Record<string, unknown>);
    await next();
    entry.status = c.res.status;
  });
  app.onError((error, c) => {
    const entry = requests.at(-1);
    const refusal =
      error instanceof DiscordError
        ? error
        : new DiscordError(400, 0, `simulator: ${error.stack ?? error.message}`);
    const answer = {
      message: refusal.message,
      code: refusal.code,
      ...(refusal.faults.length > 0 ? { errors: nestFaults(refusal.faults) } : {}),
    };
    if (entry) Object.assign(entry, { status: refusal.status, error: answer });
    return c.json(answer, refusal.status);
  });
  app.notFound((c) => {
    const answer = {
      message: '404: Not Found',
      code: 0,
      simulator: `no such route: ${c.req.method} ${c.req.path}`,
    };
    Object.assign(requests.at(-1) ?? {}, { status: 404, error: answer });
    return c.json(answer, 404);
  });
  for (const routes of [
    accountRoutes,
    commandRoutes,
    interactionRoutes,
    channelRoutes,
    stageRoutes,
    eventRoutes,
    guildRoutes,
  ])
    routes(app, context);

  // discord.js writes @me and @original as %40me and %40original.
  const fetch = (request: Request) => app.fetch(new Request(request.url.replaceAll('%40', '@'), request));
  const server = createAdaptorServer({ fetch });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    apiUrl: `http://127.0.0.1:${port}/api`,
    requests,
    async close() {
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
