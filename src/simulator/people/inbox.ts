/** What bots write to a person directly, and whether this person lets them. */
import type { APIMessage } from 'discord-api-types/v10';
import { waitForMessage } from '../state/wait-for-message.ts';
import type { World } from '../state/world.ts';

export interface Inbox {
  /** Oldest first. */
  messages(): APIMessage[];
  nextMessage(satisfies: (message: APIMessage) => boolean, withinMs?: number): Promise<APIMessage>;
  /** Bots are refused from now on. */
  shut(): void;
}

export function createInbox(world: World, userId: string): Inbox {
  const messages = () =>
    [...world.direct.channels.values()]
      .filter((each) => each.userId === userId)
      .flatMap((each) => each.messages);
  return {
    messages,
    nextMessage: (satisfies, withinMs) =>
      waitForMessage(world, messages, satisfies, { where: `directly to ${userId}`, withinMs }),
    shut: () => void world.direct.refusing.add(userId),
  };
}
