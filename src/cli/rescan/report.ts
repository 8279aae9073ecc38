/** What `stagecast rescan` says of what it found. Pure. */
import type { Finding } from './rescan.ts';

const day = (atMs: number): string => new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
const minutes = (us: number): string => `${Math.round(us / 60e6)} min`;

/** One line; undefined where there is nothing to say. */
export function lineOf(finding: Finding): string | undefined {
  switch (finding.kind) {
    case 'taken-in': {
      const { title, startedAtMs, durationUs, tracks } = finding.session;
      const what = `${day(startedAtMs)} UTC “${title}”, ${minutes(durationUs)}, ${tracks.length} speakers`;
      const next = tracks.length > 0 ? 'will be mastered when Stagecast runs' : 'nobody spoke';
      return `+ ${finding.folder}: ${what}, taken into the show “${finding.showTitle}”; ${next}`;
    }
    case 'open':
      return `… ${finding.folder}: “${finding.session.title}” was interrupted; Stagecast goes on with it or seals it at its next start`;
    case 'unreadable':
      return `! ${finding.folder}: left as it is. ${finding.problem}`;
    case 'no-folder':
      return `! ${finding.session.id}: the catalog knows “${finding.session.title}” of ${day(finding.session.started_at.getTime())} UTC, and its folder is not there`;
    case 'known':
      return undefined;
  }
}

export function summaryOf(findings: readonly Finding[]): string {
  const count = (kind: Finding['kind']) => findings.filter((finding) => finding.kind === kind).length;
  const folders = findings.length - count('no-folder');
  return (
    `${folders} session folders: ${count('taken-in')} taken in, ${count('known')} known before, ` +
    `${count('open')} interrupted, ${count('unreadable')} that cannot be read; ` +
    `${count('no-folder')} sessions of the catalog without a folder.`
  );
}
