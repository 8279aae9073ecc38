/** What may answer which interaction (docs, Receiving and Responding, "Interaction Callback Type"). */
import { InteractionResponseType as Response, InteractionType as Kind } from 'discord-api-types/v10';
import type { FormFault } from './errors.ts';
import { messageFaults } from './message-rules.ts';

const CHOICES = 25;
const FIELDS = 5;

const MESSAGE = [Response.ChannelMessageWithSource, Response.DeferredChannelMessageWithSource];
const UPDATE = [Response.DeferredMessageUpdate, Response.UpdateMessage];

/**
 * Autocomplete takes choices only; a form answers neither autocomplete nor another form; a message can be updated only
 * where one was there to begin with.
 */
function allowedFor(kind: Kind, hasSource: boolean): readonly Response[] {
  switch (kind) {
    case Kind.Ping:
      return [Response.Pong];
    case Kind.ApplicationCommandAutocomplete:
      return [Response.ApplicationCommandAutocompleteResult];
    case Kind.ModalSubmit:
      return hasSource ? [...MESSAGE, ...UPDATE] : MESSAGE;
    case Kind.MessageComponent:
      return [...MESSAGE, ...UPDATE, Response.Modal];
    case Kind.ApplicationCommand:
      return [...MESSAGE, Response.Modal];
  }
}

const outOfRange = (path: string, text: string): FormFault => ({
  path,
  code: 'BASE_TYPE_BAD_LENGTH',
  message: `Must be ${text} in length.`,
});

/** Faults of a callback; paths of a message's own faults stand below `data`. */
export function callbackFaults(
  { type, data }: { type: Response; data: Record<string, unknown> },
  asked: { kind: Kind; hasSource: boolean },
): FormFault[] {
  if (!allowedFor(asked.kind, asked.hasSource).includes(type))
    return [
      {
        path: 'type',
        code: 'BASE_TYPE_CHOICES',
        message: `Response type ${type} does not answer an interaction of type ${asked.kind}.`,
      },
    ];
  if (type === Response.ChannelMessageWithSource || type === Response.UpdateMessage)
    return messageFaults(data, type === Response.ChannelMessageWithSource).map((fault) => ({
      ...fault,
      path: ['data', fault.path].filter(Boolean).join('.'),
    }));
  const choices = (data['choices'] as unknown[] | undefined) ?? [];
  if (type === Response.ApplicationCommandAutocompleteResult && choices.length > CHOICES)
    return [outOfRange('data.choices', `${CHOICES} or fewer`)];
  const fields = (data['components'] as unknown[] | undefined) ?? [];
  if (type === Response.Modal && (fields.length < 1 || fields.length > FIELDS))
    return [outOfRange('data.components', `between 1 and ${FIELDS}`)];
  return [];
}
