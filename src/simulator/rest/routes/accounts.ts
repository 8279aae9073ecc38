/** Who am I: gateway address, the bot's user, its application, direct message channels. */
import { ApplicationFlags, GatewayIntentBits } from 'discord-api-types/v10';
import { openDirectChannel, wireDirectChannel } from '../../state/direct-messages.ts';
import type { BotState } from '../../state/model.ts';
import { unknown } from '../errors.ts';
import type { RestApp, RestContext } from '../server.ts';

export function accountRoutes(app: RestApp, { world, gatewayUrl }: RestContext): void {
  app.get('/gateway', (c) => c.json({ url: gatewayUrl }));
  app.get('/gateway/bot', (c) =>
    c.json({
      url: gatewayUrl,
      shards: 1,
      session_start_limit: { total: 1000, remaining: 999, reset_after: 86_400_000, max_concurrency: 1 },
    }),
  );
  app.get('/users/@me', (c) =>
    c.json({ ...c.get('bot').user, mfa_enabled: true, locale: 'en-US', verified: true }),
  );
  app.get('/users/:id', (c) => {
    const user = world.users.get(c.req.param('id'));
    if (user === undefined) throw unknown('user');
    return c.json(user);
  });
  app.post('/users/@me/channels', (c) => {
    const { recipient_id: userId } = c.get('body') as { recipient_id?: string };
    if (userId === undefined || !world.users.has(userId)) throw unknown('user');
    return c.json(wireDirectChannel(world, openDirectChannel(world, c.get('bot'), userId)));
  });
  /** Docs, Application, "Application Flags": GATEWAY_GUILD_MEMBERS_LIMITED, for bots in fewer than 100 guilds. */
  const flagsOf = ({ allowedIntents }: BotState): number =>
    (allowedIntents & GatewayIntentBits.GuildMembers) === 0 ? 0 : ApplicationFlags.GatewayGuildMembersLimited;
  // Docs, Application, "Application Object": what belongs to an application without a team, a shop or a web address.
  const application = (account: BotState) => ({
    id: account.applicationId,
    name: account.user.username,
    description: '',
    icon: null,
    type: null,
    bot: account.user,
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: '0'.repeat(64),
    flags: flagsOf(account),
    flags_new: String(flagsOf(account)),
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    owner: account.user,
    team: null,
    approximate_guild_count: world.guilds.size,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    eligible_oauth2_scopes: [],
  });
  app.get('/applications/@me', (c) => c.json(application(c.get('bot'))));
  app.get('/oauth2/applications/@me', (c) => c.json(application(c.get('bot'))));
}
