/** Whether a message of the voice gateway has the form that Discord gives it: the library believes whatever it is sent. */
import { VoiceOpcodes } from 'discord-api-types/voice/v8';
import { z } from 'zod';

const snowflake = z.string().regex(/^\d{1,20}$/);
const uint16 = z.int().min(0).max(0xffff);
const uint32 = z.int().min(0).max(0xffff_ffff);
const version = z.int().min(0).max(0xffff);
/** Beyond this a timer of Node fires each millisecond; a heartbeat more often than the lower bound is no heartbeat. */
const heartbeatMs = z.number().min(50).max(0x7fff_ffff);

/** What the library reads of each message (`onWsPacket` of its Networking); of the others it reads nothing. */
const contents = new Map<number, z.ZodType>([
  [VoiceOpcodes.Ready, z.object({ ssrc: uint32, ip: z.string(), port: uint16, modes: z.array(z.string()) })],
  [
    VoiceOpcodes.SessionDescription,
    z.object({
      mode: z.string(),
      secret_key: z.array(z.int().min(0).max(0xff)).length(32),
      dave_protocol_version: version.optional(),
    }),
  ],
  [VoiceOpcodes.Speaking, z.object({ user_id: snowflake, ssrc: uint32 })],
  [VoiceOpcodes.Hello, z.object({ heartbeat_interval: heartbeatMs })],
  [VoiceOpcodes.ClientsConnect, z.object({ user_ids: z.array(snowflake) })],
  [VoiceOpcodes.ClientDisconnect, z.object({ user_id: snowflake })],
  [VoiceOpcodes.DavePrepareTransition, z.object({ transition_id: uint16, protocol_version: version })],
  [VoiceOpcodes.DaveExecuteTransition, z.object({ transition_id: uint16 })],
  [VoiceOpcodes.DavePrepareEpoch, z.object({ protocol_version: version, epoch: z.int().min(0) })],
]);
/** `seq` is what a resume goes by; one of another type would end the connection with the next heartbeat. */
const envelope = z.object({ op: z.int(), d: z.unknown(), seq: uint16.nullish() });
/** Sequence number (2 bytes) and opcode. */
const BINARY_HEAD_BYTES = 3;

/** The opcode of a message as the WebSocket gives it, or undefined when it is not of the form that its opcode has. */
export function opcodeOf(content: unknown): number | undefined {
  if (content instanceof ArrayBuffer) return opcodeOf(Buffer.from(content));
  if (content instanceof Buffer) return content.length < BINARY_HEAD_BYTES ? undefined : content[2];
  if (typeof content !== 'string') return undefined;
  const message = envelope.safeParse(parsed(content)).data;
  const form = message === undefined ? undefined : contents.get(message.op);
  return form === undefined || form.safeParse(message?.d).success ? message?.op : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
