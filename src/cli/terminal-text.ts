/** Titles and guids come from people and from feeds of others: what would steer a terminal is taken out of them. */

/** C0 but tab and line end, DEL, C1 (ECMA-48: U+009B alone begins a control sequence), and what turns the direction of text. */
// eslint-disable-next-line no-control-regex -- taking them out is the point
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

export const forTerminal = (text: string): string => text.replace(STEERING, '');
