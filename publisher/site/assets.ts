/** The files that pages refer to, each under a name that holds its hash: cached for ever, replaced by a new name. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { typeByEnding } from '../media/key.ts';
import type { AssetHrefs } from '../../templates/pages/views.ts';

export const FOR_EVER = 'public, max-age=31536000, immutable';

export interface Asset {
  key: string;
  body: Uint8Array;
  contentType: string;
}

export type Assets = Record<'styles' | 'script' | 'icon' | 'defaultCover', Asset>;

const templates = new URL('../../templates/', import.meta.url);

async function loadAsset(file: string, folder: string): Promise<Asset> {
  const body = await readFile(new URL(file, templates));
  const name = file.slice(file.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
  const key = `${folder}/${name.slice(0, dot)}.${hash}${name.slice(dot)}`;
  return { key, body, contentType: typeByEnding(key) };
}

/** Reads the assets from the templates. */
export async function loadAssets(): Promise<Assets> {
  const [styles, script, icon, defaultCover] = await Promise.all([
    loadAsset('pages/styles.css', 'assets'),
    loadAsset('pages/player.js', 'assets'),
    loadAsset('pages/icon.svg', 'assets'),
    loadAsset('brand/cover.jpg', 'art'),
  ]);
  return { styles, script, icon, defaultCover };
}

/** How a page reaches them; `hrefOf` turns a key of the store into a reference on that page. */
export function assetHrefs(assets: Assets, hrefOf: (key: string) => string): AssetHrefs {
  return {
    styles: hrefOf(assets.styles.key),
    script: hrefOf(assets.script.key),
    icon: hrefOf(assets.icon.key),
  };
}
