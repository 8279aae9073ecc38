/** Notes, plain or HTML, as the little HTML that podcast apps show, never longer than they accept. */
import { cutHtml } from './cut-html.ts';
import { isHtml, safeHtml } from './safe-html.ts';
import { clean, escapeXml, withoutBidiControls } from './xml.ts';

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

/**
 * Plain text becomes paragraphs at empty lines, with `<br>` at other line ends; HTML, as notes from elsewhere have it, keeps
 * what apps show. The result is HTML and well-formed XML at once.
 */
export function notesToHtml(notes: string): string {
  const text = withoutBidiControls(clean(notes.slice(0, MAX_NOTES_CHARACTERS)));
  return isHtml(text) ? safeHtml(text) : paragraphsOf(text).join('');
}

/** Whether HTML of ours shows anything: elements alone are nothing to read. */
export const isVisible = (html: string): boolean => html.replace(/<[^>]*>/g, '').trim() !== '';

/** What notes say, without their markup: for a line of a list, and where machines want text. */
export function notesToText(notes: string): string {
  const text = notes.slice(0, MAX_NOTES_CHARACTERS);
  if (!isHtml(text)) return text;
  return safeHtml(text)
    .replace(/<br\b[^>]*>/g, '\n')
    .replace(/<\/(?:p|li|ol|ul)>/g, '\n\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:amp|lt|gt|quot|#39|nbsp);/g, (entity) => CHARACTERS[entity] ?? entity)
    .trim();
}

/** Of these sanitize-html makes entities. */
const CHARACTERS: Record<string, string> = {
  ...{ '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&nbsp;': ' ' },
};

function paragraphsOf(text: string): string[] {
  return text
    .replace(/\r\n?/g, '\n')
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => `<p>${paragraph.split('\n').map(linked).join('<br/>')}</p>`);
}

/** As much of the notes as stays within `maxBytes`: no tag, character or address is ever cut. */
export function notesToShortHtml(notes: string, maxBytes = MAX_DESCRIPTION_BYTES): string {
  return cutHtml(notesToHtml(notes), maxBytes);
}

/** Plain text cut to `maxBytes` of UTF-8 between code points. */
export function cutToBytes(text: string, maxBytes = MAX_DESCRIPTION_BYTES): string {
  // A code unit makes at least one byte: what stands behind that many need not be looked at.
  const whole = withoutBidiControls(clean(text.trimStart().slice(0, 2 * maxBytes))).trim();
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
