/** What browsers do not read is left out of what they fetch: comments and indentation. Names and words stay. */

export const leanStyles = (css: string): string =>
  css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s+/gm, '')
    .replace(/\n\}/g, '}');

/** Of scripts whose comments stand on lines of their own, and whose strings end on the line they begin on. */
export const leanScript = (script: string): string =>
  script
    .replace(/^\s*\/\*[\s\S]*?\*\/\s*$/gm, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/^\s+/gm, '');

/** Of pages that hold nothing preformatted: white space between words and elements is one line end. */
export const leanPage = (html: string): string => html.replace(/\s*\n\s*/g, '\n');
