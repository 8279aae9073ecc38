/** What every handler is given. */
import type { Client } from 'discord.js';
import type { Logger } from 'pino';
import type { Catalog } from '../catalog/index.ts';
import type { VoiceBridge } from './voice-bridge.ts';
import type { RecorderLink } from './recorder-link.ts';

/** Addresses that the bot hands out; raw tracks' links are bearer links and go into ephemeral replies only. */
export interface Links {
  rawTracks(sessionId: string): string;
  episodePage(showSlug: string, episodeSlug: string): string;
  feed(showSlug: string): string;
}

export interface BotContext {
  client: Client<true>;
  catalog: Catalog;
  recorder: RecorderLink;
  bridge: VoiceBridge;
  links: Links;
  logger: Logger;
}
