/** What people read when a recording has ended, by the reason it ended. Pure. */
import type { SealedSession } from '../../../recorder/protocol.ts';
import type { Texts } from '../../../templates/messages/index.ts';

export interface Ending {
  sealed: Pick<SealedSession, 'reason' | 'durationUs' | 'speakers'>;
  /** Safe to stand in a message. */
  title: string;
  /** A host closed a webinar: people are thanked. */
  thanks: boolean;
  /** A mention of whoever started it. */
  host: string;
  /** Read outside of the server, where no message follows the episode. */
  direct?: boolean;
}

/**
 * The first line says how it ended, and names the host unless a host asked for it or is who reads; a second one, where there is no episode
 * to wait for, says so.
 */
export function endingLines({ sealed, title, thanks, host, direct = false }: Ending, texts: Texts): string[] {
  const { ending: say, episode } = texts;
  const seconds = sealed.durationUs / 1e6;
  const headline =
    thanks && sealed.reason === 'stop' ? say.thanks(title, seconds) : say[sealed.reason](title, seconds);
  const isKnown = direct || sealed.reason === 'stop';
  const told = isKnown ? headline : `${headline} ${say.startedBy(host)}`;
  if (sealed.speakers === 0) return [told, say.nobodySpoke];
  return [told, direct ? texts.direct.episodeLater : episode.waiting(0)];
}
