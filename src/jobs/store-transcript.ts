/** A transcript into the media store, beside the episode's renditions, under keys that name its content. */
import { createHash } from 'node:crypto';
import { bothFolders, episodeMediaFolder, mediaCacheControl } from '../../publisher/media/episode-folder.ts';
import type { MediaStore } from '../../publisher/media/store.ts';
import { typeByEnding } from '../../publisher/media/key.ts';
import type { Episode, TranscriptFiles } from '../catalog/index.ts';
import { type Cue, renderJson, renderSrt, renderVtt } from '../transcript/index.ts';

const PREFIX = 'transcript-';

/** Undefined when nothing was said: listeners are offered no empty file. */
export async function storeTranscript(
  media: MediaStore,
  episode: Pick<Episode, 'id' | 'show_id' | 'visibility'>,
  cues: readonly Cue[],
): Promise<TranscriptFiles | undefined> {
  if (cues.length === 0) return undefined;
  const bodies = { vtt: renderVtt(cues), srt: renderSrt(cues), json: renderJson(cues) };
  const name = createHash('sha256').update(JSON.stringify(bodies)).digest('hex').slice(0, 16);
  const put = async (ending: keyof typeof bodies) => {
    const key = `${episodeMediaFolder(episode)}${PREFIX}${name}.${ending}`;
    const body = Buffer.from(bodies[ending]);
    await media.put(key, { body }, { contentType: typeByEnding(key), cacheControl: mediaCacheControl(key) });
    return key;
  };
  return { vttKey: await put('vtt'), srtKey: await put('srt'), jsonKey: await put('json') };
}

/** Removes every transcript that the episode has had but the one of these keys. */
export async function keepOnly(
  media: MediaStore,
  episode: Pick<Episode, 'id' | 'show_id'>,
  keys: readonly (string | null | undefined)[],
): Promise<void> {
  for (const folder of bothFolders(episode))
    for (const key of await media.list(`${folder}${PREFIX}`))
      if (!keys.includes(key)) await media.delete(key);
}
