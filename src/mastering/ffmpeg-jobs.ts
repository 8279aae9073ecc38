/** What ffmpeg is told: every argument list of mastering, as pure functions. */
import type { FfmpegJob } from './ffmpeg.ts';
import type { RenditionKind } from './request.ts';

/** `-nostdin`: a child without a terminal must not wait for keys. */
const QUIET = ['-hide_banner', '-nostdin', '-loglevel', 'info'];
/** Formats of the pipeline between stages: s16 would clip hot decodes (docs/decisions/0004). */
const rawFormat = (channels: 1 | 2): string[] => ['-f', 'f32le', '-ar', '48000', '-ac', String(channels)];
const RAW = rawFormat(1);

/** One thread: the tracks run beside each other. */
const compactInput = [...QUIET, '-threads', '1', '-f', 'ogg'];

/** A compact track to raw samples. */
export const decodeJob = (compactPath: string, rawPath: string, channels: 1 | 2 = 1): FfmpegJob => ({
  inputs: [{ options: compactInput, path: compactPath }],
  options: ['-map', '0:a:0', '-c:a', 'pcm_f32le', ...rawFormat(channels)],
  output: rawPath,
});

export interface DecodeOrder {
  compactPath: string;
  rawPath: string;
  channels: 1 | 2;
  filters: readonly string[];
}

/** Several short ones in one process: to start ffmpeg takes as long as to decode a minute. */
export function decodeTogetherJob(orders: readonly DecodeOrder[]): FfmpegJob {
  const outputs = orders.map(({ rawPath, channels, filters }, index) => ({
    options: ['-map', `${index}:a:0`, ...filtered(filters), '-c:a', 'pcm_f32le', ...rawFormat(channels)],
    output: rawPath,
  }));
  return {
    inputs: orders.map(({ compactPath }) => ({ options: compactInput, path: compactPath })),
    ...outputs[0]!,
    also: outputs.slice(1),
  };
}

const filtered = (filters: readonly string[]): string[] =>
  filters.length === 0 ? [] : ['-af', ['aformat=channel_layouts=mono', ...filters].join(',')];

/**
 * For files that people send: only what holds sound itself. A playlist would have ffmpeg read other files and addresses
 * (ffmpeg-formats, "format_whitelist").
 */
const SOUND_FORMATS = 'mp3,wav,w64,aiff,flac,ogg,mov,aac,matroska';
export const SENT_SOUND: readonly string[] = [
  ...['-format_whitelist', SOUND_FORMATS, '-protocol_whitelist', 'file'],
];

/** So many seconds of a show's intro, outro or bed to raw samples, its channels interleaved. */
export const furnitureJob = (
  path: string,
  rawPath: string,
  { channels, fromSeconds, seconds }: { channels: 1 | 2; fromSeconds: number; seconds: number },
): FfmpegJob => ({
  inputs: [
    {
      options: [
        ...[...QUIET, ...SENT_SOUND, '-vn'],
        ...(fromSeconds === 0 ? [] : ['-ss', String(fromSeconds)]),
        ...['-t', String(seconds)],
      ],
      path,
    },
  ],
  options: ['-map', '0:a:0', '-c:a', 'pcm_f32le', ...rawFormat(channels)],
  output: rawPath,
});

/** A sound that somebody sent to the file that is kept of it. */
export const soundFileJob = (path: string, output: string, seconds: number): FfmpegJob => ({
  inputs: [{ options: [...QUIET, ...SENT_SOUND, '-vn', '-t', String(seconds)], path }],
  options: [
    ...['-map', '0:a:0', '-map_metadata', '-1', '-map_chapters', '-1'],
    ...['-c:a', 'flac', '-ar', '48000', '-ac', '2', '-f', 'flac'],
  ],
  output,
});

/** Raw samples through filters. */
export const rawToRawJob = (rawPath: string, output: string, filters: readonly string[]): FfmpegJob => ({
  inputs: [{ options: [...QUIET, ...RAW], path: rawPath }],
  options: ['-map', '0:a:0', ...filtered(filters), '-c:a', 'pcm_f32le', ...RAW],
  output,
});

/**
 * A cover was sent by somebody, too: only what begins as a JPEG or PNG does is read, whatever it is called.
 */
const SENT_PICTURE = ['-format_whitelist', 'jpeg_pipe,png_pipe', '-protocol_whitelist', 'file'];

/** A picture to the JPEG that goes into the files. 1400 px is what directories ask for at least; 40 MP ends zip bombs. */
export const coverJob = (picturePath: string, jpegPath: string): FfmpegJob => ({
  inputs: [{ options: [...QUIET, ...SENT_PICTURE, '-max_pixels', '40000000'], path: picturePath }],
  options: [
    ...['-map', '0:v:0', '-frames:v', '1'],
    ...['-vf', "scale=w='min(1400,iw)':h='min(1400,ih)':force_original_aspect_ratio=decrease"],
    ...['-c:v', 'mjpeg', '-q:v', '3', '-pix_fmt', 'yuvj420p', '-f', 'image2', '-update', '1'],
  ],
  output: jpegPath,
});

export interface EncodeOrder {
  kind: RenditionKind;
  bitrateKbps: number;
  /** Of the raw samples and of the file. */
  channels: 1 | 2;
  rawPath: string;
  metadataPath: string;
  coverPath: string | undefined;
  /** Applied before the encoder. */
  trimDb: number;
  output: string;
}

/** `-aac_coder fast` and not 5.1's default twoloop, by the word of ffmpeg's AAC maintainer (docs/decisions/0004). */
const CODECS: Record<RenditionKind, { codec: string[]; container: string[] }> = {
  // Complexity 5 costs a third of the default 10 (docs/decisions/0004).
  opus: {
    codec: ['-c:a', 'libopus', '-application', 'audio', '-compression_level', '5'],
    container: ['-f', 'ogg'],
  },
  mp3: {
    codec: ['-c:a', 'libmp3lame'],
    container: ['-write_xing', '1', '-id3v2_version', '3', '-f', 'mp3'],
  },
  m4a: {
    codec: ['-c:a', 'aac', '-aac_coder', 'fast'],
    container: ['-movflags', '+faststart', '-f', 'ipod'],
  },
};

export const MIME_TYPES: Record<RenditionKind, string> = {
  mp3: 'audio/mpeg',
  m4a: 'audio/x-m4a',
  opus: 'audio/ogg',
};

/** A raw master to a rendition with tags, chapters and cover. */
export function encodeJob(order: EncodeOrder): FfmpegJob {
  const { codec, container } = CODECS[order.kind];
  // ffmpeg's Ogg muxer takes no picture.
  const cover = order.kind === 'opus' ? undefined : order.coverPath;
  return {
    inputs: [
      { options: [...QUIET, ...rawFormat(order.channels)], path: order.rawPath },
      { options: ['-f', 'ffmetadata'], path: order.metadataPath },
      ...(cover === undefined ? [] : [{ options: ['-f', 'image2'], path: cover }]),
    ],
    options: [
      ...['-map', '0:a:0', '-map_metadata', '1', '-map_chapters', order.kind === 'opus' ? '-1' : '1'],
      // Named first: otherwise the filters would run on two channels (docs/decisions/0004).
      ...[
        '-af',
        `aformat=channel_layouts=${order.channels === 1 ? 'mono' : 'stereo'},volume=${order.trimDb.toFixed(2)}dB`,
      ],
      ...codec,
      ...['-b:a', `${order.bitrateKbps}k`],
      ...(cover === undefined ? [] : coverOptions),
      ...container,
    ],
    output: order.output,
  };
}

/** ffmpeg's mp3 muxer takes an attached picture's type from the comment "Cover (front)" (ffmpeg-formats, "mp3"). */
const coverOptions = [
  ...['-map', '2:v:0', '-c:v', 'copy', '-disposition:v:0', 'attached_pic'],
  ...['-metadata:s:v', 'title=Album cover', '-metadata:s:v', 'comment=Cover (front)'],
];

/** Measures a finished file; the summary comes last on stderr. Only its audio is decoded. */
export const measureJob = (path: string): FfmpegJob => meterJob(path, []);

/**
 * Measures one speaker's track: as one channel, which is what a voice becomes in a master; on two equal ones the meter
 * reads 3 LU more.
 */
export const measureVoiceJob = (path: string): FfmpegJob => meterJob(path, ['aformat=channel_layouts=mono']);

const meterJob = (path: string, filters: readonly string[]): FfmpegJob => ({
  inputs: [{ options: [...QUIET, '-vn'], path }],
  options: [
    ...['-map', '0:a:0', '-af', [...filters, 'ebur128=peak=true:framelog=verbose'].join(',')],
    ...['-f', 'null'],
  ],
  output: '-',
});
