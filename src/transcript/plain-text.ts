/** Text from outside as one line that every caption format can hold. Pure. */

/** Control characters and what breaks lines become spaces, half a surrogate pair U+FFFD, and space is single. */
export const plainLine = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
