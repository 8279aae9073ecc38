/** What a person reads when a page, feed or file is not there, with the way on. */
import type { ContentfulStatusCode } from 'hono/utils/http-status';

export interface Message {
  status: ContentfulStatusCode;
  title: string;
  what: string;
  remedy: string;
  /** Where to go instead. */
  link?: { label: string; href: string };
}

const home = { label: 'All shows', href: '/' };

export const NOT_FOUND: Message = {
  status: 404,
  title: 'There is no such page',
  what: 'Nothing has this address.',
  remedy: 'If you typed it, look for a slip; if you followed a link, tell whoever gave it to you.',
  link: home,
};

export const UNKNOWN_SHOW: Message = {
  status: 404,
  title: 'There is no such show',
  what: 'No show here has this address.',
  remedy: 'The name after /shows/ may be misspelt. Every show with episodes is on the front page.',
  link: home,
};

export function unpublishedShow(title: string): Message {
  return {
    status: 404,
    title: 'This show has not published anything yet',
    what: `“${title}” exists, but none of its episodes is published, so it has no feed and no page yet.`,
    remedy: 'Its hosts publish an episode with /episode publish in Discord; then this same address works.',
    link: home,
  };
}

export function unknownEpisode(showSlug: string): Message {
  return {
    status: 404,
    title: 'There is no such episode',
    what: 'This show has no published episode with this address.',
    remedy: 'Its published episodes are on the page of the show.',
    link: { label: 'The show', href: `/shows/${encodeURIComponent(showSlug)}/` },
  };
}

/** It was published, and is not now: a host took it back, or it is made anew before anybody may hear it again. */
export function retractedEpisode(showSlug: string): Message {
  return {
    status: 410,
    title: 'This episode was taken back',
    what: 'It was published here, and its hosts have withdrawn it. Copies that apps have downloaded may still play.',
    remedy:
      'Should it come back, it does so under this same address. Other episodes are on the page of the show.',
    link: { label: 'The show', href: `/shows/${encodeURIComponent(showSlug)}/` },
  };
}

export const RAW_DOWNLOAD: Record<'expired' | 'tampered' | 'gone' | 'empty' | 'no-peaks', Message> = {
  expired: {
    status: 410,
    title: 'This download link has ended',
    what: 'Links to raw tracks work for a limited time, and this one is past it. The recording itself is untouched.',
    remedy: 'Ask for a new link in the Discord server where it was recorded.',
  },
  tampered: {
    status: 403,
    title: 'This download link is not valid',
    what: 'Its signature does not fit its address: it was changed, or cut short when it was copied.',
    remedy: 'Copy the whole link again from Discord, up to its last character, or ask there for a new one.',
  },
  gone: {
    status: 404,
    title: 'This recording is not here any more',
    what: 'The link is valid, but the recording it names is no longer stored here.',
    remedy: 'Ask the person who runs this Stagecast whether it was moved or deleted.',
  },
  empty: {
    status: 404,
    title: 'Nobody has spoken in this recording',
    what: 'The recording holds no tracks, so there is nothing to download.',
    remedy: 'If it is still running, try again once somebody has spoken.',
  },
  'no-peaks': {
    status: 404,
    title: 'There are no peaks of this yet',
    what: 'They are drawn when a recording is mastered, and of this track at this zoom there are none.',
    remedy:
      'Try again once the recording has ended and its episode is ready, and look for a slip in the address.',
  },
};

export const EXPORT_DOWNLOAD: Record<'expired' | 'tampered' | 'gone' | 'unfinished', Message> = {
  expired: {
    status: 410,
    title: 'These tracks are no longer kept',
    what: 'What is made for producers is kept for a limited time, and this is past it. The recording itself is untouched.',
    remedy: 'Ask for the tracks once more in the Discord server where they were recorded.',
  },
  tampered: RAW_DOWNLOAD.tampered,
  gone: {
    status: 404,
    title: 'There is nothing here any more',
    what: 'The link is valid, but what it names is no longer stored here, or never was.',
    remedy: 'Ask for the tracks once more in the Discord server where they were recorded.',
  },
  unfinished: {
    status: 404,
    title: 'These tracks are not there yet',
    what: 'They are still being made, or making them has failed.',
    remedy: 'Open the link as it stands in Discord: its page says how far they are.',
  },
};

export const MEMBERS: Record<'gone' | 'lapsed' | 'unknown' | 'unwritten' | 'guessing', Message> = {
  gone: {
    status: 410,
    title: 'This private address does not work any more',
    what: 'It was replaced by another, or taken back, and stays closed.',
    remedy:
      'If you may still have such a feed, type /subscribe in the Discord server: it hands you a new one.',
  },
  lapsed: {
    status: 403,
    title: 'You do not hold the role that this belongs to',
    what: 'What is here is for members with a certain role on Discord, and you do not hold it any more.',
    remedy: 'Once you hold it again, this same address works again.',
  },
  unknown: {
    status: 503,
    title: 'We cannot find out whether this is still yours',
    what: 'Discord has not answered for a long time, so nobody can be let in here.',
    remedy: 'Try again later; it opens by itself as soon as Discord answers.',
  },
  unwritten: {
    status: 503,
    title: 'This feed is just being made',
    what: 'The address is right, and there is nothing behind it yet.',
    remedy: 'Try again in a minute.',
  },
  guessing: {
    status: 429,
    title: 'Too many wrong addresses',
    what: 'From your network came so many private addresses that do not exist that they are not answered for a while.',
    remedy: 'Wait some minutes, then copy the whole address once more from Discord.',
  },
};

export const OUR_FAULT: Message = {
  status: 500,
  title: 'Something went wrong here',
  what: 'This page could not be made. The fault is on our side and has been written down.',
  remedy: 'Try again in a minute. If it stays, tell the person who runs this Stagecast.',
  link: home,
};

/** Of the media store; a listener's app tries again. */
export const STORE_AWAY: Message = {
  status: 503,
  title: 'This cannot be fetched just now',
  what: 'The place where our files are kept does not answer. Nothing is lost, and the fault has been written down.',
  remedy: 'Try again in a few minutes. If it stays, tell the person who runs this Stagecast.',
  link: home,
};
