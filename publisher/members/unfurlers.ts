/**
 * Programs that fetch an address because somebody wrote it into a chat, to show what is behind it. A private address that was
 * pasted somewhere must show nothing there.
 */

/**
 * As their makers name them: Discord and Slack ("Robots"), Meta's web crawlers, X, Telegram, WhatsApp (Signal says the same),
 * LinkedIn, Skype and Teams, Reddit, Pinterest, VK, Viber, Mastodon and what speaks ActivityPub with it, Iframely, Embedly.
 * Apple's Messages passes itself off as two of them.
 */
const UNFURLERS =
  /discordbot|slackbot|slack-imgproxy|facebookexternalhit|facebookcatalog|meta-externalagent|facebot|twitterbot|telegrambot|whatsapp|linkedinbot|skypeuripreview|microsoftpreview|redditbot|pinterestbot|pinterest\/|vkshare|viber|mastodon\/|pleroma|akkoma|misskey|bluesky cardyb|iframely|embedly|snap url preview|line-poker|kakaotalk-scrap|google-pagerenderer|bingpreview|zoombot|mattermost-bot|synapse\/|matrix-preview/i;

export const isUnfurler = (userAgent: string | undefined): boolean => UNFURLERS.test(userAgent ?? '');
