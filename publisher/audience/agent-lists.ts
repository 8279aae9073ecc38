/**
 * Lists of user agents in the form of OPAWG's runtime files (https://github.com/opawg/user-agents-v2, build/README.md), and
 * who stands behind an agent by them.
 */
import { z } from 'zod';
import { MOST_PATTERN_CHARACTERS, patternFault } from './pattern-safety.ts';
import { SELF_NAMED_BOTS } from './seed-lists.ts';

export const LIST_NAMES = ['bots', 'apps', 'libraries', 'browsers', 'devices', 'referrers'] as const;
export type ListName = (typeof LIST_NAMES)[number];

const entry = z.object({
  name: z.string().trim().min(1).max(120),
  pattern: z
    .string()
    .min(1)
    .max(MOST_PATTERN_CHARACTERS)
    .superRefine((pattern, context) => {
      const fault = patternFault(pattern);
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
    }),
  category: z.string().max(40).optional(),
});
/** One file. OPAWG's longest had 558 entries in November 2026. */
export const listSchema = z.object({ entries: z.array(entry).max(5_000) });
export type AgentEntry = z.infer<typeof entry>;
export type AgentLists = Record<ListName, readonly AgentEntry[]>;

/** Who asks. `library` and `unknown` are listeners as well: apps that do not say their names. */
export interface Agent {
  kind: 'app' | 'browser' | 'library' | 'unknown' | 'bot';
  name: string;
  /** OPAWG's: mobile, computer, smart_speaker, smart_tv, watch, auto; `unknown` otherwise. */
  device: string;
}

export type Classifier = (agent: string, referrer: string | undefined) => Agent;

/** Agents of listeners are shorter; what is longer is only looked at so far, because time grows with length. */
export const MOST_AGENT_CHARACTERS = 400;

const UNKNOWN: Agent = { kind: 'unknown', name: 'Unknown', device: 'unknown' };

/**
 * The order and the first match are OPAWG's (README, "Quick start"): bots, apps, libraries, browsers; then devices; and for
 * browsers the player's site by the referrer. A library of category `bot` is one that listeners do not use. Whoever is in no
 * list and calls itself a bot is one.
 */
export function createClassifier(lists: AgentLists): Classifier {
  const withExpression = ({ pattern, ...rest }: AgentEntry) => ({ ...rest, pattern: new RegExp(pattern) });
  const compiled = (name: ListName) => lists[name].map(withExpression);
  const [bots, apps, libraries, browsers, devices, referrers] = LIST_NAMES.map(compiled);
  const others = SELF_NAMED_BOTS.map(withExpression);
  return (agentText, referrerText) => {
    const agent = oneLine(agentText);
    const first = (entries: ReturnType<typeof compiled> = [], text = agent) =>
      entries.find(({ pattern }) => pattern.test(text));
    const bot = first(bots);
    if (bot !== undefined) return { kind: 'bot', name: bot.name, device: 'unknown' };
    const device = first(devices)?.category ?? 'unknown';
    const app = first(apps);
    if (app !== undefined) return { kind: 'app', name: app.name, device };
    const library = first(libraries);
    if (library !== undefined)
      return { kind: library.category === 'bot' ? 'bot' : 'library', name: library.name, device };
    const browser = first(browsers);
    if (browser === undefined) {
      const other = first(others);
      return other === undefined
        ? { ...UNKNOWN, device }
        : { kind: 'bot', name: other.name, device: 'unknown' };
    }
    const site = referrerText === undefined ? undefined : first(referrers, oneLine(referrerText));
    return site === undefined
      ? { kind: 'browser', name: browser.name, device }
      : { kind: 'app', name: site.name, device };
  };
}

/** "Remove any newlines (never occurs except from bad actors)". */
const oneLine = (text: string) => text.slice(0, MOST_AGENT_CHARACTERS).replace(/[\r\n]/g, '');
