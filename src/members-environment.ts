/** The settings of members' feeds: how their role is followed, and how their audio is delivered. */
import { z } from 'zod';
import { onOff, whole, withDefault } from './setting-types.ts';

export interface MembersSettings {
  /** Asks Discord for the privileged Server Members Intent: role changes are told at once. */
  readonly intent: boolean;
  readonly delivery: 'stream' | 'redirect';
  /** How long the last word of Discord holds while it cannot be asked. */
  readonly graceMs: number;
}

export const membersEnvironment = {
  MEMBERS_INTENT: withDefault(onOff(), 'off'),
  MEMBERS_DELIVERY: withDefault(z.enum(['stream', 'redirect'], 'must be one of stream, redirect'), 'stream'),
  MEMBERS_GRACE_HOURS: withDefault(whole(1, 720), '24'),
};

export const readMembers = (env: z.infer<z.ZodObject<typeof membersEnvironment>>): MembersSettings =>
  Object.freeze({
    intent: env.MEMBERS_INTENT,
    delivery: env.MEMBERS_DELIVERY,
    graceMs: env.MEMBERS_GRACE_HOURS * 60 * 60_000,
  });
