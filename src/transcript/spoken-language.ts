/** The language that replies agree on. Pure. */

/** The most frequent of those given as codes (ISO 639); some endpoints write `english`, which no feed may say. */
export function commonLanguage(languages: readonly (string | undefined)[]): string | undefined {
  const codes = languages.filter((language) => language !== undefined && /^[a-z]{2,3}$/.test(language));
  const counted = [...Map.groupBy(codes, (code) => code)].map(([code, all]) => ({ code, times: all.length }));
  return counted.sort((a, b) => b.times - a.times)[0]?.code;
}
