/** A feed as listeners' apps get it: by its public address, through whatever stands before us. */

export type LiveFeed =
  | { is: 'feed'; revision: number; podcastGuid: string | undefined }
  | { is: 'moved'; to: string }
  /** No feed of ours: `why` goes on after its address. */
  | { is: 'fault'; why: string };

const PATIENCE_MS = 20_000;
/** Named so that nobody takes it for a listener. */
const AGENT = 'Stagecast-Self-Test/1.0';
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** The channel's own tags stand before the first item, the revision is the last that is written. */
const HEAD_CHARACTERS = 64 * 1024;
const TAIL_CHARACTERS = 256;
const MOST_BYTES = 128 * 2 ** 20;

/** @param isMoved - it should lead elsewhere, so its redirect is the answer */
export type AskLive = (url: string, how: { isMoved: boolean }) => Promise<LiveFeed>;

/** Remembers validators: a feed of megabytes that is looked at every two minutes comes once. */
export function createAskLive(): AskLive {
  const known = new Map<string, { etag: string; live: LiveFeed }>();
  return async (url, how) => {
    const before = known.get(url);
    const { live, etag } = await ask(url, { ...how, before });
    if (etag === undefined) known.delete(url);
    else known.set(url, { etag, live });
    return live;
  };
}

interface Answered {
  live: LiveFeed;
  /** Of a feed that may be asked for by it. */
  etag?: string | undefined;
}

async function ask(
  url: string,
  { isMoved, before }: { isMoved: boolean; before: { etag: string; live: LiveFeed } | undefined },
): Promise<Answered> {
  try {
    const answer = await fetch(url, {
      headers: {
        'User-Agent': AGENT,
        ...(before && { 'If-None-Match': before.etag }),
        // As old as caches may hold it. Without it fetch asks conditional questions past every cache (Fetch standard, 4.5).
        'Cache-Control': 'max-age=300',
      },
      redirect: isMoved ? 'manual' : 'follow',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.status === 304 && before !== undefined) return before;
    const to = REDIRECTS.has(answer.status) ? answer.headers.get('location') : null;
    if (to !== null || answer.status !== 200 || answer.body === null) {
      await answer.body?.cancel();
      return {
        live:
          to === null
            ? { is: 'fault', why: `answers with status ${answer.status}` }
            : { is: 'moved', to: URL.parse(to, url)?.href ?? to },
      };
    }
    const live = await readLive(answer.body.pipeThrough(new TextDecoderStream()));
    return { live, etag: live.is === 'feed' ? (answer.headers.get('etag') ?? undefined) : undefined };
  } catch (error) {
    const { name, cause } = error as Error;
    const reason =
      cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : undefined;
    const why = name === 'TimeoutError' ? 'does not answer in time' : `cannot be reached (${reason ?? name})`;
    return { live: { is: 'fault', why } };
  }
}

async function readLive(pieces: AsyncIterable<string>): Promise<LiveFeed> {
  let [head, tail, length] = ['', '', 0];
  for await (const piece of pieces) {
    if (head.length < HEAD_CHARACTERS) head += piece;
    tail = (tail + piece).slice(-TAIL_CHARACTERS);
    length += piece.length;
    if (length > MOST_BYTES) return { is: 'fault', why: 'answers with more than any feed has' };
  }
  const [, revision] = /<!-- revision (\d+) -->\s*$/.exec(tail) ?? [];
  const [, podcastGuid] = /<podcast:guid>([^<]*)</.exec(head) ?? [];
  return revision === undefined
    ? { is: 'fault', why: 'answers with something that is no feed of this installation' }
    : { is: 'feed', revision: Number(revision), podcastGuid };
}
