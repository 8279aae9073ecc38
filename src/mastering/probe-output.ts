/** Reads what ffprobe prints of a file (ffprobe-all, "default" writer), in the form that fluent-ffmpeg gives it. Pure. */
import type { FfprobeData } from 'fluent-ffmpeg';

type Values = Record<string, string | number>;
const NUMBER = /^\d+(\.\d+)?$/;

export function readProbe(text: string): FfprobeData {
  const sections: { name: string; values: Values; tags: Values }[] = [];
  for (const line of text.split(/\r?\n/)) {
    const name = /^\[([A-Z]+)\]$/.exec(line)?.[1];
    if (name !== undefined) sections.push({ name, values: {}, tags: {} });
    const [, key, value] = /^([^=[]+)=(.*)$/.exec(line) ?? [];
    const open = sections.at(-1);
    if (key === undefined || value === undefined || open === undefined) continue;
    if (key.startsWith('TAG:')) open.tags[key.slice('TAG:'.length)] = value;
    else open.values[key] = NUMBER.test(value) ? Number(value) : value;
  }
  const all = (name: string) => sections.filter((section) => section.name === name);
  const withTags = ({ values, tags }: { values: Values; tags: Values }) => ({ ...values, tags });
  return {
    format: all('FORMAT').map(withTags)[0] ?? {},
    streams: all('STREAM').map(withTags) as unknown as FfprobeData['streams'],
    // The library leaves the tags of chapters as they are printed.
    chapters: all('CHAPTER').map(({ values, tags }) => ({
      ...values,
      ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`TAG:${key}`, value])),
    })),
  };
}
