/** What Discord's prose asks of a scheduled event (docs, Guild Scheduled Event). */
import {
  GuildScheduledEventEntityType as Entity,
  GuildScheduledEventStatus as Status,
  type APIGuildScheduledEvent,
} from 'discord-api-types/v10';
import type { ChannelKind } from '../state/model.ts';
import { STAGE_MODERATOR, type PermissionName } from '../state/permissions.ts';
import type { FormFault } from './errors.ts';

/** Scheduled or active events a guild. */
export const EVENTS_PER_GUILD = 100;

/** "Valid Guild Scheduled Event Status Transitions"; terminal states are final. */
const NEXT: Record<Status, readonly Status[]> = {
  [Status.Scheduled]: [Status.Active, Status.Canceled],
  [Status.Active]: [Status.Completed],
  [Status.Completed]: [],
  [Status.Canceled]: [],
};

export const isFinished = (status: Status): boolean => NEXT[status].length === 0;

export const mayBecome = (status: Status, next: Status): boolean =>
  status === next || NEXT[status].includes(next);

/** "Permissions Requirements": what the event's kind asks for in its channel. */
export const neededIn = (entity: Entity): readonly PermissionName[] =>
  entity === Entity.StageInstance ? STAGE_MODERATOR : ['ViewChannel', 'Connect'];

/** The channel that the event's kind takes place in; none for an external one. */
export const channelKindOf = (entity: Entity): ChannelKind | undefined =>
  (({ [Entity.StageInstance]: 'stage', [Entity.Voice]: 'voice', [Entity.External]: undefined }) as const)[
    entity
  ];

const missing = (path: string): FormFault => ({
  path,
  code: 'BASE_TYPE_REQUIRED',
  message: 'This field is required',
});
const tooLong = (path: string, most: number): FormFault => ({
  path,
  code: 'BASE_TYPE_MAX_LENGTH',
  message: `Must be ${most} or fewer in length.`,
});

type EventFields = Partial<
  Pick<
    APIGuildScheduledEvent,
    | 'name'
    | 'description'
    | 'entity_type'
    | 'privacy_level'
    | 'channel_id'
    | 'scheduled_start_time'
    | 'scheduled_end_time'
  >
> & { entity_metadata?: { location?: string } | null };

/**
 * Faults of an event as it would stand: a new one, or the old one with the changes in it.
 * @param startIsNew - the start was named by this request, so it must lie in the future
 */
export function eventFaults(event: EventFields, nowMs: number, startIsNew: boolean): FormFault[] {
  const { name, description, entity_type: entity, scheduled_start_time: start } = event;
  const end = event.scheduled_end_time;
  const isExternal = entity === Entity.External;
  const faults: FormFault[] = [];
  if (!name) faults.push(missing('name'));
  if ((name?.length ?? 0) > 100) faults.push(tooLong('name', 100));
  if ((description?.length ?? 0) > 1000) faults.push(tooLong('description', 1000));
  if (entity === undefined) faults.push(missing('entity_type'));
  if (event.privacy_level === undefined) faults.push(missing('privacy_level'));
  if (start === undefined) faults.push(missing('scheduled_start_time'));
  else if (startIsNew && !(Date.parse(start) > nowMs))
    faults.push({
      path: 'scheduled_start_time',
      code: 'GUILD_SCHEDULED_EVENT_SCHEDULE_PAST',
      message: 'Cannot schedule event in the past.',
    });
  if (start !== undefined && end && !(Date.parse(end) > Date.parse(start)))
    faults.push({
      path: 'scheduled_end_time',
      code: 'GUILD_SCHEDULED_EVENT_END_BEFORE_START',
      message: 'The event must end after it starts.',
    });
  // "Field Requirements By Entity Type".
  if (isExternal && !event.entity_metadata?.location) faults.push(missing('entity_metadata.location'));
  if (isExternal && !end) faults.push(missing('scheduled_end_time'));
  if (entity !== undefined && !isExternal && !event.channel_id) faults.push(missing('channel_id'));
  if (isExternal && event.channel_id)
    faults.push({ path: 'channel_id', code: 'BASE_TYPE_CHOICES', message: 'Must be null.' });
  return faults;
}
