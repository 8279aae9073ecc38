/** The bot's nickname while it records: a prefix before what it is called, and taken off again. Pure. */

/** Docs, User, "Usernames and Nicknames": 1 to 32 characters. */
const LONGEST = 32;

/** Undefined when it carries the prefix already, or does not fit: a name that is cut could not be given back. */
export function withPrefix(prefix: string, name: string): string | undefined {
  const next = `${prefix} ${name}`;
  return name.startsWith(`${prefix} `) || next.length > LONGEST ? undefined : next;
}

/** The nickname of before, null for the bot's own name; undefined when it carries no prefix, whoever took it off. */
export function withoutPrefix(
  prefix: string,
  nickname: string | null,
  ownName: string,
): string | null | undefined {
  if (nickname?.startsWith(`${prefix} `) !== true) return undefined;
  const name = nickname.slice(prefix.length + 1);
  return name === ownName || name === '' ? null : name;
}
