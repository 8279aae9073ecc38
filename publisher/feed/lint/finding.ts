/** What the gate finds before a feed goes out. */
import type { ArtFacts } from './art.ts';

/** `blocks`: directories or apps refuse it, or lose it. `warns`: they show less than there is, or some do. */
export type Severity = 'blocks' | 'warns';

/** An item or a live item by its guid. What blocks an item holds that item back, and nothing else. */
export type Place = { kind: 'show' } | { kind: 'item' | 'live'; guid: string };

export interface Finding {
  /** Stays the same from version to version. */
  rule: string;
  severity: Severity;
  where: Place;
  what: string;
  remedy: string;
  /** Who asks for it. */
  source: string;
}

/** What the lint cannot know of itself. */
export interface LintFacts {
  /** Where the world reaches this installation. */
  baseUrl: string;
  now: Date;
  /** Of the show's art. */
  art?: ArtFacts | undefined;
  /** Of the episodes that have art of their own, by guid. */
  itemArt?: ReadonlyMap<string, ArtFacts> | undefined;
  /** Length of the main feed. */
  feedBytes?: number | undefined;
}

export interface Fault {
  what: string;
  remedy: string;
}

export interface Rule<Subject> {
  id: string;
  severity: Severity;
  source: string;
  check: (subject: Subject, facts: LintFacts) => Fault | Fault[] | undefined;
}

export function findingsOf<Subject>(
  rules: readonly Rule<Subject>[],
  subject: Subject,
  facts: LintFacts,
  where: Place,
): Finding[] {
  return rules.flatMap(({ id, severity, source, check }) => {
    const faults = check(subject, facts) ?? [];
    return (Array.isArray(faults) ? faults : [faults]).map((fault) => ({
      ...{ rule: id, severity, where, source },
      ...fault,
    }));
  });
}
