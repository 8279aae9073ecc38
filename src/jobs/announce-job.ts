/**
 * The `announce` job: hubs are told that a feed has changed. WebSub leaves to hub and publisher how (W3C Recommendation, section
 * 6); every hub in use takes the form of PubSubHubbub 0.4, `hub.mode=publish` with the address of the feed. Podping takes a GET
 * with the address and a token that its operators give out (podping.cloud).
 */
import { addressOf, feedKey } from '../../publisher/site/addresses.ts';
import { type JobHandler, showFeedSettings } from '../catalog/index.ts';
import type { WorkersOptions } from './index.ts';

/** Fetches an address that a host has set: never one of our own network. */
export type OutsideFetch = (
  url: string,
  init: { method: 'GET' | 'POST'; headers?: Record<string, string>; body?: string },
) => Promise<{ status: number }>;

export interface AnnounceOptions extends Pick<WorkersOptions, 'catalog' | 'baseUrl' | 'logger'> {
  outsideFetch: OutsideFetch;
  /** Undefined: nobody is told by podping. */
  podping?: { url: string; token: string } | undefined;
}

const AGENT = { 'User-Agent': 'Stagecast/1.0 (podcast host)' };

/** Each hub is told by itself; one that does not answer keeps no other from it, and has the job tried again. */
export function announceJob({
  catalog,
  baseUrl,
  outsideFetch,
  podping,
  logger,
}: AnnounceOptions): JobHandler<'announce'> {
  return {
    async run({ payload: { showId } }) {
      const show = await catalog.shows.byId(showId);
      if (show === undefined) return;
      const { hubUrls, usesPodping, medium } = showFeedSettings.parse(show.feed);
      const feedUrl = addressOf(baseUrl, feedKey(show.slug));
      const form = { 'Content-Type': 'application/x-www-form-urlencoded', ...AGENT };
      const body = new URLSearchParams({ 'hub.mode': 'publish', 'hub.url': feedUrl }).toString();
      const tellings = hubUrls.map((hub) => ({
        who: hub,
        tell: () => outsideFetch(hub, { method: 'POST', headers: form, body }),
      }));
      if (usesPodping && podping !== undefined) {
        const query = new URLSearchParams({ url: feedUrl, reason: 'update', medium });
        const headers = { Authorization: podping.token, ...AGENT };
        tellings.push({
          who: 'podping',
          tell: () => outsideFetch(`${podping.url}?${query.toString()}`, { method: 'GET', headers }),
        });
      }
      const failed: string[] = [];
      for (const { who, tell } of tellings)
        try {
          const { status } = await tell();
          if (status < 200 || status > 299) failed.push(`${who} answers with status ${status}`);
          else logger.info({ showId, hub: who }, 'A hub was told that the feed has changed');
        } catch (error) {
          failed.push(`${who}: ${error instanceof Error ? error.message : String(error)}`);
        }
      if (failed.length > 0) throw new Error(failed.join('; '));
    },
    giveUp({ showId }, reason) {
      logger.warn({ showId, reason }, 'Not every hub could be told of a change; apps find it by asking');
      return Promise.resolve();
    },
  };
}
