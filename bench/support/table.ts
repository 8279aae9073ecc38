/** What a bench measured, for people: a table of columns that line up. */

/** Numbers stand right-aligned under their titles, words left-aligned. */
export type Cell = string | number;

/** A table with its titles in the first line; numbers as `String` gives them, so round them first. */
export function formatTable(titles: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => String(row[column] ?? '').length)),
  );
  const isNumber = titles.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  const line = (cells: readonly Cell[]) =>
    widths
      .map((width, column) => {
        const text = String(cells[column] ?? '');
        return isNumber[column] === true ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [line(titles), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Rounded to `digits` decimals, for a cell. */
export function rounded(value: number, digits = 2): number {
  const unit = 10 ** digits;
  return Math.round(value * unit) / unit;
}
