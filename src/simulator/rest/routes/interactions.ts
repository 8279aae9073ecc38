/** Answers to interactions: the callback within three seconds, then the webhook of its token. */
import {
  InteractionResponseType as Response,
  MessageFlags,
  RESTJSONErrorCodes,
  type APIMessage,
} from 'discord-api-types/v10';
import type { InteractionState } from '../../state/model.ts';
import { wireMessage } from '../../state/wire.ts';
import { DiscordError, invalidForm, unknown } from '../errors.ts';
import { messageFaults } from '../message-rules.ts';
import type { RestApp, RestContext } from '../server.ts';

/** Docs, Receiving and Responding: what each kind of answer may carry. */
function callbackFaults(type: number, data: Record<string, unknown>) {
  if (type === (Response.ChannelMessageWithSource as number)) return messageFaults(data, true);
  if (type === (Response.UpdateMessage as number)) return messageFaults(data, false);
  const choices = (data['choices'] as unknown[] | undefined) ?? [];
  if (type === (Response.ApplicationCommandAutocompleteResult as number) && choices.length > 25)
    return [
      { path: 'data.choices', code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 25 or fewer in length.' },
    ];
  const fields = (data['components'] as unknown[] | undefined) ?? [];
  if (type === (Response.Modal as number) && (fields.length < 1 || fields.length > 5))
    return [
      {
        path: 'data.components',
        code: 'BASE_TYPE_BAD_LENGTH',
        message: 'Must be between 1 and 5 in length.',
      },
    ];
  return [];
}

export function interactionRoutes(app: RestApp, { world }: RestContext): void {
  const authorOf = (interaction: InteractionState) => {
    const bot = [...world.bots.values()].find(
      ({ applicationId }) => applicationId === interaction.applicationId,
    );
    if (bot === undefined) throw unknown('webhook');
    return bot.user;
  };
  const messageOf = (interaction: InteractionState, body: Record<string, unknown>): APIMessage => {
    const flags = Number(body['flags'] ?? 0);
    return wireMessage(
      world.makeId(),
      { channelId: interaction.channelId, guildId: interaction.guildId },
      authorOf(interaction),
      { ...body, flags },
      { webhook_id: interaction.applicationId, application_id: interaction.applicationId },
    );
  };
  /** A reply that everybody sees stands in the channel like any message. */
  const publish = (interaction: InteractionState, message: APIMessage): void => {
    const channel = world.guilds.get(interaction.guildId)?.channels.get(interaction.channelId);
    if (Number(message.flags) & MessageFlags.Ephemeral || channel === undefined) return;
    channel.messages.set(message.id, message);
    world.changes.emit('message', message, 'created');
  };
  const sourceMessage = (interaction: InteractionState): APIMessage => {
    const channel = world.guilds.get(interaction.guildId)?.channels.get(interaction.channelId);
    const message = channel?.messages.get(interaction.messageId ?? '') ?? interaction.original;
    if (message === undefined) throw unknown('message');
    return message;
  };

  app.post('/interactions/:id/:token/callback', (c) => {
    const interaction = world.interactions.get(c.req.param('token'));
    if (interaction?.id !== c.req.param('id')) throw unknown('interaction');
    if (interaction.acknowledged)
      throw new DiscordError(
        400,
        RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged,
        'Interaction has already been acknowledged.',
      );
    const { type, data = {} } = c.get('body') as { type: number; data?: Record<string, unknown> };
    const faults = callbackFaults(type, data);
    if (faults.length > 0) throw invalidForm(faults);
    interaction.acknowledged = true;
    if (type === (Response.ChannelMessageWithSource as number)) {
      interaction.original = messageOf(interaction, data);
      publish(interaction, interaction.original);
    } else if (type === (Response.DeferredChannelMessageWithSource as number)) {
      // The placeholder "is thinking..." keeps the ephemeral flag for the first edit.
      const flags = Number(data['flags'] ?? 0) | MessageFlags.Loading;
      interaction.original = messageOf(interaction, { flags });
    } else if (type === (Response.UpdateMessage as number)) {
      const message = sourceMessage(interaction);
      Object.assign(message, data, { edited_timestamp: new Date().toISOString() });
      interaction.original = message;
      world.changes.emit('message', message, 'edited');
    } else if (type === (Response.DeferredMessageUpdate as number)) {
      interaction.original = sourceMessage(interaction);
    }
    interaction.onCallback({ type, data });
    if (interaction.original && type === (Response.ChannelMessageWithSource as number))
      interaction.onMessage(interaction.original, 'created');
    if (c.req.query('with_response') !== 'true') return c.body(null, 204);
    const message = interaction.original;
    return c.json({
      interaction: { id: interaction.id, type: 2, response_message_id: message?.id },
      resource: { type, ...(message ? { message } : {}) },
    });
  });

  const byToken = (token: string): InteractionState => {
    const interaction = world.interactions.get(token);
    if (interaction === undefined) throw unknown('webhook');
    return interaction;
  };
  const messageIn = (interaction: InteractionState, id: string): APIMessage => {
    const message = id === '@original' ? interaction.original : interaction.followUps.get(id);
    const found = message ?? (interaction.original?.id === id ? interaction.original : undefined);
    if (found === undefined) throw unknown('message');
    return found;
  };
  app.get('/webhooks/:application/:token/messages/:message', (c) =>
    c.json(messageIn(byToken(c.req.param('token')), c.req.param('message'))),
  );
  app.patch('/webhooks/:application/:token/messages/:message', (c) => {
    const interaction = byToken(c.req.param('token'));
    const message = messageIn(interaction, c.req.param('message'));
    const body = c.get('body');
    const faults = messageFaults(body, false);
    if (faults.length > 0) throw invalidForm(faults);
    const wasLoading = (Number(message.flags) & MessageFlags.Loading) !== 0;
    const flags = (Number(message.flags) & ~MessageFlags.Loading) | Number(body['flags'] ?? 0);
    Object.assign(message, body, { flags, edited_timestamp: wasLoading ? null : new Date().toISOString() });
    if (wasLoading) publish(interaction, message);
    else world.changes.emit('message', message, 'edited');
    interaction.onMessage(message, wasLoading ? 'created' : 'edited');
    return c.json(message);
  });
  app.delete('/webhooks/:application/:token/messages/:message', (c) => {
    const interaction = byToken(c.req.param('token'));
    const message = messageIn(interaction, c.req.param('message'));
    interaction.onMessage(message, 'deleted');
    return c.body(null, 204);
  });
  app.post('/webhooks/:application/:token', (c) => {
    const interaction = byToken(c.req.param('token'));
    if (!interaction.acknowledged) throw unknown('webhook');
    const faults = messageFaults(c.get('body'), true);
    if (faults.length > 0) throw invalidForm(faults);
    const message = messageOf(interaction, c.get('body'));
    interaction.followUps.set(message.id, message);
    publish(interaction, message);
    interaction.onMessage(message, 'created');
    return c.json(message);
  });
}
