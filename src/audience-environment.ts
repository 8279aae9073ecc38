/** The settings of who listens: how audio is delivered, whom to believe about addresses, and what is known of them. */
import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { MEDIA_DELIVERIES, type MediaDelivery } from '../publisher/audience/delivery.ts';
import { optional, whole, withDefault } from './setting-types.ts';

export interface AudienceSettings {
  readonly delivery: MediaDelivery;
  /** Addresses and networks of proxies before us, whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** A CSV file of address ranges and countries. */
  readonly countryFile: string | undefined;
  /** A file of networks in which nobody listens. */
  readonly dataCenterFile: string | undefined;
  /** How long apps, devices, countries and deliveries of a day are kept; its downloads stay. */
  readonly detailDays: number;
}

function isNetwork(text: string): boolean {
  const [network = '', prefix, ...more] = text.split('/');
  const bits = isIPv4(network) ? 32 : isIPv6(network) ? 128 : undefined;
  if (bits === undefined || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
}

export const audienceEnvironment = {
  MEDIA_DELIVERY: withDefault(
    z.enum(MEDIA_DELIVERIES, `must be one of ${MEDIA_DELIVERIES.join(', ')}`),
    'stream',
  ),
  TRUSTED_PROXIES: optional(
    z
      .string()
      .transform((text) => text.split(',').map((part) => part.trim()))
      .refine(
        (networks) => networks.every(isNetwork),
        'must be addresses or networks with commas between, such as 127.0.0.1, 10.0.0.0/8, fd00::/8',
      ),
  ),
  AUDIENCE_COUNTRY_DB: optional(z.string()),
  AUDIENCE_DATACENTERS: optional(z.string()),
  AUDIENCE_DETAIL_DAYS: withDefault(whole(1, 3_650), '400'),
};

type AudienceEnvironment = z.infer<z.ZodObject<typeof audienceEnvironment>> & {
  S3_PUBLIC_URL?: string | undefined;
};

/** The settings, and what is wrong about them, each beginning with the setting to change. */
export function readAudience(env: AudienceEnvironment): { audience: AudienceSettings; faults: string[] } {
  const { MEDIA_DELIVERY: delivery } = env;
  const audience = Object.freeze({
    delivery,
    trustedProxies: env.TRUSTED_PROXIES ?? [],
    countryFile: env.AUDIENCE_COUNTRY_DB,
    dataCenterFile: env.AUDIENCE_DATACENTERS,
    detailDays: env.AUDIENCE_DETAIL_DAYS,
  });
  const faults =
    delivery !== 'stream' && env.S3_PUBLIC_URL === undefined
      ? [
          `MEDIA_DELIVERY is ${delivery} and S3_PUBLIC_URL is not set: say where listeners reach the bucket, or stream`,
        ]
      : [];
  return { audience, faults };
}
