/** Other shows: podroll and publisher (Podcasting 2.0, docs/tags/podroll.md, publisher.md and remote-item.md). */
import type { RemoteItemSetting } from '../../src/catalog/feed-settings.ts';
import { cleanLine, element, maybeParent, parent } from './xml.ts';

const renderRemoteItem = ({ feedGuid, feedUrl, itemGuid, medium, title }: RemoteItemSetting): string =>
  element('podcast:remoteItem', undefined, {
    ...{ feedGuid, feedUrl, itemGuid, medium },
    title: title === undefined ? undefined : cleanLine(title),
  });

export const renderPodroll = (shows: readonly RemoteItemSetting[]): string =>
  maybeParent('podcast:podroll', shows.map(renderRemoteItem));

export const renderPublisher = (publisher: { feedGuid: string; feedUrl?: string | undefined }): string =>
  parent('podcast:publisher', [renderRemoteItem({ ...publisher, medium: 'publisher' })]);
