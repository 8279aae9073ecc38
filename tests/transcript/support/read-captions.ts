/** Strict readers of caption files, by the formats' own words: what they do not allow, throws. */

export interface ReadCue {
  start: number;
  end: number;
  voice?: string;
  lines: string[];
}

const seconds = (h: string, m: string, s: string, ms: string) =>
  Number(h) * 3600 + Number(m) * 60 + Number(s) + Number(ms) / 1000;
const must = (fine: boolean, what: string) => {
  if (!fine) throw new Error(what);
};
const REFERENCES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };
const decode = (text: string) => text.replaceAll(/&\w+;/g, (name) => REFERENCES[name] ?? name);

/** WebVTT (https://www.w3.org/TR/webvtt1/, section 4): header, cues without identifiers, one voice each. */
export function readVtt(text: string): { cues: ReadCue[] } {
  must(text.endsWith('\n') && !text.includes('\r') && !text.includes('\0'), 'line ends');
  const [header, ...blocks] = text.trimEnd().split('\n\n');
  must(header === 'WEBVTT', 'header');
  const cues: ReadCue[] = [];
  for (const block of blocks) {
    const [times = '', ...lines] = block.split('\n');
    const found = /^(\d\d+):([0-5]\d):([0-5]\d)\.(\d{3}) --> (\d\d+):([0-5]\d):([0-5]\d)\.(\d{3})$/.exec(
      times,
    );
    must(found !== null, `times ${times}`);
    const [a, b, c, d, e, f, g, h] = found!.slice(1) as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const [start, end] = [seconds(a, b, c, d), seconds(e, f, g, h)];
    must(end > start && start >= (cues.at(-1)?.start ?? 0), `order of ${times}`);
    const payload = /^<v ([^>\n]+)>(.+)$/s.exec(lines.join('\n'));
    must(payload !== null, `voice of ${lines.join('|')}`);
    const [, voice, spoken] = payload as unknown as [string, string, string];
    for (const part of [voice, spoken])
      must(!/[<>]|-->|&(?!(amp|lt|gt);)/.test(part) && !/^\s*$/m.test(part), `text ${part}`);
    cues.push({ start, end, voice: decode(voice), lines: decode(spoken).split('\n') });
  }
  return { cues };
}

/** SubRip as podcasts have it: numbers from 1, at most two lines of 32 characters. */
export function readSrt(text: string): ReadCue[] {
  if (text === '') return [];
  must(text.endsWith('\n') && !text.endsWith('\n\n'), 'end');
  const cues: ReadCue[] = [];
  for (const [index, block] of text.trimEnd().split('\n\n').entries()) {
    const [number, times = '', ...lines] = block.split('\n');
    must(number === String(index + 1), `number ${number}`);
    const found = /^(\d\d+):([0-5]\d):([0-5]\d),(\d{3}) --> (\d\d+):([0-5]\d):([0-5]\d),(\d{3})$/.exec(times);
    must(found !== null, `times ${times}`);
    const [a, b, c, d, e, f, g, h] = found!.slice(1) as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const [start, end] = [seconds(a, b, c, d), seconds(e, f, g, h)];
    must(end > start && start >= (cues.at(-1)?.start ?? 0), `order of ${times}`);
    must(lines.length >= 1 && lines.length <= 2, `${lines.length} lines`);
    for (const line of lines) {
      const length = [...new Intl.Segmenter('und').segment(line)].length;
      must(length > 0 && length <= 32, `${length} characters: ${line}`);
    }
    cues.push({ start, end, lines });
  }
  return cues;
}
