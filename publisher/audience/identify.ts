/** Who asked, and whether it counts: a listener as a hash and what is said of it in figures, or the reason why not. */
import type { ListenerRequests } from '../../src/catalog/index.ts';
import { networkOf, parseAddress } from './address.ts';
import type { AddressRanges } from './address-ranges.ts';
import { type Agent, createClassifier } from './agent-lists.ts';
import type { AudioFiles } from './audio-files.ts';
import { BoundedCache } from './bounded-cache.ts';
import { filterReason, type FilterReason } from './counting.ts';
import { listenerHash, networkHash } from './listener-hash.ts';
import type { PinnedLists } from './pinned-lists.ts';

/** Who asks for what, as the request says it. */
export interface Asked {
  mediaKey: string;
  method: string;
  range: string | undefined;
  /** Of the client, not of a proxy. */
  address: string | undefined;
  agent: string | undefined;
  referrer: string | undefined;
}

export type Identity =
  | ({ kind: 'listener' } & Pick<
      ListenerRequests,
      'episodeId' | 'listener' | 'app' | 'device' | 'country' | 'delivery'
    >)
  | { kind: 'filtered'; episodeId: string; reason: FilterReason | 'partial' }
  /** The file is no episode's. */
  | { kind: 'nothing' };

export interface IdentifierOptions {
  fileOf: AudioFiles;
  /** Undefined when the day's salt was destroyed. */
  saltOf: (day: string) => Promise<Uint8Array | undefined>;
  lists: PinnedLists;
  /** Undefined: nobody is counted by country. */
  countries?: AddressRanges | undefined;
  /** Undefined: no address is taken for one of a data centre. */
  dataCenters?: AddressRanges | undefined;
}

export interface Identifier {
  /** Rejects when the catalog or the store is away. `budget` is what looking at new agents may cost, in milliseconds. */
  identify(asked: Asked & { status: number; day: string }, budget: { ms: number }): Promise<Identity>;
  /** A day is over: who was behind an address is forgotten. */
  forget(): void;
}

const MOST_AGENTS = 5_000;
/** One household, office or train has fewer kinds of players for one episode in a day. */
const MOST_AGENTS_OF_ADDRESS = 50;
const MOST_NETWORKS = 200_000;
/** Nobody's agent needs more to be told from another's. */
const MOST_HASHED_CHARACTERS = 1_000;

export function createIdentifier(options: IdentifierOptions): Identifier {
  const { fileOf, saltOf, countries, dataCenters } = options;
  const classify = createClassifier(options.lists.lists);
  const agents = new BoundedCache<Agent>(MOST_AGENTS);
  const networks = new Map<string, Set<string>>();

  /** Undefined when too many new ones come at once: anybody can make them up. */
  function agentOf({ agent = '', referrer }: Asked, budget: { ms: number }): Agent | undefined {
    const key = `${agent}\n${referrer ?? ''}`;
    const known = agents.get(key);
    if (known !== undefined) return known;
    if (budget.ms <= 0) return undefined;
    const startMs = performance.now();
    const found = classify(agent, referrer);
    budget.ms -= performance.now() - startMs;
    agents.set(key, found);
    return found;
  }

  /** Whether so many agents ask for one episode from one address that most of them must be made up. */
  function isExcess(network: string, listener: string): boolean {
    const seen = networks.get(network) ?? new Set();
    if (seen.has(listener)) return false;
    if (seen.size >= MOST_AGENTS_OF_ADDRESS) return true;
    if (networks.has(network) || networks.size < MOST_NETWORKS) networks.set(network, seen.add(listener));
    return false;
  }

  return {
    async identify(asked, budget) {
      const { method, status, range, day } = asked;
      const file = await fileOf(asked.mediaKey);
      if (file === undefined) return { kind: 'nothing' };
      const { episode_id: episodeId } = file;
      const filtered = (reason: FilterReason | 'partial'): Identity => ({
        kind: 'filtered',
        episodeId,
        reason,
      });
      const address = asked.address === undefined ? undefined : parseAddress(asked.address);
      const agentText = asked.agent ?? '';
      const facts = { method, status, range, agentText, hasAddress: address !== undefined };
      // What needs no look at the agent comes first: it costs nothing.
      const early = filterReason({ ...facts, isDataCenter: false, agent: undefined });
      if (early !== undefined) return filtered(early);
      const agent = agentOf(asked, budget);
      if (agent === undefined || address === undefined) return filtered('excess');
      const reason = filterReason({ ...facts, agent, isDataCenter: dataCenters?.(address) !== undefined });
      if (reason !== undefined) return filtered(reason);
      const salt = await saltOf(day);
      // The catalog was away until the day was over: nobody can tell any more who this was.
      if (salt === undefined) return filtered('partial');
      const network = networkOf(address);
      const listener = listenerHash(salt, network, agentText.slice(0, MOST_HASHED_CHARACTERS));
      if (isExcess(`${networkHash(salt, network)} ${episodeId}`, listener)) return filtered('excess');
      return {
        ...{ kind: 'listener', episodeId, listener },
        ...{ app: agent.name, device: agent.device, country: countries?.(address) },
        delivery: status === 302 ? 'redirect' : 'stream',
      };
    },
    forget() {
      networks.clear();
    },
  };
}
