/** The catalog's shape, step by step. A step that was released is never changed; the next one is added below it. */
import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import * as firstTables from './0001-first-tables.ts';
import * as refusals from './0002-refusals.ts';
import * as exports_ from './0003-exports.ts';
import * as transcripts from './0004-transcripts.ts';
import * as opusRenditions from './0005-opus-renditions.ts';
import * as edits from './0006-edits.ts';
import * as showSounds from './0007-show-sounds.ts';
import * as stems from './0008-stems.ts';
import * as publishing from './0009-publishing.ts';
import * as audience from './0010-audience.ts';
import * as membersFeeds from './0011-members-feeds.ts';
import * as publishedRevisions from './0012-published-revisions.ts';
import * as imports_ from './0013-imports.ts';
import * as feedHealth from './0014-feed-health.ts';
import * as leases from './0016-leases.ts';
import * as feedReports from './0017-feed-reports.ts';

const steps: Record<string, Migration> = {
  '0001-first-tables': firstTables,
  '0002-refusals': refusals,
  '0003-exports': exports_,
  '0004-transcripts': transcripts,
  '0005-opus-renditions': opusRenditions,
  '0006-edits': edits,
  '0007-show-sounds': showSounds,
  '0008-stems': stems,
  '0009-publishing': publishing,
  '0010-audience': audience,
  '0011-members-feeds': membersFeeds,
  '0012-published-revisions': publishedRevisions,
  '0013-imports': imports_,
  '0014-feed-health': feedHealth,
  '0016-leases': leases,
  '0017-feed-reports': feedReports,
};

/** Brings the catalog to the newest shape, one process at a time. Throws with the step's name when one fails. */
export async function migrateToLatest<Schema>(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(steps) } });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const failed = results?.find((result) => result.status === 'Error')?.migrationName ?? 'the first step';
  throw new Error(
    `The catalog could not be brought to the shape this version needs: ${failed} failed. It is as it was before that step.`,
    { cause: error },
  );
}
