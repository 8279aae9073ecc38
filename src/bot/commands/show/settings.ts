/** What `/show edit` changes of a show. Pure. */
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { showFeedSettings, type Show, type ShowFields } from '../../../catalog/index.ts';
import { oneLine, plain } from '../../plain-text.ts';
import { UserError } from '../../user-error.ts';
import { type Categories, readCategory } from './categories.ts';

export interface ShowOptions {
  title: string | null;
  author: string | null;
  language: string | null;
  category: string | null;
  explicit: boolean | null;
  type: string | null;
  ownerName: string | null;
  ownerEmail: string | null;
  funding: string | null;
  fundingText: string | null;
  accent: string | null;
  locked: boolean | null;
  domain: string | null;
}

/** Typed in place of a value, it takes it away. */
const NONE = /^none$/i;
const DEFAULT_FUNDING_TEXT = 'Support the show';

type FeedSettings = NonNullable<ShowFields['feed']>;

/** Only what changes; nothing at all where nothing was said. Throws UserError. */
export function changedShow(
  show: Pick<Show, 'feed' | 'brand'>,
  options: ShowOptions,
  categories: Categories,
): Partial<ShowFields> {
  const { title, author, language, category, explicit, accent, domain } = options;
  const feed = changedFeed(show.feed, options);
  return {
    ...(title !== null && { title: shown(title) }),
    ...(author !== null && { author: shown(author) }),
    ...(language !== null && { language: readLanguage(language) }),
    ...(category !== null && readCategory(category, categories)),
    ...(explicit !== null && { explicit }),
    ...(accent !== null && { brand: { ...show.brand, accent: readColour(accent) } }),
    ...(domain !== null && { customDomain: readDomain(domain) }),
    ...(feed !== undefined && { feed }),
  };
}

function shown(typed: string): string {
  const line = oneLine(typed);
  if (line === '') throw new UserError((say) => say.errors.nameEmpty);
  return line;
}

/** As directories take it: lower case, of a language that has a name (ISO 639). */
function readLanguage(typed: string): string {
  try {
    const locale = new Intl.Locale(typed.trim());
    const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });
    if (names.of(locale.language) !== undefined) return locale.toString().toLowerCase();
  } catch {
    // No tag at all.
  }
  throw new UserError((say) => say.errors.languageUnknown(plain(typed)));
}

/** Undefined for the one that comes with us. */
function readColour(typed: string): string | undefined {
  if (NONE.test(typed.trim())) return undefined;
  const hex = /^#?([0-9a-f]{6})$/i.exec(typed.trim())?.[1];
  if (hex === undefined) throw new UserError((say) => say.errors.colourUnclear(plain(typed)));
  return `#${hex.toLowerCase()}`;
}

/** Letters, digits and hyphens between dots (RFC 1123, section 2.1), the last part no number. */
const HOST_NAME = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9-]{2,63}$/;

/** A host name in the form that browsers ask by; null for none. */
function readDomain(typed: string): string | null {
  if (NONE.test(typed.trim())) return null;
  const named = typed
    .trim()
    .replace(/^https?:\/\//i, '')
    .replace(/\/$/, '');
  // What stands behind the name would be cut off without a word.
  const host = /[/?#@:\\]/.test(named) ? '' : domainToASCII(named).toLowerCase();
  if (!HOST_NAME.test(host) || isIP(host) !== 0)
    throw new UserError((say) => say.errors.domainUnclear(plain(typed)));
  return host;
}

function changedFeed(before: FeedSettings, options: ShowOptions): FeedSettings | undefined {
  const { type, ownerName, ownerEmail, funding, fundingText, locked } = options;
  if ([type, ownerName, ownerEmail, funding, fundingText, locked].every((said) => said === null))
    return undefined;
  const orNone = (said: string) => (NONE.test(said.trim()) ? undefined : said.trim());
  const feed: FeedSettings = {
    ...before,
    // Discord takes no other words than the ones it was told of.
    ...(type !== null && { type: type as 'episodic' | 'serial' }),
    ...(ownerName !== null && { ownerName: orNone(ownerName) }),
    ...(ownerEmail !== null && { ownerEmail: orNone(ownerEmail) }),
    ...((funding !== null || fundingText !== null) && {
      funding: changedFunding(
        before.funding ?? [],
        funding === null ? null : (orNone(funding) ?? ''),
        fundingText,
      ),
    }),
    ...(locked !== null && { locked }),
  };
  const { error } = showFeedSettings.safeParse(feed);
  if (error === undefined) return feed;
  const field = error.issues[0]?.path[0];
  throw new UserError((say) =>
    field === 'ownerEmail'
      ? say.errors.emailUnclear(plain(ownerEmail ?? ''))
      : field === 'funding'
        ? say.errors.addressUnclear(plain(funding ?? ''))
        : say.errors.settingUnclear(String(field), plain(error.issues[0]?.message ?? '')),
  );
}

/** The first is the host's to change here; further ones stay. An empty address takes it away. */
function changedFunding(
  [first, ...more]: NonNullable<FeedSettings['funding']>,
  url: string | null,
  text: string | null,
): NonNullable<FeedSettings['funding']> {
  if (url === '') return more;
  const address = url ?? first?.url;
  if (address === undefined) throw new UserError((say) => say.errors.fundingFirst);
  return [{ url: address, text: text?.trim() || (first?.text ?? DEFAULT_FUNDING_TEXT) }, ...more];
}
