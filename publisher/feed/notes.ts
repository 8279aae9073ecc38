/** Notes as plain text, turned into the little HTML that podcast apps show, never longer than they accept. */
import { clean, escapeXml } from './xml.ts';

/** Apple and PSP-1 end a description at 4,000 bytes of UTF-8. */
export const MAX_DESCRIPTION_BYTES = 4000;
/** Beyond this, notes are cut before anything else looks at them. */
const MAX_NOTES_CHARACTERS = 10_000;

// A web address up to white space or a quote; closing punctuation belongs to the sentence around it.
const ADDRESS = /https?:\/\/[^\s<>"']+/g;
const CLOSING = /[.,;:!?)\]}…]+$/;

/** Escaped text with its http(s) addresses as links. */
function linked(text: string): string {
  let html = '';
  let done = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = match[0].replace(CLOSING, '');
    html += escapeXml(text.slice(done, match.index));
    html += URL.canParse(address)
      ? `<a href="${escapeXml(address)}" rel="nofollow">${escapeXml(address)}</a>`
      : escapeXml(address);
    done = match.index + address.length;
  }
  return html + escapeXml(text.slice(done));
}

/** Paragraphs at empty lines, `<br>` at other line ends. The result is HTML and well-formed XML at once. */
export function notesToHtml(notes: string): string {
  return paragraphsOf(notes).join('');
}

function paragraphsOf(notes: string): string[] {
  return clean(notes.slice(0, MAX_NOTES_CHARACTERS))
    .replace(/\r\n?/g, '\n')
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => `<p>${paragraph.split('\n').map(linked).join('<br/>')}</p>`);
}

/** The longest beginning of the notes, in code points, whose HTML stays within `maxBytes`: no tag is ever cut. */
export function notesToShortHtml(notes: string, maxBytes = MAX_DESCRIPTION_BYTES): string {
  const fits = (text: string) => Buffer.byteLength(notesToHtml(text)) <= maxBytes;
  const whole = notes.slice(0, MAX_NOTES_CHARACTERS).toWellFormed();
  if (fits(whole)) return notesToHtml(whole);
  const characters = Array.from(whole);
  let [fitting, tooMany] = [0, characters.length + 1];
  while (tooMany - fitting > 1) {
    const middle = (fitting + tooMany) >> 1;
    if (fits(`${characters.slice(0, middle).join('')}…`)) fitting = middle;
    else tooMany = middle;
  }
  // An address cut in two would lead elsewhere.
  const cut = characters
    .slice(0, fitting)
    .join('')
    .replace(/https?:\/\/\S*$/, '');
  return notesToHtml(`${cut.trimEnd()}…`);
}

/** Plain text cut to `maxBytes` of UTF-8 between code points. */
export function cutToBytes(text: string, maxBytes = MAX_DESCRIPTION_BYTES): string {
  const whole = clean(text).trim();
  if (Buffer.byteLength(whole) <= maxBytes) return whole;
  let bytes = Buffer.byteLength('…');
  let cut = '';
  for (const character of whole) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) break;
    cut += character;
  }
  return `${cut.trimEnd()}…`;
}
