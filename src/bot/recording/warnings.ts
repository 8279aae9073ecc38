/** What the recorder warns of, told to the host where the host will read it: in the chat of the channel. */
import { textsFor, type Texts } from '../../../templates/messages/index.ts';
import type { BotContext } from '../context.ts';
import { noticeOf } from './notice.ts';
import { reachHost } from './reach-host.ts';

/** Once in this time and session; the disk refuses every file of a recording, one after the other. */
const AGAIN_AFTER_MS = 10 * 60_000;

/** What keeps the bot from hearing; each ends with `hearing` or `quiet`, and may come again soon after. */
const UNHEARD = ['server-deaf', 'deaf', 'undecryptable'];
const ENDS = ['hearing', 'quiet'];
const UNHEARD_AGAIN_AFTER_MS = 60_000;

/** Undefined for what a host cannot mend: it stands in the log and in `/record status`. */
export function warningText(code: string, host: string, { warning: say }: Texts): string | undefined {
  switch (code) {
    case 'server-deaf':
      return say.deaf(host);
    case 'deaf':
      return say.unheard(host);
    case 'undecryptable':
    case 'hearing':
    case 'quiet':
    case 'disk':
    case 'unwelcome':
    case 'returned':
      return say[code](host);
    case 'seal-failed':
      return say.sealFailed(host);
    case 'disk-low-30':
      return say.diskLow(host, 30);
    case 'disk-low-10':
      return say.diskLow(host, 10);
    default:
      return undefined;
  }
}

export function createWarnings(context: BotContext): (sessionId: string, code: string) => Promise<void> {
  const { catalog, notices } = context;
  const toldAtMs = new Map<string, number>();

  function isNews(sessionId: string, code: string): boolean {
    // Whoever saw the bot leave must not believe that it is over.
    if (code === 'returned') return true;
    const agoMs = (of: string): number => Date.now() - (toldAtMs.get(`${sessionId} ${of}`) ?? -Infinity);
    // The end of a trouble is news to those who were told of it.
    if (ENDS.includes(code)) {
      return UNHEARD.some((trouble) => ENDS.every((end) => agoMs(trouble) < agoMs(end)));
    }
    return agoMs(code) > (UNHEARD.includes(code) ? UNHEARD_AGAIN_AFTER_MS : AGAIN_AFTER_MS);
  }

  return async (sessionId, code) => {
    if (!isNews(sessionId, code)) return;
    const session = await catalog.sessions.byId(sessionId);
    if (session === undefined) return;
    const { guild_id: guildId, channel_id: channelId, started_by: userId } = session;
    const content = (texts: Texts) => warningText(code, `<@${userId}>`, texts);
    if (content(textsFor('')) === undefined) return;
    toldAtMs.set(`${sessionId} ${code}`, Date.now());
    const message = await reachHost(context, {
      ...{ guildId, userId, channelIds: [notices.get(sessionId)?.channelId, channelId] },
      message: (texts) => ({ content: content(texts) ?? '' }),
    });
    // It says that a recording runs, so it is closed with it.
    if (code === 'returned' && message.inGuild()) context.recorder.told(sessionId, noticeOf(message), []);
  };
}
