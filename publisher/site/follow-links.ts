/** Links that open a show's feed in an app. */
import { cleanLine } from '../feed/xml.ts';
import type { FollowLink } from '../../templates/pages/views.ts';

/**
 * Forms: AntennaPod documents its own (antennapod.org, documentation for podcasters, "add on AntennaPod"). The schemes of the
 * others, and that they want the address with or without its scheme, are those of Podlove's subscribe button
 * (podlove/podlove-subscribe-button, src/coffee/clients.coffee); Overcast's is an x-callback-url. Spotify and YouTube open no
 * feeds: they list what was handed in to them.
 */
export function followLinksFor(feedUrl: string, title: string): FollowLink[] {
  const bare = feedUrl.replace(/^https?:\/\//, '');
  const query = new URLSearchParams({ url: feedUrl, title: cleanLine(title) });
  return [
    { label: 'Apple Podcasts', href: `pcast://${bare}` },
    { label: 'Overcast', href: `overcast://x-callback-url/add?url=${encodeURIComponent(feedUrl)}` },
    { label: 'Pocket Casts', href: `pktc://subscribe/${bare}` },
    { label: 'Castro', href: `castro://subscribe/${bare}` },
    { label: 'AntennaPod', href: `https://antennapod.org/deeplink/subscribe?${query.toString()}` },
    { label: 'Podcast Addict', href: `podcastaddict://${bare}` },
    { label: 'RSS feed', href: feedUrl },
  ];
}
