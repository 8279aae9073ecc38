/** Asks Discord by REST what a user holds in a server: for whoever has no gateway, and for when events were missed. */
import { RESTJSONErrorCodes } from 'discord-api-types/v10';
import type { Membership } from './catalog/index.ts';

const ANSWER_WITHIN_MS = 5_000;

export interface AskMembershipOptions {
  token: string;
  /** Discord's API, or an embedded Discord's. */
  apiUrl: string;
}

/** Discord does not say, or says that it cannot be asked now. */
export class NoMembershipError extends Error {
  override name = 'NoMembershipError';
}

export function createAskMembership({ token, apiUrl }: AskMembershipOptions) {
  let pausedUntilMs = 0;

  async function ask(path: string): Promise<{ status: number; body: { code?: number; roles?: string[] } }> {
    if (Date.now() < pausedUntilMs) throw new NoMembershipError('Discord asked for a pause');
    const response = await fetch(`${apiUrl}/v10${path}`, {
      headers: { authorization: `Bot ${token}` },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    // Docs, Rate Limits, "Exceeding A Rate Limit".
    const retryAfterS = Number(response.headers.get('retry-after') ?? 0);
    if (response.status === 429) pausedUntilMs = Date.now() + Math.max(1, retryAfterS) * 1000;
    const body = (await response.json().catch(() => ({}))) as { code?: number; roles?: string[] };
    return { status: response.status, body };
  }

  /** `wasHolder`: whether they may have lost something by a ban, which costs a question of its own. */
  return async (guildId: string, userId: string, wasHolder: boolean): Promise<Membership> => {
    const member = await ask(`/guilds/${guildId}/members/${userId}`);
    if (member.status === 200 && Array.isArray(member.body.roles)) return { roleIds: member.body.roles };
    const { UnknownMember, UnknownUser } = RESTJSONErrorCodes;
    const isGone = [UnknownMember, UnknownUser].some((code) => code === member.body.code);
    if (member.status !== 404 || !isGone)
      throw new NoMembershipError(`Discord answered ${member.status} (code ${member.body.code ?? 'none'})`);
    // Without the permission to see bans nobody can tell; then they have left.
    const isBanned = wasHolder && (await ask(`/guilds/${guildId}/bans/${userId}`)).status === 200;
    return isBanned ? 'banned' : 'left';
  };
}
