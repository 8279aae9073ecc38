/** Settings for whoever runs an installation: a cache before it, and where troubles are told. */
import { z } from 'zod';
import type { PurgeSettings } from './cdn-purge.ts';
import { optional } from './setting-types.ts';

export const operatorEnvironment = {
  CDN_PURGE_URL: optional(
    z
      .string()
      .trim()
      .refine(
        (text) => /^https?:$/.test(URL.parse(text.replace(/\{(url|address)\}/g, 'x'))?.protocol ?? ''),
        'must be an http(s) address, with {url} or {address} where each address goes, or none of them for a list as JSON',
      ),
  ),
  CDN_PURGE_HEADER: optional(
    z
      .string()
      .trim()
      .regex(/^[\w-]+:\s*[!-~][ -~]*$/, 'must be a header such as Authorization: Bearer …'),
  ),
  ALERT_CHANNEL: optional(
    z
      .string()
      .trim()
      .regex(/^\d{15,20}$/, 'must be the id of a Discord channel: right-click it, Copy Channel ID'),
  ),
};

type OperatorEnvironment = z.infer<z.ZodObject<typeof operatorEnvironment>>;

export interface OperatorSettings {
  /** Undefined: no cache is told of what was taken down. */
  readonly purge: PurgeSettings | undefined;
  /** A Discord channel; undefined: troubles stand in the log alone. */
  readonly alertChannelId: string | undefined;
}

export function readOperator({
  CDN_PURGE_URL: url,
  CDN_PURGE_HEADER: line,
  ALERT_CHANNEL: alertChannelId,
}: OperatorEnvironment): OperatorSettings {
  const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line ?? '') ?? [];
  const header = name === undefined || value === undefined ? undefined : ([name, value] as const);
  return Object.freeze({
    purge: url === undefined ? undefined : Object.freeze({ url, header }),
    alertChannelId,
  });
}
