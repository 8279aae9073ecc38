/** An interaction as the person who began it sees it: the reply, its edits, a form to fill, or nothing in time. */
import { EventEmitter, once } from 'node:events';
import { InteractionResponseType, MessageFlags, type APIMessage } from 'discord-api-types/v10';
import type { World } from '../state/world.ts';
import { fieldsOf } from './components.ts';

export interface ModalForm {
  customId: string;
  title: string;
  /** Custom ids of its fields. */
  fields: string[];
}

export interface SimInteraction {
  id: string;
  /** From sending to the callback, milliseconds. */
  acknowledgedAfterMs: number;
  /** The first reply as it stands now; undefined while the bot "is thinking". */
  reply: APIMessage | undefined;
  followUps: APIMessage[];
  modal: ModalForm | undefined;
  choices: { name: string; value: string | number }[] | undefined;
  /** Shown to this person alone. */
  ephemeral: boolean;
  /** The reply's text, embeds' titles, descriptions and fields included, as a person reads it. */
  text(): string;
  /** Waits until the reply or a follow-up satisfies; at once if one does. */
  until(satisfies: (message: APIMessage) => boolean, withinMs?: number): Promise<APIMessage>;
}

/** What stands in a message for a reader: content, then each embed's title, description, fields and footer. */
export function readableText({ content, embeds }: Pick<APIMessage, 'content' | 'embeds'>): string {
  const parts = embeds.flatMap(({ title, description, fields, footer }) => [
    title,
    description,
    ...(fields ?? []).flatMap(({ name, value }) => [name, value]),
    footer?.text,
  ]);
  return [content, ...parts].filter(Boolean).join('\n');
}

export interface InteractionTrace {
  interaction: SimInteraction;
  onCallback: (callback: { type: number; data: unknown }) => void;
  onMessage: (message: APIMessage, event: 'created' | 'edited' | 'deleted') => void;
  /** Resolves at the first answer a person can read; rejects when none comes in time. */
  answered(): Promise<SimInteraction>;
}

export function traceInteraction(
  { changes, timing }: Pick<World, 'changes' | 'timing'>,
  id: string,
  name: string,
): InteractionTrace {
  const sentAtMs = performance.now();
  const signals = new EventEmitter();
  signals.setMaxListeners(0);
  let acknowledged = false;
  let readable = false;
  const messages = (): APIMessage[] => [
    ...(interaction.reply ? [interaction.reply] : []),
    ...interaction.followUps,
  ];
  const interaction: SimInteraction = {
    id,
    acknowledgedAfterMs: 0,
    reply: undefined,
    followUps: [],
    modal: undefined,
    choices: undefined,
    ephemeral: false,
    text: () => messages().map(readableText).join('\n'),
    async until(satisfies, withinMs = timing.answerWithinMs) {
      const signal = AbortSignal.timeout(withinMs);
      for (;;) {
        const found = messages().find(satisfies);
        if (found) return found;
        // Every message's change: a button pressed on the reply edits it by another interaction.
        await once(changes, 'message', { signal }).catch((cause: unknown) => {
          throw new Error(`${name}: what was waited for did not come; it reads:\n${interaction.text()}`, {
            cause,
          });
        });
      }
    },
  };
  return {
    interaction,
    onCallback({ type, data }) {
      acknowledged = true;
      interaction.acknowledgedAfterMs = performance.now() - sentAtMs;
      const fields = data as Record<string, unknown>;
      interaction.ephemeral = (Number(fields['flags'] ?? 0) & MessageFlags.Ephemeral) !== 0;
      if (type === (InteractionResponseType.Modal as number))
        interaction.modal = {
          customId: String(fields['custom_id']),
          title: String(fields['title']),
          fields: fieldsOf((fields['components'] as unknown[] | undefined) ?? []),
        };
      if (type === (InteractionResponseType.ApplicationCommandAutocompleteResult as number))
        interaction.choices = fields['choices'] as SimInteraction['choices'];
      const waitsForMore = type === (InteractionResponseType.DeferredChannelMessageWithSource as number);
      readable ||= !waitsForMore;
      signals.emit('change');
    },
    onMessage(message, event) {
      if (event === 'deleted') {
        if (interaction.reply?.id === message.id) interaction.reply = undefined;
        interaction.followUps = interaction.followUps.filter((each) => each.id !== message.id);
      } else if (interaction.reply === undefined || interaction.reply.id === message.id)
        interaction.reply = message;
      else if (!interaction.followUps.some((each) => each.id === message.id))
        interaction.followUps.push(message);
      readable = true;
      signals.emit('change');
    },
    async answered() {
      const wait = async (ready: () => boolean, withinMs: number, complaint: string) => {
        const signal = AbortSignal.timeout(withinMs);
        while (!ready())
          await once(signals, 'change', { signal }).catch((cause: unknown) => {
            throw new Error(`${name}: ${complaint}`, { cause });
          });
      };
      await wait(() => acknowledged, timing.acknowledgeWithinMs, 'the application did not respond');
      await wait(() => readable, timing.answerWithinMs, 'the application is still thinking');
      return interaction;
    },
  };
}
