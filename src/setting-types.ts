/** Kinds of settings: what a value of the environment may look like, and what to say where it does not. */
import { z } from 'zod';
import { isNearHost } from './near-host.ts';

const emptyIsUnset = (value: unknown) =>
  typeof value === 'string' && value.trim() === '' ? undefined : value;
export const optional = <T extends z.ZodType>(type: T) => z.preprocess(emptyIsUnset, type.optional());
export const withDefault = <T extends z.ZodType>(type: T, value: z.input<T>) =>
  z.preprocess((given) => emptyIsUnset(given) ?? value, type);

export const webUrl = (example: string) => {
  const error = `must be an http(s) address such as ${example}`;
  return z
    .url({ protocol: /^https?$/, error })
    .refine((url) => isPlainAddress(URL.parse(url)), `${error}, without user, query or fragment`)
    .transform((url) => (URL.parse(url)?.href ?? url).replace(/\/+$/, ''));
};
/** Paths are appended to it. */
const isPlainAddress = (url: URL | null) =>
  [url?.username, url?.password, url?.search, url?.hash].every((part) => part === '');
export const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be a whole number from ${least} to ${most}`);

export const onOff = () => z.enum(['on', 'off'], 'must be on or off').transform((value) => value === 'on');

/**
 * An address over which nobody may listen in: in the clear only where the way is the operator's own.
 *
 * @param because - what travels, as "what is said would travel in the clear"
 */
export const privateUrl = (example: string, because: string) =>
  webUrl(example).refine((url) => {
    const { protocol, hostname } = new URL(url);
    return protocol === 'https:' || isNearHost(hostname);
  }, `must begin with https://; http:// is only for this machine or a private network, because ${because}`);
