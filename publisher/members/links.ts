/** Links that open a private feed in an app. */
import type { FollowLink } from '../../templates/pages/views.ts';
import { followLinksFor } from '../site/follow-links.ts';

/** Those that stay on the device: a link by way of a website would hand the address to whoever runs that. */
export const privateFollowLinks = (feedUrl: string, title: string): FollowLink[] =>
  followLinksFor(feedUrl, title).filter(({ href }) => !/^https?:/.test(href));
