/**
 * By whom audio reaches listeners. `stream`: from us; what went out is counted byte by byte. `redirect`: apps ask us, and we
 * send them (302) to where the store can be reached by the world; what they asked for is counted, as if they got it. `direct`:
 * feeds name the store itself; nobody passes us, and nothing is counted. Without such a store it is always `stream`.
 */
import type { MediaStore } from '../media/store.ts';
import { decideRange } from '../media/range.ts';
import type { Answered } from './counter.ts';

export const MEDIA_DELIVERIES = ['stream', 'redirect', 'direct'] as const;
export type MediaDelivery = (typeof MEDIA_DELIVERIES)[number];

/** What is small stays with us: chapters and transcripts need headers that a store may not send. */
const AUDIO = /\.(mp3|m4a|opus|mp4)$/i;
export const isAudio = (key: string): boolean => AUDIO.test(key);

type PublicStore = Pick<MediaStore, 'publicUrl'>;

/** Where a request that came to us is sent; undefined when it is answered here. */
export const elsewhere = (delivery: MediaDelivery, key: string, media: PublicStore): string | undefined =>
  delivery === 'stream' || !isAudio(key) ? undefined : media.publicUrl(key);

/** The address of audio in a feed or on a page; `ours` is the one that leads to us. */
export const audioAddress = (
  delivery: MediaDelivery,
  key: string,
  media: PublicStore,
  ours: string,
): string => (delivery === 'direct' && isAudio(key) ? media.publicUrl(key) : undefined) ?? ours;

/** Where pages let their players go besides to us: a redirect leads there. */
export function originElsewhere(delivery: MediaDelivery | undefined, media: PublicStore): string | undefined {
  const address = delivery === undefined ? undefined : elsewhere(delivery, 'media/any.mp3', media);
  return address === undefined ? undefined : new URL(address).origin;
}

/** How long a file is is the store's to know; whatever is left of it was asked for. */
const TO_THE_END = Number.MAX_SAFE_INTEGER;

/** What a request that is sent elsewhere has asked for. */
export function askedRange(rangeHeader: string | undefined): Answered {
  const decision = decideRange(rangeHeader, TO_THE_END);
  const { first, last } = decision.kind === 'part' ? decision.range : { first: 0, last: TO_THE_END - 1 };
  return { status: 302, first, end: last + 1 };
}
