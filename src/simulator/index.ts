/**
 * An embedded Discord that the real discord.js and @discordjs/voice connect to: REST v10, gateway v10, and the voice half
 * of `voice/`. Tests and the demo furnish its guilds and move its people.
 */
import { createBot, type BotOptions, type SimBot } from './bot.ts';
import { realClock, type SimClock } from './clock.ts';
import { startGateway } from './gateway/gateway.ts';
import { createGuild, type SimGuild } from './guild.ts';
import type { OpenApiCheck } from './rest/openapi-check.ts';
import { openApiCheck } from './rest/openapi-copy.ts';
import { startRestServer, type RestRequest } from './rest/server.ts';
import { noSwitches, type RestSwitches } from './rest/switches.ts';
import { createVoiceStates } from './state/voice-states.ts';
import { createWorld } from './state/world.ts';
import type { Timing } from './timing.ts';
import type { EncryptionMode, VoiceServer } from './voice/contract.ts';
import { startVoiceServer } from './voice/voice-server.ts';

export type { BotOptions, SimBot } from './bot.ts';
export type { SimChannel, SimGuild } from './guild.ts';
export { readableText, type SimInteraction } from './people/interaction.ts';
export type { SimMember } from './people/member.ts';
export { NotPossibleError } from './people/options.ts';
export { openApiCheck, OpenApiDocumentError } from './rest/openapi-copy.ts';
export type { RestRequest } from './rest/server.ts';

export interface SimulatorOptions {
  clock?: SimClock;
  /** Discord's OpenAPI document; by default DISCORD_OPENAPI, then a copy beside the checkout. `null` checks nothing. */
  openApiPath?: string | null;
  /** A check made before by `openApiCheck`, so that several simulators compile each schema once. */
  openApi?: OpenApiCheck | undefined;
  modes?: readonly EncryptionMode[];
  seed?: number;
  /** Waits of Discord and of people; tests shorten what they do not want to sit through. */
  timing?: Partial<Timing>;
  /** The time of day, Unix milliseconds; the machine's own by default. */
  nowMs?: () => number;
  /** Holds our own answers against the document, too; faults land in `requests`. For tests of the simulator. */
  checkAnswers?: boolean;
}

export interface Simulator {
  apiUrl: string;
  caPem: string;
  clock: SimClock;
  voice: VoiceServer;
  /** True when requests are held against Discord's own document. */
  checksOpenApi: boolean;
  /** Latency and rate limits of REST. Change its fields at any time. */
  rest: RestSwitches;
  /** Every REST request so far, with the status it got. */
  requests: readonly RestRequest[];
  /** Requests for which the simulator has no route, and those it broke at: a test that passes has none. */
  unanswered(): RestRequest[];
  createGuild(guild: { name: string; locale?: string }): SimGuild;
  createBot(bot: BotOptions): SimBot;
  close(): Promise<void>;
}

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const ownClock = options.clock === undefined ? realClock() : undefined;
  const clock = options.clock ?? ownClock!;
  const check = options.openApi ?? openApiCheck(options.openApiPath);
  const { modes, seed } = options;
  const voice = await startVoiceServer({
    clock,
    ...(modes ? { modes } : {}),
    ...(seed === undefined ? {} : { seed }),
  });
  const gateway = await startGateway();
  const world = createWorld(gateway.dispatcher, { clock, nowMs: options.nowMs, timing: options.timing });
  const voiceStates = createVoiceStates(world, voice);
  gateway.attach(world, {
    voiceStateUpdate: (session, data) => voiceStates.request(session, data),
    sessionEnded: (session) => voiceStates.release(session),
  });
  const switches = noSwitches();
  const rest = await startRestServer(
    { world, voice, voiceStates, gatewayUrl: gateway.url },
    { check, checkAnswers: options.checkAnswers ?? false, switches },
  );

  return {
    apiUrl: rest.apiUrl,
    caPem: voice.caPem,
    clock,
    voice,
    checksOpenApi: check !== undefined,
    requests: rest.requests,
    rest: switches,
    unanswered: () => rest.requests.filter(({ isOurFault }) => isOurFault),
    createGuild: (guild) => createGuild({ world, voice, voiceStates }, guild),
    createBot: (bot) => createBot({ world, gateway, voiceStates }, bot),
    async close() {
      await rest.close();
      await gateway.close();
      await voice.close();
      ownClock?.close();
    },
  };
}
