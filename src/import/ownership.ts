/**
 * Whose feed it is: whoever can put a word of ours into a locked feed may have it taken over (Podcasting 2.0, docs/tags/locked.md
 * and txt.md). The word follows from the installation's secret, the server and the feed, and is kept nowhere.
 */
import { createHmac } from 'node:crypto';
import type { SourceShow } from './feed.ts';

export function ownershipToken(secret: Uint8Array, guildId: string, feedUrl: string): string {
  const mac = createHmac('sha256', secret).update(`stagecast import v1\n${guildId}\n${feedUrl}`).digest();
  return `stagecast-${mac.toString('hex').slice(0, 24)}`;
}

export const isProven = ({ verifyTexts }: Pick<SourceShow, 'verifyTexts'>, token: string): boolean =>
  verifyTexts.some((text) => text.includes(token));

/** What to put where, for whoever asked. */
export const howToProve = (
  { title, ownerHint }: Pick<SourceShow, 'title' | 'ownerHint'>,
  token: string,
): string =>
  [
    `“${title}” is locked (podcast:locked yes): its owner does not want it to be taken over by whoever comes.`,
    ownerHint === undefined ? '' : `Its feed names ${ownerHint} as the owner.`,
    'If it is yours, do one of these at your present host, wait until the feed shows it, and give the same command again:',
    '  - switch the lock off, where the host has a setting for it; or',
    '  - add this line to the channel of the feed (some hosts call it “verification text” or TXT):',
    `      <podcast:txt purpose="verify">${token}</podcast:txt>`,
    '  - or put this word anywhere into the description of the show:',
    `      ${token}`,
    'Once that was seen it may go again: later imports of this feed do not ask for it.',
  ]
    .filter((line) => line !== '')
    .join('\n');
