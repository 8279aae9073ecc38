/** WebVTT with a voice on each cue (W3C, webvtt1), in lines of at most 65 characters (podcast namespace, transcripts.md). */
import { cardsOf } from './cards.ts';
import { captionTime } from './clock-text.ts';
import type { Cue } from './model.ts';

const SIZE = { columns: 65, rows: 2 };

/** Cue text and voices hold character references; without `>` no text can look like a line of times (webvtt1, 4.2.2). */
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Nobody is named in transcripts of some other hosts. */
const voiceOf = (speaker: string) => (speaker === '' ? '' : `<v ${escaped(speaker)}>`);

/** No comments: readers that take WebVTT for SRT with a header stumble over them (stevencrader/transcriptator, formats/vtt). */
export function renderVtt(cues: readonly Cue[]): string {
  const blocks = cardsOf(cues, SIZE).map(
    ({ startUs, endUs, speaker, lines }) =>
      `${captionTime(startUs, '.')} --> ${captionTime(endUs, '.')}\n${voiceOf(speaker)}${lines.map(escaped).join('\n')}`,
  );
  return `${['WEBVTT', ...blocks].join('\n\n')}\n`;
}
