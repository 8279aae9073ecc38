/** Times as caption files write them. */

/** `01:02:03.045`; hours may have more than two digits. `mark` stands before the milliseconds. */
export function captionTime(us: number, mark: '.' | ','): string {
  const ms = Math.max(0, Math.round(us / 1000));
  const part = (value: number, digits: number) => String(value).padStart(digits, '0');
  const [hours, minutes, seconds] = [
    Math.floor(ms / 3_600_000),
    Math.floor(ms / 60_000) % 60,
    Math.floor(ms / 1000) % 60,
  ];
  return `${part(hours, 2)}:${part(minutes, 2)}:${part(seconds, 2)}${mark}${part(ms % 1000, 3)}`;
}
