/** One item of a feed: its file, art, chapters and transcript, fetched and stored, then all of it in the catalog at once. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { episodeMediaFolder, mediaCacheControl } from '../../publisher/media/episode-folder.ts';
import { typeByEnding } from '../../publisher/media/key.ts';
import type { MediaStore } from '../../publisher/media/store.ts';
import type { Catalog, EpisodeChapter, MasteredRendition, TranscriptFiles } from '../catalog/index.ts';
import { contentId } from '../jobs/content-id.ts';
import type { FfmpegRunner } from '../mastering/ffmpeg.ts';
import { decodeText, type Download, type Outside, OutsideError } from '../outside/index.ts';
import { renderJson, renderSrt, renderVtt } from '../transcript/index.ts';
import { ArtError, type ArtTaker } from './art.ts';
import { type CaptionForm, captionFormOf, readCaptions } from './captions.ts';
import { readChapters } from './chapters.ts';
import type { SourceChapter, SourceItem } from './feed.ts';
import { examineFile, MediaFileError } from './media-file.ts';

export interface ItemOptions {
  catalog: Pick<Catalog, 'imports'>;
  media: MediaStore;
  outside: Outside;
  ffmpeg: FfmpegRunner;
  art: ArtTaker;
  showId: string;
  /** Art of an item that is the show's is none of its own. */
  showImageUrl: string | undefined;
  /** Holds what is fetched, from try to try. */
  folder: string;
  signal: AbortSignal;
  /** Before another host is asked again. */
  pauseMs?: number;
  /** 0 to 1. */
  onProgress?: (part: number) => void;
  /** Told what could not be taken over, as a sentence. */
  note: (what: string) => void;
}

const MOST_MEDIA_BYTES = 8 * 2 ** 30;
const MOST_TEXT_BYTES = 32 * 2 ** 20;
const TRIES = 4;
const PAUSE_MS = 3_000;

/** Throws OutsideError and MediaFileError where there is nothing to be heard; all else may be missing. */
export async function importItem(item: SourceItem, options: ItemOptions): Promise<void> {
  const { catalog, showId, note } = options;
  const id = contentId(`${showId} ${item.guid}`);
  const folder = episodeMediaFolder({ id, show_id: showId, visibility: 'public' });
  const title = `“${item.title.slice(0, 80)}”`;
  const optional = async <T>(what: string, take: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await patiently(take, options);
    } catch (error) {
      if (!(error instanceof OutsideError || error instanceof ArtError)) throw error;
      note(`${title} came without its ${what}: ${error.message.replace(/\.$/, '')}.`);
      return undefined;
    }
  };
  const file = await patiently(() => download(item, options), options);
  const examined = await examineFile(file.path, options.ffmpeg, item.durationUs);
  const rendition = await storeFile(file, examined, { ...options, id, folder });
  const { imageUrl } = item;
  const coverKey =
    imageUrl === undefined || imageUrl === options.showImageUrl
      ? undefined
      : await optional('art', () => options.art.take(imageUrl));
  const transcript = await optional('transcript', () => takeTranscript(item, folder, options, title));
  await catalog.imports.addEpisode(showId, {
    ...{ id, guid: item.guid, title: item.title, notes: item.notes, kind: item.kind, feed: item.feed },
    ...{ season: item.season ?? null, number: item.number ?? null, coverKey: coverKey ?? null },
    chapters: await chaptersOf(item, examined.chapters, options, optional),
    ...{ rendition, transcript },
  });
  await file.forget();
}

/** Again and again, ever later, as long as what is in the way may pass. */
async function patiently<T>(
  run: () => Promise<T>,
  { signal, pauseMs = PAUSE_MS }: Pick<ItemOptions, 'signal' | 'pauseMs'>,
): Promise<T> {
  for (let tries = 1; ; tries += 1)
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof OutsideError) || !error.mayPass || tries >= TRIES) throw error;
      await sleep(pauseMs * 3 ** (tries - 1), undefined, { signal });
    }
}

function download(item: SourceItem, { outside, folder, signal, onProgress }: ItemOptions): Promise<Download> {
  const { url, bytes } = item.enclosure;
  return outside.download(url, {
    ...{ folder, signal, mostBytes: MOST_MEDIA_BYTES },
    onProgress: (now) => onProgress?.(bytes === undefined ? 0.5 : Math.min(1, now / bytes)),
  });
}

/** Byte for byte as it came. */
async function storeFile(
  file: Download,
  { kind, mimeType, durationUs }: { kind: MasteredRendition['kind']; mimeType: string; durationUs: number },
  { media, id, folder }: Pick<ItemOptions, 'media'> & { id: string; folder: string },
): Promise<MasteredRendition> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file.path), hash);
  const sha256 = hash.digest('hex');
  const renditionId = contentId(`${id} ${kind} ${sha256}`);
  const mediaKey = `${folder}${renditionId}.${kind}`;
  const stored =
    (await media.head(mediaKey)) ??
    (await media.put(
      mediaKey,
      { path: file.path },
      { contentType: mimeType, cacheControl: mediaCacheControl(mediaKey) },
    ));
  if (stored.sha256 !== sha256 || stored.bytes !== file.bytes)
    throw new Error(`The media store holds ${mediaKey} with other content than was put into it.`);
  return { id: renditionId, kind, mediaKey, bytes: file.bytes, mimeType, sha256, durationUs };
}

type Optional = <T>(what: string, take: () => Promise<T>) => Promise<T | undefined>;

/** Podcasting 2.0's first, then Podlove's, then what stands in the file. */
async function chaptersOf(
  { chaptersUrl, chapters: inFeed }: SourceItem,
  inFile: SourceChapter[],
  { outside, signal, art, showImageUrl }: ItemOptions,
  optional: Optional,
): Promise<EpisodeChapter[]> {
  const fetched =
    chaptersUrl === undefined
      ? undefined
      : await optional('chapters', async () => {
          const document = await outside.bytes(chaptersUrl, { mostBytes: MOST_TEXT_BYTES, signal });
          return readChapters(decodeText(document), document.url);
        });
  const chapters = [fetched, inFeed, inFile].find((list) => list !== undefined && list.length > 0) ?? [];
  const taken: EpisodeChapter[] = [];
  for (const { startUs, title, url, imageUrl } of chapters) {
    const imageKey =
      imageUrl === undefined || imageUrl === showImageUrl
        ? undefined
        : await optional('picture of a chapter', () => art.take(imageUrl));
    taken.push({
      startUs,
      title,
      ...(url !== undefined && { url }),
      ...(imageKey !== undefined && { imageKey }),
    });
  }
  return taken;
}

/** What is read best comes first: it says who speaks. */
const FORMS: readonly CaptionForm[] = ['json', 'vtt', 'srt'];

/** As it was in the forms that it had, and made from the best of them in the others. */
async function takeTranscript(
  { transcripts }: SourceItem,
  folder: string,
  { outside, media, signal, note }: ItemOptions,
  title: string,
) {
  if (transcripts.length === 0) return undefined;
  const found = new Map<CaptionForm, { text: string; language: string | undefined }>();
  for (const source of transcripts) {
    const form = captionFormOf(source);
    if (form === undefined || found.has(form)) continue;
    const document = await outside.bytes(source.url, { mostBytes: MOST_TEXT_BYTES, signal });
    found.set(form, { text: decodeText(document), language: source.language });
  }
  for (const form of FORMS) {
    const best = found.get(form);
    const cues = best === undefined ? [] : readCaptions(form, best.text);
    if (best === undefined || cues.length === 0) continue;
    const bodies = {
      vtt: found.get('vtt')?.text ?? renderVtt(cues),
      srt: found.get('srt')?.text ?? renderSrt(cues),
      // Pages are made from this one, and not every host's can be read.
      json: form === 'json' ? best.text : renderJson(cues),
    };
    const name = createHash('sha256').update(JSON.stringify(bodies)).digest('hex').slice(0, 16);
    const put = async (ending: CaptionForm) => {
      const key = `${folder}transcript-${name}.${ending}`;
      const options = { contentType: typeByEnding(key), cacheControl: mediaCacheControl(key) };
      await media.put(key, { body: Buffer.from(bodies[ending]) }, options);
      return key;
    };
    const files: TranscriptFiles = {
      vttKey: await put('vtt'),
      srtKey: await put('srt'),
      jsonKey: await put('json'),
    };
    return { files, language: languageOf(best.language), cues: cues.length };
  }
  note(`${title} came without its transcript: it is in no form that has times (VTT, SRT or JSON).`);
  return undefined;
}

/** ISO 639; regions and scripts are left out. */
const languageOf = (text: string | undefined): string | undefined =>
  /^[a-z]{2,3}(?=$|[-_])/i.exec(text ?? '')?.[0].toLowerCase();

export { MediaFileError };
export const folderOf = (scratchFolder: string, importId: string): string =>
  path.join(scratchFolder, `import-${importId}`);
