/** The grounds that text stands on in each theme, as styles.css has them: a show's own colour is fitted to these. */
export const GROUNDS = {
  light: { paper: '#f7f4ee', raised: '#fffdf9', ink: '#1c181d' },
  dark: { paper: '#141116', raised: '#1d191f', ink: '#f1ebe1' },
} as const;
