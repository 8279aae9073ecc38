/** Podcasts. A show belongs to one server; its slug and podcast guid stand in public for ever. */
import type { Show } from './schema.ts';

/** What a host may choose; the rest of a show is ours. */
export interface ShowFields {
  title: string;
  description: string;
  author: string;
  language: string;
  category: string;
  subcategory: string | null;
  explicit: boolean;
  coverKey: string | null;
  preset: string;
}

export interface Shows {
  /** Makes a show of a server that is known; its slug comes from the title, unique over the installation. */
  create(guildId: string, fields: Pick<ShowFields, 'title'> & Partial<ShowFields>): Promise<Show>;
  /** The show that ad-hoc recordings land in, made (together with its server's row) when it is first asked for. */
  createDefaultFor(guild: { id: string; name: string }): Promise<Show>;
  /** For workers and public pages, which serve every server. */
  byId(showId: string): Promise<Show | undefined>;
  /** For workers and public pages, which serve every server. */
  bySlug(slug: string): Promise<Show | undefined>;
  /** Every show with a public feed, by title. */
  listPublished(): Promise<Show[]>;
  /** A member's question: undefined when the show is another server's. */
  ofGuild(guildId: string, showId: string): Promise<Show | undefined>;
  /** A server's shows by title. */
  listFor(guildId: string): Promise<Show[]>;
  /** Changes what stands in the feed, so its revision rises. Throws NotInCatalogError. */
  update(guildId: string, showId: string, fields: Partial<ShowFields>): Promise<Show>;
}
