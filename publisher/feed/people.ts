/** Who takes part, and where listeners meet them: person, socialInteract, chat of Podcasting 2.0. */
import type { ChatSetting, PersonSetting, SocialInteractSetting } from '../../src/catalog/feed-settings.ts';
import { cleanLine, element, maybe } from './xml.ts';

/** docs/tags/person.md. An item that names anybody replaces the show's list as a whole. */
export const renderPerson = ({ name, role, group, imageUrl, url }: PersonSetting): string =>
  maybe('podcast:person', cleanLine(name, 128), {
    role: role === undefined ? undefined : cleanLine(role, 128),
    group: group === undefined ? undefined : cleanLine(group, 128),
    img: imageUrl,
    href: url,
  });

/** docs/tags/social-interact.md. */
export const renderSocialInteract = (place: SocialInteractSetting): string =>
  place.protocol === 'disabled'
    ? element('podcast:socialInteract', undefined, { protocol: 'disabled' })
    : element('podcast:socialInteract', undefined, {
        ...{ priority: place.priority, protocol: place.protocol, uri: place.uri },
        ...{ accountId: place.accountId, accountUrl: place.accountUrl },
      });

/** docs/tags/chat.md. */
export const renderChat = ({ server, protocol, accountId, space }: ChatSetting): string =>
  element('podcast:chat', undefined, { server, protocol, accountId, space });
