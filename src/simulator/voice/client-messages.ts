/** What a client may send over the voice gateway, checked; the shapes are those of the voice gateway, version 8. */
import { VoiceCloseCodes, VoiceOpcodes } from 'discord-api-types/voice/v8';
import { z } from 'zod';

const transition = z.object({ transition_id: z.int().min(0).max(0xffff) });

const clientMessage = z.discriminatedUnion('op', [
  z.object({
    op: z.literal(VoiceOpcodes.Identify),
    d: z.object({
      server_id: z.string(),
      user_id: z.string(),
      session_id: z.string(),
      token: z.string(),
      max_dave_protocol_version: z.int().min(0).default(0),
    }),
  }),
  z.object({
    op: z.literal(VoiceOpcodes.SelectProtocol),
    d: z.object({
      protocol: z.string(),
      data: z.object({ address: z.string(), port: z.int().min(1).max(0xffff), mode: z.string() }),
    }),
  }),
  z.object({
    op: z.literal(VoiceOpcodes.Heartbeat),
    d: z.object({ t: z.number(), seq_ack: z.int().default(-1) }),
  }),
  z.object({ op: z.literal(VoiceOpcodes.Speaking), d: z.object({ speaking: z.int(), ssrc: z.number() }) }),
  z.object({
    op: z.literal(VoiceOpcodes.Resume),
    d: z.object({
      server_id: z.string(),
      session_id: z.string(),
      token: z.string(),
      seq_ack: z.int().default(-1),
    }),
  }),
  z.object({ op: z.literal(VoiceOpcodes.DaveTransitionReady), d: transition }),
  z.object({ op: z.literal(VoiceOpcodes.DaveMlsInvalidCommitWelcome), d: transition }),
]);

export type ClientMessage = z.infer<typeof clientMessage>;
export type Identify = Extract<ClientMessage, { op: VoiceOpcodes.Identify }>['d'];
export type SelectProtocol = Extract<ClientMessage, { op: VoiceOpcodes.SelectProtocol }>['d'];
export type Resume = Extract<ClientMessage, { op: VoiceOpcodes.Resume }>['d'];

const knownOps = new Set<unknown>(clientMessage.options.map((option) => option.shape.op.value));

/** A checked message, or the close code that answers it: 4001 for an opcode no client sends, 4002 for a bad payload. */
export function parseClientMessage(text: string): ClientMessage | VoiceCloseCodes {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return VoiceCloseCodes.FailedToDecode;
  }
  const parsed = clientMessage.safeParse(json);
  if (parsed.success) return parsed.data;
  const op = z.object({ op: z.unknown() }).safeParse(json).data?.op;
  return knownOps.has(op) ? VoiceCloseCodes.FailedToDecode : VoiceCloseCodes.UnknownOpcode;
}
