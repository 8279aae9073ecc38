/** Moments and lengths of time as feeds and pages write them. */

/** RFC 2822 in GMT. Date's own form (ECMA-262, toUTCString) differs only in the zone's name. */
export function rfc2822(moment: Date): string {
  return moment.toUTCString().replace('GMT', '+0000');
}

/** `4:07` or `1:02:03`, floored to the second: how people write a place in an episode. */
export function clockTime(us: number): string {
  const seconds = Math.floor(us / 1e6);
  const two = (value: number) => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
