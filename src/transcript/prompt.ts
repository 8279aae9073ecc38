/** What a model is told beforehand: how names and terms are written that it will hear. Pure. */

/** Whisper reads the last 223 tokens (openai/whisper, whisper/decoding.py); a token has about three characters at least. */
const LONGEST = 660;

/** Names come last, because what is too long loses its beginning. */
export function promptOf(vocabulary: readonly string[], speakers: readonly string[]): string {
  const line = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
  const terms = [...new Set(vocabulary.map(line))].filter((term) => term !== '');
  const names = [...new Set(speakers.map(line))].filter((name) => name !== '').join(', ');
  const whole = [...terms, names].filter((part) => part !== '').join('. ');
  if (whole.length <= LONGEST) return whole;
  return whole
    .slice(-LONGEST)
    .toWellFormed()
    .replace(/^\S*\s+/, '');
}
