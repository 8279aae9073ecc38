/**
 * Open statistics of op3.dev: a prefix before the address of an episode's file, which counts and sends on (302). Its form is from
 * op3.dev/setup: `https://op3.dev/e,pg=<podcast guid>/<address>`, where `https://` is left out.
 */
export const throughOp3 = (url: string, podcastGuid: string): string =>
  `https://op3.dev/e,pg=${podcastGuid}/${url.replace(/^https:\/\//, '')}`;
