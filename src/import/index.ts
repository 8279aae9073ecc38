/** The door of imports: a feed of another host goes in, a show of ours comes out; and a feed is read to be compared. */
export { type WholeFeed, fetchFeed } from './fetch-feed.ts';
export { FeedError } from './feed.ts';
export { importFeed, type ImportOptions, type ImportOutcome, ImportRefusedError } from './import-feed.ts';
export { folderOf } from './import-item.ts';
