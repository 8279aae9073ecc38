/** Persons and comments, of shows and of episodes alike. */
import type { PersonSetting, SocialInteractSetting } from '../../../src/catalog/feed-settings.ts';
import type { Fault } from './finding.ts';
import { ROLES } from './word-lists.ts';

/** docs/tags/person.md: without a role a host, without a group of the cast. */
export const roleOf = ({ role }: PersonSetting): string => role?.toLowerCase() ?? 'host';

export function personFaults(persons: readonly PersonSetting[]): Fault[] {
  return persons.flatMap((person) => {
    const group = person.group?.toLowerCase() ?? 'cast';
    const roles = Object.hasOwn(ROLES, group) ? ROLES[group] : undefined;
    const remedy = 'Take both from the Podcast Taxonomy (taxonomy.json of the namespace).';
    if (roles === undefined) return { what: `"${person.group}" is no group that apps know.`, remedy };
    if (roles.includes(roleOf(person))) return [];
    return { what: `"${person.role}" is no role in the group "${group}".`, remedy };
  });
}

export const priorityFault = (places: readonly SocialInteractSetting[]): Fault | undefined =>
  places.length > 1 && places.some((place) => place.protocol !== 'disabled' && place.priority === undefined)
    ? {
        what: 'There are several places for comments, and not all have a priority.',
        remedy: 'Number them: the lowest is shown first.',
      }
    : undefined;
