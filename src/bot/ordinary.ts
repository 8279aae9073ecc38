/**
 * What Discord refuses in the ordinary course of things: a channel was deleted, a message removed, the bot taken out or not
 * let in, an answer came too late. The log names it in one line; a stack would only look like a fault of ours.
 */
import { DiscordAPIError, DiscordjsError, DiscordjsErrorCodes, RESTJSONErrorCodes } from 'discord.js';
import { stdSerializers, type Logger } from 'pino';

/** discord.js, about what it had in its cache until it was gone. */
const NOT_KNOWN_ANY_MORE: readonly string[] = [
  DiscordjsErrorCodes.ChannelNotCached,
  DiscordjsErrorCodes.GuildUncachedMe,
  DiscordjsErrorCodes.GuildUncachedEntityResolve,
];

const isForgotten = (error: unknown): error is DiscordjsError =>
  error instanceof DiscordjsError && NOT_KNOWN_ANY_MORE.includes(error.code);

/** Unknown to Discord, or not for the bot: 404 and 403, and the interaction's token that is over, which is a 401. */
export function isOrdinary(error: unknown): error is Error {
  if (error instanceof DiscordAPIError)
    return [403, 404].includes(error.status) || error.code === RESTJSONErrorCodes.InvalidWebhookToken;
  return isForgotten(error);
}

/** The message cannot be edited any more: it or its channel is gone, or its token is over. */
const MESSAGE_GONE: readonly (number | string)[] = [
  RESTJSONErrorCodes.UnknownMessage,
  RESTJSONErrorCodes.UnknownChannel,
  RESTJSONErrorCodes.UnknownWebhook,
  RESTJSONErrorCodes.InvalidWebhookToken,
  RESTJSONErrorCodes.MissingAccess,
];
export const isMessageGone = (error: unknown): boolean =>
  error instanceof DiscordAPIError ? MESSAGE_GONE.includes(error.code) : isForgotten(error);

/** The same log, in which what is ordinary has a name and no stack. */
export const inPlainLines = (logger: Logger): Logger =>
  logger.child(
    {},
    {
      serializers: {
        err: (error: unknown) =>
          isOrdinary(error) ? `${error.name}: ${error.message}` : stdSerializers.err(error as Error),
      },
    },
  );
