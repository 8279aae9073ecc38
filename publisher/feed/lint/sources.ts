/** Who asks for what. */
export const PSP_1 = 'PSP-1: github.com/Podcast-Standards-Project/PSP-1-Podcast-RSS-Specification';
export const APPLE_RSS =
  "Apple, A Podcaster's Guide to RSS: help.apple.com/itc/podcasts_connect/#/itcb54353390";
export const APPLE_REQUIREMENTS = 'Apple: podcasters.apple.com/support/823-podcast-requirements';
export const APPLE_ART = 'Apple: podcasters.apple.com/support/896-artwork-requirements';
export const APPLE_METADATA =
  'Apple: itunespartner.apple.com/podcasts/articles/submitting-your-show_review-process';
export const PRX = 'PRX, Overview of feed requirements: help.prx.org/hc/en-us/articles/360023748473';
export const W3C_VALIDATOR = 'W3C Feed Validation Service: it reads 5 MB';
export const podcasting20 = (tag: string): string =>
  `Podcasting 2.0: github.com/Podcastindex-org/podcast-namespace, docs/tags/${tag}.md`;
