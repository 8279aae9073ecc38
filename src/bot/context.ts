/** What the parts of the bot share. */
import type { Client } from 'discord.js';
import type { Logger } from 'pino';
import type { Notice } from '../../recorder/protocol.ts';
import type { Catalog, Holder, Membership, ShowSound } from '../catalog/index.ts';
import type { Background } from './background.ts';
import type { Categories } from './commands/show/categories.ts';
import type { RecorderLink } from './recorder-link.ts';
import type { VoiceBridge } from './voice-bridge.ts';

/** Addresses that the bot hands out; raw tracks' links are bearer links and go into ephemeral replies only. */
export interface Links {
  rawTracks(sessionId: string): string;
  /** The page of an export, for as long as it is kept. A bearer link as well. */
  tracks(exportId: string): string;
  episodePage(showSlug: string, episodeSlug: string): string;
  feed(showSlug: string): string;
  /** A show's figures as JSON. A bearer link as well. */
  audience(show: { id: string; slug: string }): string;
}

/** What a show plays around and under its talks. */
export interface ShowSounds {
  /** Throws an error named RenderError, whose message says what to send instead. */
  set(sent: SentSound): Promise<{ durationUs: number }>;
  /** Answers whether there was one. */
  remove(sound: Omit<SentSound, 'url'>): Promise<boolean>;
}

export interface SentSound {
  guildId: string;
  showId: string;
  kind: ShowSound;
  /** Where Discord keeps what a host sent. */
  url: string;
}

/** The picture that apps and directories show of a show. */
export interface ShowArt {
  /** What some will not like about it, in sentences. Throws an error named ArtRefusedError, whose message says what to send instead. */
  set(sent: Omit<SentSound, 'kind'>): Promise<{ sidePx: number; warnings: string[] }>;
}

/** A member's private feed: bearer links, for ephemeral replies only. */
export interface PrivateLink {
  /** Opens the feed in an app. */
  pageUrl: string;
  feedUrl: string;
  /** The page, as a QR code. */
  qrPng: Uint8Array;
}

/** Both throw NotInCatalogError. */
export interface MemberLinks {
  /** The member's own; made when they have none. */
  open(holder: Holder, membership: Membership): Promise<PrivateLink>;
  /** Another; the one before stops working for good. */
  renew(holder: Holder, membership: Membership): Promise<PrivateLink>;
}

/** `over`: it says that its channel is not recorded any more. */
export type PostedNotice = Notice & { over?: boolean };

export interface BotContext {
  client: Client<true>;
  catalog: Catalog;
  recorder: RecorderLink;
  bridge: VoiceBridge;
  links: Links;
  sounds: ShowSounds;
  art: ShowArt;
  /** What a show can be about, as directories have it. */
  categories: Categories;
  members: MemberLinks;
  background: Background;
  /** Where people were told of the live sessions, by session id; of those that this process told. */
  notices: Map<string, PostedNotice>;
  logger: Logger;
}
