/** A transcript into the media store, beside the episode's renditions, under keys that name its content. */
import { createHash } from 'node:crypto';
import type { MediaStore } from '../../publisher/media/store.ts';
import { typeByEnding } from '../../publisher/media/key.ts';
import type { Episode, TranscriptFiles } from '../catalog/index.ts';
import { type Cue, renderJson, renderSrt, renderVtt } from '../transcript/index.ts';

const IMMUTABLE = 'public, max-age=31536000, immutable';
const prefixOf = ({ show_id, id }: Pick<Episode, 'id' | 'show_id'>) => `media/${show_id}/${id}/transcript-`;

/** Undefined when nothing was said: listeners are offered no empty file. */
export async function storeTranscript(
  media: MediaStore,
  episode: Pick<Episode, 'id' | 'show_id'>,
  cues: readonly Cue[],
): Promise<TranscriptFiles | undefined> {
  if (cues.length === 0) return undefined;
  const bodies = { vtt: renderVtt(cues), srt: renderSrt(cues), json: renderJson(cues) };
  const name = createHash('sha256').update(JSON.stringify(bodies)).digest('hex').slice(0, 16);
  const put = async (ending: keyof typeof bodies) => {
    const key = `${prefixOf(episode)}${name}.${ending}`;
    const body = Buffer.from(bodies[ending]);
    await media.put(key, { body }, { contentType: typeByEnding(key), cacheControl: IMMUTABLE });
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
  for (const key of await media.list(prefixOf(episode))) if (!keys.includes(key)) await media.delete(key);
}
