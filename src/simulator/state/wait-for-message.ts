/** Waits until somebody can read a message that satisfies; at once if one stands there. */
import { once } from 'node:events';
import type { APIMessage } from 'discord-api-types/v10';
import type { World } from './world.ts';

/** @param where - in words, for the error that says what is there instead */
export async function waitForMessage(
  { changes }: Pick<World, 'changes'>,
  messages: () => readonly APIMessage[],
  satisfies: (message: APIMessage) => boolean,
  { where, withinMs = 15_000 }: { where: string; withinMs?: number | undefined },
): Promise<APIMessage> {
  const signal = AbortSignal.timeout(withinMs);
  for (;;) {
    const found = messages().find(satisfies);
    if (found) return found;
    await once(changes, 'message', { signal }).catch((cause: unknown) => {
      const seen = messages().map(({ content }) => content);
      throw new Error(`no such message came ${where}; there are: ${JSON.stringify(seen)}`, { cause });
    });
  }
}
