/** The language that replies agree on. Pure. */

const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });
const isCode = (text: string) => /^[a-z]{2,3}$/.test(text) && names.of(text) !== undefined;

/** The most frequent, as a code (ISO 639); OpenAI's own endpoint writes `english`. What is no language is none. */
export function commonLanguage(languages: readonly (string | undefined)[]): string | undefined {
  const codes = languages.flatMap((language) => (language === undefined ? [] : (codeOf(language) ?? [])));
  const counted = [...Map.groupBy(codes, (code) => code)].map(([code, all]) => ({ code, times: all.length }));
  return counted.sort((a, b) => b.times - a.times)[0]?.code;
}

const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(97 + index));

function codeOf(language: string): string | undefined {
  if (isCode(language)) return language;
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  return codes.find((code) => names.of(code)?.toLowerCase() === language);
}
