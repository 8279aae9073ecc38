/** An application as small as one can be: it carries op 4 to a gateway that answers at once, and does what it is told. */
import { PROTOCOL_VERSION, toApplication } from '../../../recorder/protocol.ts';

const [behaviour = 'run', endpoint = '', guildId = '', botId = ''] = process.argv.slice(2);
const send = (message: unknown): void => void process.send?.(message);

if (behaviour.startsWith('exit ')) process.exit(Number(behaviour.slice(5)));

process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(0));
process.on('message', (carried) => {
  const message = toApplication.parse(carried);
  if (message.type === 'close' && behaviour !== 'deaf') process.exit(0);
  if (message.type !== 'gateway-send') return;
  const { d } = message.payload as { d: { channel_id: string | null } };
  const state = { user_id: botId, channel_id: d.channel_id, session_id: 's', deaf: false };
  send({ type: 'voice-state', guildId, payload: state });
  if (d.channel_id === null) return;
  send({ type: 'voice-server', guildId, payload: { guild_id: guildId, token: 't', endpoint } });
});
if (behaviour === 'deaf') process.on('SIGTERM', () => undefined);
send({ type: 'hello', protocolVersion: PROTOCOL_VERSION });
send({ type: 'shard', guildId, ready: true });
