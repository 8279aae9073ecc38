/** Tells the operator in a channel of theirs what is wrong with the feeds: once when it begins, once when it is over. */
import { textsFor } from '../../templates/messages/index.ts';
import type { TroubleNews } from '../catalog/index.ts';
import type { BotContext } from './context.ts';
import { plain } from './plain-text.ts';

const EVERY_MS = 30_000;
/** Discord takes 2,000 characters a message; what more there is stands in `stagecast health`. */
const MOST_CHARACTERS = 1_900;
const MOST_OF_ONE = 600;

export interface AlertSettings {
  channelId: string;
  everyMs?: number;
}

type Context = Pick<BotContext, 'client' | 'catalog' | 'background' | 'logger'>;

/** Until closed. News that Discord does not take are told later. */
export function tellAlerts(
  context: Context,
  { channelId, everyMs = EVERY_MS }: AlertSettings,
): { close(): void } {
  const { catalog, background, logger } = context;
  let isComplained = false;
  let isBusy = false;
  const tell = async () => {
    const news = await catalog.feedHealth.takeNews();
    if (news.length === 0) return;
    try {
      await send(context, channelId, news);
      isComplained = false;
    } catch (error) {
      await catalog.feedHealth.putBack(news);
      // Once, and not every half minute.
      if (!isComplained)
        logger.error(
          { err: error, channelId },
          'What is wrong cannot be told in ALERT_CHANNEL: is that the id of a channel in which the bot may write? It is tried again; npm start -- health says it too',
        );
      isComplained = true;
    }
  };
  const turn = () => {
    if (isBusy) return;
    isBusy = true;
    background.run('news of the feeds were not read', () => tell().finally(() => (isBusy = false)));
  };
  turn();
  const timer = setInterval(turn, everyMs);
  return { close: () => clearInterval(timer) };
}

async function send({ client }: Context, channelId: string, news: readonly TroubleNews[]): Promise<void> {
  const channel = await client.channels.fetch(channelId);
  if (channel?.isSendable() !== true) throw new Error(`${channelId} is no channel that takes messages`);
  const texts = textsFor(channel.isDMBased() ? '' : channel.guild.preferredLocale);
  const lines: string[] = [];
  let characters = 0;
  for (const { said, isOver } of news) {
    const line = texts.alerts[isOver ? 'over' : 'begun'](plain(said, MOST_OF_ONE));
    characters += line.length + 1;
    if (characters > MOST_CHARACTERS) break;
    lines.push(line);
  }
  const more = news.length - lines.length;
  await channel.send({ content: [...lines, ...(more > 0 ? [texts.alerts.more(more)] : [])].join('\n') });
}
