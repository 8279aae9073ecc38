/** Members' addresses without their tokens, for whatever is written down. */

/** Also where an address stands in another as a parameter. A token cut short is still a part of one. */
const TOKEN = /(\/|%2F)(members)(\/|%2F)[\w-]{8,}/gi;

export const withoutTokens = (text: string): string => text.replace(TOKEN, '$1$2$3[token]');
