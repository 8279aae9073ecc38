/** Answers of Discord's REST API that are not success: status, JSON code and text as its documentation lists them. */
import { RESTJSONErrorCodes } from 'discord-api-types/v10';
import type { PermissionName } from '../state/permissions.ts';

export interface FormFault {
  /** Path into the body, as `embeds.0.title`. */
  path: string;
  code: string;
  message: string;
}

export class DiscordError extends Error {
  override name = 'DiscordError';
  readonly status: 400 | 401 | 403 | 404;
  readonly code: number;
  readonly faults: readonly FormFault[];
  constructor(
    status: DiscordError['status'],
    code: number,
    message: string,
    faults: readonly FormFault[] = [],
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.faults = faults;
  }
}

/** `errors` nested by path, each leaf holding `_errors` (docs, Opcodes and Status Codes, "JSON Error Response"). */
export function nestFaults(faults: readonly FormFault[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const { path, code, message } of faults) {
    let node = root;
    for (const key of path.split('.').filter(Boolean)) node = (node[key] ??= {}) as Record<string, unknown>;
    ((node['_errors'] ??= []) as unknown[]).push({ code, message });
  }
  return root;
}

/** The body of a refusal. */
export const errorAnswer = ({ message, code, faults }: DiscordError) => ({
  message,
  code,
  ...(faults.length > 0 ? { errors: nestFaults(faults) } : {}),
});

export const invalidForm = (faults: readonly FormFault[]) =>
  new DiscordError(400, RESTJSONErrorCodes.InvalidFormBodyOrContentType, 'Invalid Form Body', faults);

const UNKNOWN = {
  guild: [RESTJSONErrorCodes.UnknownGuild, 'Unknown Guild'],
  channel: [RESTJSONErrorCodes.UnknownChannel, 'Unknown Channel'],
  message: [RESTJSONErrorCodes.UnknownMessage, 'Unknown Message'],
  user: [RESTJSONErrorCodes.UnknownUser, 'Unknown User'],
  member: [RESTJSONErrorCodes.UnknownMember, 'Unknown Member'],
  ban: [RESTJSONErrorCodes.UnknownBan, 'Unknown Ban'],
  emoji: [RESTJSONErrorCodes.UnknownEmoji, 'Unknown Emoji'],
  webhook: [RESTJSONErrorCodes.UnknownWebhook, 'Unknown Webhook'],
  interaction: [RESTJSONErrorCodes.UnknownInteraction, 'Unknown interaction'],
  voiceState: [RESTJSONErrorCodes.UnknownVoiceState, 'Unknown Voice State'],
  stageInstance: [RESTJSONErrorCodes.UnknownStageInstance, 'Unknown Stage Instance'],
  event: [RESTJSONErrorCodes.UnknownGuildScheduledEvent, 'Unknown Guild Scheduled Event'],
} as const;

export const unknown = (what: keyof typeof UNKNOWN) =>
  new DiscordError(404, UNKNOWN[what][0], UNKNOWN[what][1]);

export function missingPermissions(names: readonly PermissionName[]): DiscordError {
  return names.includes('ViewChannel')
    ? new DiscordError(403, RESTJSONErrorCodes.MissingAccess, 'Missing Access')
    : new DiscordError(403, RESTJSONErrorCodes.MissingPermissions, 'Missing Permissions');
}

export const wrongChannelKind = () =>
  new DiscordError(
    400,
    RESTJSONErrorCodes.CannotExecuteActionOnThisChannelType,
    'Cannot execute action on this channel type',
  );
