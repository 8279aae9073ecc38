/** Discord as this bot meets it: the way there, the clocks, the token, the gateway with its intents, a channel's permissions. */
import pino from 'pino';
import { logIn, LoginRefusedError } from '../../bot/client.ts';
import type { Config } from '../../config.ts';
import { checkAlerts, checkChannel, checkChannels } from './channels.ts';
import type { Finding } from './finding.ts';

/** HTTP tells whole seconds (RFC 9110 section 5.6.7), and the answer takes a moment to come. */
const CLOCKS_APART_MS = 5_000;
const ANSWER_WITHIN_MS = 10_000;

/** Yields what is known after each step; a step that fails ends it, because the next ones build on it. */
export async function* checkDiscord(
  { discord: { token, apiUrl }, databaseUrl, signs, members, operator }: Config,
  channelId: string | undefined,
): AsyncGenerator<Finding[], void, void> {
  if (token === undefined) yield [checkToken(databaseUrl)];
  const reached = await ask(apiUrl, token);
  if (!('status' in reached)) return yield [reached];
  yield [checkClock(reached.dateMs, Date.now())];
  if (token === undefined) return;
  const account = checkAccount(reached);
  yield [account];
  if (account.verdict !== 'good') return;
  try {
    const logger = pino({ level: 'silent' });
    const client = await logIn({ token, apiUrl, membersIntent: members.intent, logger });
    const servers = client.guilds.cache.size;
    yield [
      servers > 0
        ? { topic: 'gateway', verdict: 'good', seen: `every intent is granted; in ${servers} server(s)` }
        : {
            topic: 'gateway',
            verdict: 'warning',
            seen: 'the bot is in no server yet',
            remedy: 'invite it with the link in README.md, "Your own bot"',
          },
      ...(channelId === undefined ? checkChannels(client, signs) : checkChannel(client, channelId, signs)),
      ...checkAlerts(client, operator.alertChannelId),
    ];
    await client.destroy();
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    const remedy =
      error instanceof LoginRefusedError
        ? 'then start the doctor again'
        : 'the gateway is a WebSocket: check that a proxy between lets it through';
    yield [{ topic: 'gateway', verdict: 'fault', seen, remedy }];
  }
}

/** Only a machine of an installation of several can do without one. */
function checkToken(databaseUrl: string | undefined): Finding {
  const topic = 'Discord';
  const seen = 'no DISCORD_TOKEN';
  return databaseUrl === undefined
    ? {
        ...{ topic, verdict: 'fault', seen },
        remedy: 'without it only the demo runs; README.md, "Your own bot", says how to get one',
      }
    : {
        topic,
        verdict: 'warning',
        seen,
        remedy:
          "fine for a worker; a web server asks Discord about members' roles with it, and the bot needs one",
      };
}

interface Answer {
  status: number;
  /** What Discord's clock shows. */
  dateMs: number;
  username: string | undefined;
}

/** The bot's own account by REST; without a token the refusal still tells the time. */
async function ask(apiUrl: string, token: string | undefined): Promise<Answer | Finding> {
  try {
    const response = await fetch(`${apiUrl}/v10/users/@me`, {
      headers: token === undefined ? {} : { authorization: `Bot ${token}` },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const dateMs = Date.parse(response.headers.get('date') ?? '');
    const { username } = (response.ok ? await response.json() : {}) as { username?: string };
    return { status: response.status, dateMs, username };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return {
      topic: 'Discord',
      verdict: 'fault',
      seen: `${apiUrl} cannot be reached (${cause instanceof Error ? cause.message : String(cause)})`,
      remedy: 'check the connection to discord.com and any proxy between',
    };
  }
}

function checkAccount({ status, username }: Answer): Finding {
  const topic = 'Discord';
  if (status === 401)
    return {
      topic,
      verdict: 'fault',
      seen: 'the token is refused',
      remedy: 'reset it in the Developer Portal (Bot, Reset Token) and put the new one into DISCORD_TOKEN',
    };
  if (username === undefined)
    return {
      topic,
      verdict: 'fault',
      seen: `it answers ${status}`,
      remedy: 'see discordstatus.com, and check that DISCORD_API_URL is not set by mistake',
    };
  return { topic, verdict: 'good', seen: `logged in as ${username}` };
}

/** Events start, links expire and uploads are signed by this machine's time of day. */
export function checkClock(theirsMs: number, oursMs: number): Finding {
  const topic = 'clock';
  const remedy = 'let the system keep its time: timedatectl set-ntp true';
  if (Number.isNaN(theirsMs))
    return { topic, verdict: 'warning', seen: 'Discord did not tell the time', remedy };
  const apartMs = oursMs - theirsMs;
  if (Math.abs(apartMs) <= CLOCKS_APART_MS)
    return { topic, verdict: 'good', seen: "agrees with Discord's to the second" };
  const seen = `${Math.round(Math.abs(apartMs) / 1000)} s ${apartMs > 0 ? 'ahead of' : 'behind'} Discord's`;
  return { topic, verdict: 'warning', seen, remedy };
}
