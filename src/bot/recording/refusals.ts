/** Who does not want to be recorded, for what begins to listen. */
import type { BotContext } from '../context.ts';

/** Begins with those who refuse; who changes their mind before it has begun is made known to the recorder directly after. */
export async function withRefusals<T>(
  { catalog, recorder }: Pick<BotContext, 'catalog' | 'recorder'>,
  guildId: string,
  begin: (refusedUserIds: string[]) => Promise<T>,
): Promise<T> {
  const before = await catalog.members.refusing(guildId);
  const begun = await begin(before);
  const now = await catalog.members.refusing(guildId);
  for (const userId of now) if (!before.includes(userId)) recorder.consent(guildId, userId, true);
  for (const userId of before) if (!now.includes(userId)) recorder.consent(guildId, userId, false);
  return begun;
}
