/** A Reaper project: one track per speaker, each with its file at 0, and the markers. Pure. */
import packageJson from '../../../package.json' with { type: 'json' };
import { SAMPLE_RATE_HZ } from '../session-clock.ts';
import type { ExportFormat } from './request.ts';
import { oneLine, type Timeline } from './timeline.ts';

/** Reaper picks the decoder by this word, not by the file. */
const SOURCES: Record<ExportFormat, string> = { wav: 'WAVE', flac: 'FLAC', opus: 'OPUS' };

export function reaperProject({ format, startedAtMs, samples, tracks, markers }: Timeline): string {
  const length = (samples / SAMPLE_RATE_HZ).toFixed(9);
  return block(
    'REAPER_PROJECT',
    `0.1 "7.0/stagecast-${packageJson.version}" ${Math.floor(startedAtMs / 1000)}`,
    [
      'RIPPLE 0',
      'TEMPO 120 4 4',
      `SAMPLERATE ${SAMPLE_RATE_HZ} 0 0`,
      // Items stand at times, not at beats: a change of tempo moves nothing.
      'TIMELOCKMODE 0',
      ...markers.map(
        ({ atUs, name }, index) => `MARKER ${index + 1} ${(atUs / 1e6).toFixed(9)} ${quoted(name)} 0`,
      ),
      ...tracks.map(({ number, name, fileName }) =>
        block('TRACK', '', [
          `NAME ${quoted(`${String(number).padStart(2, '0')} ${name}`)}`,
          block('ITEM', '', [
            'POSITION 0',
            `LENGTH ${length}`,
            // Reaper's own default repeats what is shorter than its item.
            'LOOP 0',
            `NAME ${quoted(name)}`,
            'SOFFS 0',
            block('SOURCE', SOURCES[format], [`FILE ${quoted(fileName)}`]),
          ]),
        ]),
      ),
    ],
  );
}

const block = (name: string, words: string, lines: readonly string[]): string =>
  [
    `<${[name, words].filter(Boolean).join(' ')}`,
    ...lines.flatMap((line) => line.split('\n')).map((line) => `  ${line}`),
    '>',
  ].join('\n');

/** Reaper has three marks to quote with and no escape: the one that the text has not is taken. */
export function quoted(text: string): string {
  const line = oneLine(text);
  const mark = ['"', "'", '`'].find((each) => !line.includes(each));
  return mark === undefined ? `\`${line.replaceAll('`', "'")}\`` : `${mark}${line}${mark}`;
}
