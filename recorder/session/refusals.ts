/** Who had opted out when a journal breaks off, and the holes of it that the recorder had no time to write. Pure. */
import type { JournalEntry } from './journal.ts';
import type { Gap } from './model.ts';

/** Who refuses when a journal breaks off. */
export function openRefusals(entries: readonly JournalEntry[]): string[] {
  const refused = new Set<string>();
  for (const entry of entries) {
    if (entry.type === 'refused') refused.add(entry.userId);
    if (entry.type === 'allowed') refused.delete(entry.userId);
  }
  return [...refused];
}

/** The hole of a refusal is journalled when it ends; of people without a track there is none. */
export function openConsentGaps(entries: readonly JournalEntry[], endUs: number): Gap[] {
  const trackOf = new Map<string, number>();
  const sinceUs = new Map<string, number>();
  for (const entry of entries) {
    if (entry.type === 'track') trackOf.set(entry.userId, entry.track);
    if (entry.type === 'refused' && !sinceUs.has(entry.userId)) sinceUs.set(entry.userId, entry.atUs);
    if (entry.type === 'allowed') sinceUs.delete(entry.userId);
    if (entry.type !== 'gap' || entry.reason !== 'consent') continue;
    for (const [userId, track] of trackOf) if (track === entry.track) sinceUs.delete(userId);
  }
  return [...sinceUs].flatMap(([userId, startUs]) => {
    const track = trackOf.get(userId);
    return track === undefined || startUs >= endUs
      ? []
      : [{ track, startUs, endUs, reason: 'consent' as const }];
  });
}
