/** The files that pages refer to, each under a name that holds its hash: cached for ever, replaced by a new name. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { typeByEnding } from '../media/key.ts';
import type { AssetHrefs } from '../../templates/pages/views.ts';
import { brandStyles } from './brand.ts';
import { leanScript, leanStyles } from './lean.ts';

export const FOR_EVER = 'public, max-age=31536000, immutable';

export interface Asset {
  key: string;
  body: Uint8Array;
  contentType: string;
}

export type Assets = Record<
  'styles' | 'player' | 'transcript' | 'icon' | 'defaultCover' | 'defaultSmallCover' | 'liveNotice',
  Asset
>;

/** What a cover is known to be besides its key. */
export const DEFAULT_COVER_PX = 1400;

const templates = new URL('../../templates/', import.meta.url);

function assetOf(name: string, folder: string, body: Uint8Array): Asset {
  const dot = name.lastIndexOf('.');
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
  const key = `${folder}/${name.slice(0, dot)}.${hash}${name.slice(dot)}`;
  return { key, body, contentType: typeByEnding(key) };
}

async function loadAsset(file: string, folder: string, lean?: (text: string) => string): Promise<Asset> {
  const body = await readFile(new URL(file, templates));
  const name = file.slice(file.lastIndexOf('/') + 1);
  return assetOf(name, folder, lean === undefined ? body : Buffer.from(lean(body.toString())));
}

/** Reads the assets from the templates. */
export async function loadAssets(): Promise<Assets> {
  const [styles, player, transcript, icon, defaultCover, defaultSmallCover, liveNotice] = await Promise.all([
    loadAsset('pages/styles.css', 'assets', leanStyles),
    loadAsset('pages/player.js', 'assets', leanScript),
    loadAsset('pages/transcript.js', 'assets', leanScript),
    loadAsset('pages/icon.svg', 'assets'),
    loadAsset('brand/cover.jpg', 'art'),
    loadAsset('brand/cover-small.webp', 'art'),
    // What an app plays of a live event, which it cannot join by itself.
    loadAsset('sounds/live-notice.en.mp3', 'media'),
  ]);
  return { styles, player, transcript, icon, defaultCover, defaultSmallCover, liveNotice };
}

/** The style sheet of a show with a colour of its own. */
export function brandAsset(accent: string | undefined): Asset | undefined {
  const styles = brandStyles(accent);
  return styles === undefined ? undefined : assetOf('brand.css', 'assets', Buffer.from(styles));
}

/** How a page reaches them; `hrefOf` turns a key of the store into a reference on that page. */
export function assetHrefs(assets: Assets, hrefOf: (key: string) => string, brand?: Asset): AssetHrefs {
  return {
    styles: hrefOf(assets.styles.key),
    player: hrefOf(assets.player.key),
    transcript: hrefOf(assets.transcript.key),
    icon: hrefOf(assets.icon.key),
    brand: brand && hrefOf(brand.key),
  };
}
