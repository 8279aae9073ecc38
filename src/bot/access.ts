/** Who may run things here. Discord hides commands by itself, but a server can loosen that, so handlers ask again. */
import { PermissionFlagsBits, type GuildMember, type PermissionsBitField } from 'discord.js';
import { UserError } from './user-error.ts';

/** What Discord asks of a member before it shows the commands (`default_member_permissions`: all of these bits). */
export const SHOWN_TO = PermissionFlagsBits.ManageEvents;

/** A host plans, records and publishes. Administrators and the owner have every permission. */
export const isHost = (permissions: Readonly<PermissionsBitField>): boolean =>
  permissions.any([PermissionFlagsBits.ManageGuild, PermissionFlagsBits.ManageEvents]);

/** Whoever began a thing may also end it. Throws UserError. */
export function assertHostOr(
  ownerId: string | undefined,
  { member, isHost: allowed }: { member: Pick<GuildMember, 'id'>; isHost: boolean },
): void {
  if (allowed || member.id === ownerId) return;
  throw new UserError((say) =>
    ownerId === undefined ? say.errors.notAllowed : say.errors.notYours(`<@${ownerId}>`),
  );
}
