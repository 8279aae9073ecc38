/** What a file from another host is, by its content: names and types that servers give are often wrong. */
import { open } from 'node:fs/promises';
import type { FfmpegRunner } from '../mastering/ffmpeg.ts';
import type { RenditionKind } from '../catalog/index.ts';
import { chaptersInFile } from './chapters.ts';
import type { SourceChapter } from './item.ts';

/** No file that apps play. The message is a sentence. */
export class MediaFileError extends Error {
  override name = 'MediaFileError';
}

export interface ExaminedFile {
  kind: RenditionKind;
  mimeType: string;
  durationUs: number;
  chapters: SourceChapter[];
}

const TYPES: Record<RenditionKind, string> = {
  mp3: 'audio/mpeg',
  m4a: 'audio/x-m4a',
  mp4: 'video/mp4',
  opus: 'audio/ogg',
};

/**
 * How audio and video begin: an ID3 tag, MPEG's sync word, an ISO box, an Ogg page. Nothing else is shown to ffprobe, which would
 * take text for a playlist and fetch what that names.
 */
export function beginsLikeMedia(head: Uint8Array): boolean {
  const bytes = Buffer.from(head);
  // Some encoders begin with padding.
  const start = bytes.findIndex((byte) => byte !== 0);
  if (start === -1) return false;
  const at = bytes.subarray(start);
  return (
    at.toString('latin1', 0, 3) === 'ID3' ||
    (at[0] === 0xff && ((at[1] ?? 0) & 0xe0) === 0xe0) ||
    at.toString('latin1', 0, 4) === 'OggS' ||
    ['ftyp', 'moov', 'free', 'wide', 'mdat', 'skip'].includes(bytes.toString('latin1', 4, 8))
  );
}

/** @param saidDurationUs - as the feed has it, for files that do not say */
export async function examineFile(
  path: string,
  ffmpeg: Pick<FfmpegRunner, 'probe'>,
  saidDurationUs: number | undefined,
): Promise<ExaminedFile> {
  const head = await beginningOf(path);
  if (!beginsLikeMedia(head)) {
    const isPage = /^\s*<(!doctype|html|\?xml|rss)/i.test(Buffer.from(head).toString('latin1'));
    throw new MediaFileError(isPage ? 'it is a web page, not audio' : 'it is neither MP3, M4A, MP4 nor Opus');
  }
  const probed = await ffmpeg.probe(path).catch((cause: unknown) => {
    if (cause instanceof Error && cause.name === 'FfmpegMissingError') throw cause;
    throw new MediaFileError('it is damaged: ffprobe cannot read it', { cause });
  });
  const { format_name: format = '', duration } = probed.format;
  const heard = probed.streams.filter(({ codec_type: type }) => type === 'audio');
  const seen = probed.streams.filter(
    ({ codec_type: type, disposition }) => type === 'video' && disposition?.['attached_pic'] !== 1,
  );
  const kind = kindOf(format.split(','), heard[0]?.codec_name, seen.length > 0);
  if (kind === undefined || heard.length === 0)
    throw new MediaFileError(`it is ${format || 'of a kind'} that podcast apps do not play`);
  const seconds = Number(duration);
  const durationUs = seconds > 0 ? Math.round(seconds * 1e6) : (saidDurationUs ?? 0);
  if (durationUs <= 0) throw new MediaFileError('it has no duration');
  return { kind, mimeType: TYPES[kind], durationUs, chapters: chaptersInFile(probed.chapters) };
}

function kindOf(
  formats: readonly string[],
  codec: string | undefined,
  hasPictures: boolean,
): RenditionKind | undefined {
  if (formats.includes('mp3')) return 'mp3';
  if (formats.includes('mp4') || formats.includes('mov')) return hasPictures ? 'mp4' : 'm4a';
  return formats.includes('ogg') && codec === 'opus' ? 'opus' : undefined;
}

async function beginningOf(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
