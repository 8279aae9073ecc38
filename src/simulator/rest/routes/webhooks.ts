/** The webhook of an interaction's token: its first answer, and what follows it, for fifteen minutes. */
import { RESTJSONErrorCodes, type APIMessage } from 'discord-api-types/v10';
import type { InteractionState } from '../../state/model.ts';
import {
  deleteMessage,
  editMessage,
  fillPlaceholder,
  isLoading,
  postMessage,
  type MessageBody,
} from '../../state/messages.ts';
import { DiscordError, invalidForm, unknown } from '../errors.ts';
import { messageFaults } from '../message-rules.ts';
import type { RestApp, RestContext } from '../server.ts';
import { answerMessage } from './interactions.ts';

export function webhookRoutes(app: RestApp, { world }: RestContext): void {
  function find(applicationId: string, token: string): InteractionState {
    const interaction = world.interactions.get(token);
    // discord/discord-api-docs#6851: 401 once the token is no longer valid, 404 while nothing has answered yet.
    if (interaction === undefined || world.clock.nowUs() > interaction.expiresAtUs)
      throw new DiscordError(401, RESTJSONErrorCodes.InvalidWebhookToken, 'Invalid Webhook Token');
    if (!interaction.acknowledged || interaction.applicationId !== applicationId) throw unknown('webhook');
    return interaction;
  }
  function messageIn({ original, followUps }: InteractionState, id: string): APIMessage {
    const found = id === '@original' || id === original?.id ? original : followUps.get(id);
    if (found === undefined) throw unknown('message');
    return found;
  }
  function edit(interaction: InteractionState, message: APIMessage, body: MessageBody): void {
    const wasLoading = isLoading(message);
    interaction.onMessage(message, wasLoading ? 'created' : 'edited');
    if (wasLoading) fillPlaceholder(world, message, body, interaction.user.id);
    else editMessage(world, message, body);
  }
  const checked = (body: Record<string, unknown>, isNew: boolean): MessageBody => {
    const faults = messageFaults(body, isNew);
    if (faults.length > 0) throw invalidForm(faults);
    return body;
  };

  app.get('/webhooks/:application/:token/messages/:message', (c) => {
    const { application, token, message } = c.req.param();
    return c.json(messageIn(find(application, token), message));
  });
  app.patch('/webhooks/:application/:token/messages/:message', (c) => {
    const { application, token, message: id } = c.req.param();
    const interaction = find(application, token);
    const message = messageIn(interaction, id);
    edit(interaction, message, checked(c.get('body'), false));
    return c.json(message);
  });
  app.delete('/webhooks/:application/:token/messages/:message', (c) => {
    const { application, token, message: id } = c.req.param();
    const interaction = find(application, token);
    const message = messageIn(interaction, id);
    interaction.followUps.delete(message.id);
    if (interaction.original === message) interaction.original = undefined;
    interaction.onMessage(message, 'deleted');
    deleteMessage(world, message);
    return c.body(null, 204);
  });
  app.post('/webhooks/:application/:token', (c) => {
    const { application, token } = c.req.param();
    const interaction = find(application, token);
    const body = checked(c.get('body'), true);
    // Docs, "Create Followup Message": directly after a deferral it fills the placeholder, whose ephemeral flag stays.
    if (interaction.original && isLoading(interaction.original)) {
      edit(interaction, interaction.original, body);
      return c.json(interaction.original);
    }
    const message = answerMessage(world, interaction, body);
    interaction.followUps.set(message.id, message);
    interaction.onMessage(message, 'created');
    postMessage(world, message, interaction.user.id);
    return c.json(message);
  });
}
