/** Voice states on a stage: the bot's own, and those of the people whom it may let speak. */
import type { BotState, ChannelState, GuildState } from '../../state/model.ts';
import { isoNow } from '../../state/world.ts';
import { invalidForm, unknown, wrongChannelKind } from '../errors.ts';
import type { RestApp, RestContext } from '../server.ts';
import { guildOf, requireIn } from './lookup.ts';

interface VoiceStateBody {
  channel_id?: string;
  suppress?: boolean;
  request_to_speak_timestamp?: string | null;
}

/** A client's clock may run behind; further back is the past. */
const CLOCK_SKEW_MS = 60_000;

export function voiceStateRoutes(app: RestApp, { world, voiceStates }: RestContext): void {
  const stateOf = (guild: GuildState, bot: BotState, user: string) => {
    const state = guild.voiceStates.get(user === '@me' ? bot.user.id : user);
    if (state === undefined) throw unknown('voiceState');
    return state;
  };
  /** Docs, Voice, caveats of both: the user must be in `channel_id`, and it must be a stage. */
  const onStage = (guild: GuildState, channelId: string | null, body: VoiceStateBody): ChannelState => {
    if (body.channel_id !== undefined && body.channel_id !== channelId) throw unknown('voiceState');
    const channel = guild.channels.get(channelId ?? '');
    if (channel === undefined) throw unknown('voiceState');
    if (channel.kind !== 'stage') throw wrongChannelKind();
    return channel;
  };

  app.get('/guilds/:guild/voice-states/:user', (c) => {
    const guild = guildOf(world, c.get('bot'), c.req.param('guild'));
    return c.json({ ...stateOf(guild, c.get('bot'), c.req.param('user')), guild_id: guild.id });
  });
  // Docs, "Modify Current User Voice State": MUTE_MEMBERS to unsuppress oneself, REQUEST_TO_SPEAK to raise a hand.
  app.patch('/guilds/:guild/voice-states/@me', (c) => {
    const bot = c.get('bot');
    const guild = guildOf(world, bot, c.req.param('guild'));
    const body = c.get('body') as VoiceStateBody;
    const { suppress, request_to_speak_timestamp: raisedAt } = body;
    const channel = onStage(guild, stateOf(guild, bot, '@me').channel_id, body);
    if (suppress === false) requireIn(guild, channel, bot.user.id, ['MuteMembers']);
    if (raisedAt) {
      requireIn(guild, channel, bot.user.id, ['RequestToSpeak']);
      // "You are able to set request_to_speak_timestamp to any present or future time."
      if (!(Date.parse(raisedAt) >= world.nowMs() - CLOCK_SKEW_MS))
        throw invalidForm([
          {
            path: 'request_to_speak_timestamp',
            code: 'BASE_TYPE_CHOICES',
            message: 'Must be a present or future time.',
          },
        ]);
    }
    voiceStates.change(guild, bot.user.id, {
      ...(suppress === undefined ? {} : { suppress }),
      ...(raisedAt === undefined ? {} : { request_to_speak_timestamp: raisedAt }),
    });
    return c.body(null, 204);
  });
  // "When unsuppressed, non-bot users will have their request_to_speak_timestamp set to the current time": an invitation.
  app.patch('/guilds/:guild/voice-states/:user', (c) => {
    const bot = c.get('bot');
    const guild = guildOf(world, bot, c.req.param('guild'));
    const body = c.get('body') as VoiceStateBody;
    const state = stateOf(guild, bot, c.req.param('user'));
    const channel = onStage(guild, state.channel_id, body);
    requireIn(guild, channel, bot.user.id, ['MuteMembers']);
    if (body.suppress !== undefined) {
      const isInvited = !body.suppress && !guild.members.get(state.user_id)?.user.bot;
      voiceStates.change(guild, state.user_id, {
        suppress: body.suppress,
        request_to_speak_timestamp: isInvited ? isoNow(world) : null,
      });
    }
    return c.body(null, 204);
  });
}
