/** The callback of an interaction: one, within three seconds. */
import {
  InteractionResponseType as Response,
  InteractionType,
  MessageFlags,
  RESTJSONErrorCodes,
  type APIMessage,
} from 'discord-api-types/v10';
import type { InteractionState } from '../../state/model.ts';
import {
  composeMessage,
  editMessage,
  isEphemeral,
  isLoading,
  postMessage,
  type MessageBody,
} from '../../state/messages.ts';
import type { World } from '../../state/world.ts';
import { DiscordError, invalidForm, unknown } from '../errors.ts';
import { callbackFaults } from '../interaction-rules.ts';
import type { RestApp, RestContext } from '../server.ts';

/** A message of the bot that answers this interaction, as its webhook would write it. */
export function answerMessage(world: World, interaction: InteractionState, body: MessageBody): APIMessage {
  const { applicationId, source } = interaction;
  const bot = [...world.bots.values()].find((each) => each.applicationId === applicationId);
  if (bot === undefined) throw unknown('webhook');
  const metadata: Record<string, unknown> = {
    id: interaction.id,
    type: interaction.type,
    user: interaction.user,
    authorizing_integration_owners: { 0: interaction.guildId },
    ...(interaction.type === InteractionType.MessageComponent ? { interacted_message_id: source?.id } : {}),
  };
  return composeMessage(world, interaction, bot.user, body, {
    webhook_id: applicationId,
    application_id: applicationId,
    ...(interaction.type === InteractionType.ModalSubmit
      ? {}
      : { interaction_metadata: metadata as unknown as NonNullable<APIMessage['interaction_metadata']> }),
  });
}

const describe = ({ id, type, original: message }: InteractionState) => ({
  id,
  type,
  ...(message
    ? {
        response_message_id: message.id,
        response_message_ephemeral: isEphemeral(message),
        response_message_loading: isLoading(message),
      }
    : {}),
});

export function interactionRoutes(app: RestApp, { world }: RestContext): void {
  function answer(interaction: InteractionState, type: Response, body: Record<string, unknown>): void {
    switch (type) {
      case Response.ChannelMessageWithSource:
        interaction.original = answerMessage(world, interaction, body);
        interaction.onMessage(interaction.original, 'created');
        postMessage(world, interaction.original, interaction.user.id);
        return;
      case Response.DeferredChannelMessageWithSource: {
        // The placeholder "is thinking..." keeps its ephemeral flag for the answer.
        const flags = (Number(body['flags']) & MessageFlags.Ephemeral) | MessageFlags.Loading;
        interaction.original = answerMessage(world, interaction, { flags });
        return;
      }
      case Response.UpdateMessage:
        interaction.original = interaction.source;
        if (interaction.source) editMessage(world, interaction.source, body);
        return;
      case Response.DeferredMessageUpdate:
        interaction.original = interaction.source;
        return;
      case Response.Modal:
        interaction.form = {
          customId: String(body['custom_id']),
          components: (body['components'] as unknown[] | undefined) ?? [],
        };
        return;
      default:
    }
  }

  app.post('/interactions/:id/:token/callback', (c) => {
    const interaction = world.interactions.get(c.req.param('token'));
    if (interaction?.id !== c.req.param('id')) throw unknown('interaction');
    if (interaction.acknowledged)
      throw new DiscordError(
        400,
        RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged,
        'Interaction has already been acknowledged.',
      );
    if (world.clock.nowUs() > interaction.acknowledgeByUs) throw unknown('interaction');
    const { type, data = {} } = c.get('body') as { type: Response; data?: Record<string, unknown> };
    const asked = { kind: interaction.type, hasSource: interaction.source !== undefined };
    const faults = callbackFaults({ type, data }, asked);
    if (faults.length > 0) throw invalidForm(faults);
    interaction.acknowledged = true;
    answer(interaction, type, data);
    interaction.onCallback({ type, data });
    if (c.req.query('with_response') !== 'true') return c.body(null, 204);
    const message = interaction.original;
    return c.json({
      interaction: describe(interaction),
      ...(message ? { resource: { type, message } } : {}),
    });
  });
}
