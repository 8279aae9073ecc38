/** REST v10 on loopback: intake, the routes, and errors as Discord words them. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import type { VoiceServer } from '../voice/contract.ts';
import type { BotState } from '../state/model.ts';
import type { VoiceStates } from '../state/voice-states.ts';
import type { World } from '../state/world.ts';
import { DiscordError, errorAnswer, type FormFault } from './errors.ts';
import { examine, hinder, logRequests } from './intake.ts';
import type { OpenApiCheck } from './openapi-check.ts';
import { accountRoutes } from './routes/accounts.ts';
import { channelRoutes } from './routes/channels.ts';
import { commandRoutes } from './routes/commands.ts';
import { eventRoutes } from './routes/events.ts';
import { guildRoutes } from './routes/guilds.ts';
import { interactionRoutes } from './routes/interactions.ts';
import { messageRoutes } from './routes/messages.ts';
import { reactionRoutes } from './routes/reactions.ts';
import { stageRoutes } from './routes/stages.ts';
import { voiceStateRoutes } from './routes/voice-states.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import type { RestSwitches } from './switches.ts';

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
  /** The simulator has no such route, or broke at it. */
  isOurFault?: true;
  /** Where our answer breaks the document; only while answers are checked and the document is at hand. */
  answerFaults?: FormFault[];
}

export interface RestContext {
  world: World;
  voice: VoiceServer;
  voiceStates: VoiceStates;
  gatewayUrl: string;
}

export interface RestOptions {
  check: OpenApiCheck | undefined;
  checkAnswers: boolean;
  switches: RestSwitches;
}

export type RestEnv = { Variables: { bot: BotState; body: Record<string, unknown>; entry: RestRequest } };
/** Routes are registered by paths below `/api/v10`. */
const createRoutes = () => new Hono<RestEnv>();
export type RestApp = ReturnType<typeof createRoutes>;

export interface RestServer {
  apiUrl: string;
  requests: RestRequest[];
  close(): Promise<void>;
}

/** Answers a refusal and writes it into the request's own log entry. */
function refuse(c: Context<RestEnv>, refusal: DiscordError, more: Record<string, string> = {}): Response {
  const answer = { ...errorAnswer(refusal), ...more };
  Object.assign(c.get('entry'), { status: refusal.status, error: answer });
  return c.json(answer, refusal.status);
}

export async function startRestServer(
  context: RestContext,
  { check, checkAnswers, switches }: RestOptions,
): Promise<RestServer> {
  const requests: RestRequest[] = [];
  const app = new Hono<RestEnv>();
  // Discord's CDN is another host; here it is another path, and no request of the API.
  app.get('/ephemeral-attachments/:id/:name', (c) => {
    const file = context.world.attachments.get(c.req.param('id'));
    if (file === undefined) return c.text('This content is no longer available.', 404);
    return c.body(Uint8Array.from(file.bytes), 200, { 'Content-Type': file.contentType });
  });
  app.use(logRequests(requests));
  // A mistake of ours is told as a 400, for discord.js tries anything above 500 three times more before it says so.
  app.onError((error, c) => {
    if (error instanceof DiscordError) return refuse(c, error);
    c.get('entry').isOurFault = true;
    return refuse(c, new DiscordError(400, 0, `simulator: ${error.stack ?? error.message}`));
  });
  app.notFound((c) => {
    c.get('entry').isOurFault = true;
    return refuse(c, new DiscordError(404, 0, '404: Not Found'), {
      simulator: `no such route: ${c.req.method} ${c.req.path}`,
    });
  });
  const api = createRoutes();
  api.use(hinder(switches), examine({ world: context.world, check, checkAnswers }));
  for (const routes of [
    accountRoutes,
    commandRoutes,
    interactionRoutes,
    webhookRoutes,
    channelRoutes,
    messageRoutes,
    reactionRoutes,
    stageRoutes,
    eventRoutes,
    guildRoutes,
    voiceStateRoutes,
  ])
    routes(api, context);
  app.route('/api/v10', api);

  // discord.js writes @me and @original as %40me and %40original.
  const fetch = (request: Request) => app.fetch(new Request(request.url.replaceAll('%40', '@'), request));
  const server = createAdaptorServer({ fetch });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  context.world.cdnUrl = `http://127.0.0.1:${port}`;
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
