/** Who am I: gateway address, the bot's user, its application, direct message channels. */
import { RESTJSONErrorCodes } from 'discord-api-types/v10';
import { DiscordError, unknown } from '../errors.ts';
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
  app.get('/users/@me', (c) => c.json(c.get('bot').user));
  app.get('/users/:id', (c) => {
    const user = world.users.get(c.req.param('id'));
    if (user === undefined) throw unknown('user');
    return c.json(user);
  });
  // Direct messages: nobody here has opened theirs to the bot, which is a normal answer of Discord's (50007).
  app.post('/users/@me/channels', () => {
    throw new DiscordError(
      403,
      RESTJSONErrorCodes.CannotSendMessagesToThisUser,
      'Cannot send messages to this user',
    );
  });
  const application = (applicationId: string, name: string) => ({
    id: applicationId,
    name,
    description: '',
    icon: null,
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: '0'.repeat(64),
    flags: 0,
  });
  app.get('/applications/@me', (c) =>
    c.json(application(c.get('bot').applicationId, c.get('bot').user.username)),
  );
  app.get('/oauth2/applications/@me', (c) =>
    c.json(application(c.get('bot').applicationId, c.get('bot').user.username)),
  );
}
