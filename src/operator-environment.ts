/** Settings for whoever runs an installation: a cache before it. */
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
};

type OperatorEnvironment = z.infer<z.ZodObject<typeof operatorEnvironment>>;

export interface OperatorSettings {
  /** Undefined: no cache is told of what was taken down. */
  readonly purge: PurgeSettings | undefined;
}

export function readOperator({
  CDN_PURGE_URL: url,
  CDN_PURGE_HEADER: line,
}: OperatorEnvironment): OperatorSettings {
  const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line ?? '') ?? [];
  const header = name === undefined || value === undefined ? undefined : ([name, value] as const);
  return Object.freeze({
    purge: url === undefined ? undefined : Object.freeze({ url, header }),
  });
}
