/** What a show or an episode states of itself in Podcasting 2.0: funding, license, location, txt, image, contentLink. */
import type {
  FundingSetting,
  ImageSetting,
  LicenseSetting,
  LocationSetting,
  TxtSetting,
} from '../../src/catalog/feed-settings.ts';
import type { ContentLink } from './model.ts';
import { clean, cleanLine, element, maybe } from './xml.ts';

/** docs/tags/funding.md. */
export const renderFunding = ({ url, text }: FundingSetting): string =>
  maybe('podcast:funding', cleanLine(text, 128), { url });

/** docs/tags/license.md. */
export const renderLicense = ({ name, url }: LicenseSetting): string =>
  maybe('podcast:license', cleanLine(name, 128), { url });

/** docs/tags/location.md. */
export const renderLocation = ({ name, rel, geo, osm, country }: LocationSetting): string =>
  maybe('podcast:location', cleanLine(name, 128), { rel, geo, osm, country });

/** docs/tags/txt.md: 4,000 characters. */
export const renderTxt = ({ purpose, text }: TxtSetting): string =>
  maybe('podcast:txt', clean(text.slice(0, 4000)).trim(), {
    purpose: purpose === undefined ? undefined : cleanLine(purpose, 128),
  });

/** docs/tags/image.md. */
export const renderImage = (image: ImageSetting): string =>
  element('podcast:image', undefined, {
    href: image.url,
    alt: image.alt === undefined ? undefined : cleanLine(image.alt),
    'aspect-ratio': image.aspectRatio,
    ...{ width: image.widthPixels, height: image.heightPixels, type: image.mimeType },
    purpose: image.purpose === undefined ? undefined : cleanLine(image.purpose, 128),
  });

/** docs/tags/content-link.md. */
export const renderContentLink = ({ url, text }: ContentLink): string =>
  element('podcast:contentLink', cleanLine(text, 128) || url, { href: url });
