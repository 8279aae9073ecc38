/** An application as small as one can be: it carries op 4, answers for the gateway, and starts a session in each channel. */
import { PROTOCOL_VERSION, toApplication } from '../../recorder/protocol.ts';
import type { ToRecorder } from '../../recorder/protocol.ts';
import { BOT_ID, channelId, guildId, sessionId, VOICE_SESSION, VOICE_TOKEN } from './setting.ts';

const [endpoint = '', channels = '1'] = process.argv.slice(2);
const tell = (message: ToRecorder): void => void process.send?.(message);

function start(channel: number): void {
  tell({ type: 'shard', guildId: guildId(channel), ready: true });
  tell({
    type: 'start',
    requestId: `start-${channel}`,
    session: {
      sessionId: sessionId(channel),
      guildId: guildId(channel),
      channelId: channelId(channel),
      selfUserId: BOT_ID,
      title: 'Bench',
      startedBy: { userId: '1', displayName: 'Bench', bot: false },
      notice: { channelId: channelId(channel), messageId: '1', atMs: 0 },
      people: [],
    },
  });
}

process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(0));
process.on('message', (carried) => {
  const message = toApplication.parse(carried);
  switch (message.type) {
    case 'welcome':
      for (let channel = 0; channel < Number(channels); channel++) start(channel);
      return;
    case 'gateway-send': {
      const { guildId, payload } = message;
      const { d } = payload as { d: { channel_id: string | null } };
      const state = { user_id: BOT_ID, channel_id: d.channel_id, session_id: VOICE_SESSION, deaf: false };
      tell({ type: 'voice-state', guildId, payload: state });
      if (d.channel_id === null) return;
      const server = { guild_id: guildId, token: VOICE_TOKEN, endpoint };
      tell({ type: 'voice-server', guildId, payload: server });
      return;
    }
    case 'close':
      process.exit(0);
    // eslint-disable-next-line no-fallthrough -- the process has ended
    default:
      return;
  }
});
tell({ type: 'hello', protocolVersion: PROTOCOL_VERSION });
