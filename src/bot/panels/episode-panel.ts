/**
 * An episode on its way: mastering in per cent, figures, buttons, links. Pure; one payload per state, for the host who
 * asked (private: with the raw tracks' bearer link) and for the channel's chat (public: buttons that hosts may press).
 */
import {
  ActionRowBuilder,
  type APIActionRowComponent,
  type APIComponentInMessageActionRow,
  ButtonBuilder,
  ButtonStyle,
} from 'discord.js';
import type { Texts } from '../../../templates/messages/index.ts';
import { type Episode, type EpisodeWithRenditions, isRecorded } from '../../catalog/index.ts';
import { plain } from '../plain-text.ts';

/** Custom ids carry the record's id, so that buttons outlive restarts. */
export const PUBLISH_BUTTON = 'episode:publish:';
export const RETRY_BUTTON = 'episode:retry:';
export const RAW_TRACKS_BUTTON = 'session:raw:';
/** Followed by a format, a colon and the session. */
export const TRACKS_BUTTON = 'session:tracks:';

export interface Panel {
  content: string;
  components: APIActionRowComponent<APIComponentInMessageActionRow>[];
}

export interface PanelInput {
  episode: Pick<
    Episode,
    | 'id'
    | 'session_id'
    | 'title'
    | 'state'
    | 'failure'
    | 'duration_us'
    | 'integrated_lufs'
    | 'true_peak_dbtp'
    | 'chapters'
    | 'visibility'
  > &
    Pick<EpisodeWithRenditions, 'transcript'>;
  /** Of the mastering, 0 to 100. */
  percent: number;
  /** Of the mastering, milliseconds; undefined while it is too early to say. */
  leftMs?: number | undefined;
  page: string;
  feed: string;
}

const button = (style: ButtonStyle, label: string) => new ButtonBuilder().setStyle(style).setLabel(label);
const act = (label: string, customId: string, style = ButtonStyle.Secondary) =>
  button(style, label).setCustomId(customId);
const link = (label: string, url: string) => button(ButtonStyle.Link, label).setURL(url);
const row = (...buttons: ButtonBuilder[]): Panel['components'] => [
  new ActionRowBuilder<ButtonBuilder>().addComponents(buttons).toJSON(),
];

/** A row without buttons is none that Discord takes. */
const rows = (buttons: ButtonBuilder[]): Panel['components'] => (buttons.length === 0 ? [] : row(...buttons));

function figures({ episode }: PanelInput, { episode: say }: Texts): string {
  const { duration_us, integrated_lufs, true_peak_dbtp, chapters } = episode;
  const levels = [integrated_lufs ?? undefined, true_peak_dbtp ?? undefined] as const;
  return say.figures((duration_us ?? 0) / 1e6, ...levels, chapters.length);
}

/** What a host should know of the transcript: that it is still to come, or what became of it. Where none is made, nothing. */
function transcriptLine({ episode: { transcript } }: PanelInput, { episode: say }: Texts): string {
  if (transcript === undefined || transcript.state === 'skipped') return '';
  if (transcript.state === 'making') return `\n${say.transcriptMaking}`;
  return transcript.note === null ? '' : `\n${say.transcriptNote(plain(transcript.note, 500))}`;
}

/** Members' episodes have no page: who may hear them finds them in a feed of their own. */
const isHidden = ({ episode }: PanelInput): boolean => episode.visibility === 'members';
const publishedLine = (input: PanelInput, { episode: say }: Texts): string =>
  isHidden(input)
    ? say.publishedForMembers(plain(input.episode.title))
    : say.published(plain(input.episode.title), input.page, input.feed);
const openLinks = (input: PanelInput, { episode: say }: Texts): ButtonBuilder[] =>
  isHidden(input) ? [] : [link(say.openPage, input.page), link(say.openFeed, input.feed)];

/** Publishing failed when there is audio; mastering failed when there is none, and needs a recording to begin from. */
function secondTry({ episode }: PanelInput, say: Texts['episode']): ButtonBuilder[] {
  if (episode.duration_us !== null)
    return [act(say.retry, `${PUBLISH_BUTTON}${episode.id}`, ButtonStyle.Primary)];
  return isRecorded(episode) ? [act(say.retry, `${RETRY_BUTTON}${episode.id}`, ButtonStyle.Primary)] : [];
}

/** The buttons of a new message in the channel: there at once, so that the message can be found by them. */
export function panelButtons(episode: { id: string; session_id: string | null }, texts: Texts) {
  const { publish: label } = texts.episode;
  const publish = act(label, `${PUBLISH_BUTTON}${episode.id}`, ButtonStyle.Primary).setDisabled(true);
  return row(publish, ...rawTracksOf(episode, texts));
}

/** None of an episode that was imported. */
const rawTracksOf = ({ session_id }: { session_id: string | null }, { episode: say }: Texts) =>
  session_id === null ? [] : [act(say.rawTracks, `${RAW_TRACKS_BUTTON}${session_id}`)];

/** For the host alone. `rawTracks` is a bearer link; undefined where there are none. */
export function privatePanel(input: PanelInput & { rawTracks: string | undefined }, texts: Texts): Panel {
  const { episode, percent, leftMs, rawTracks } = input;
  const { episode: say } = texts;
  const title = plain(episode.title);
  const raw = rawTracks === undefined ? [] : [link(say.rawTracks, rawTracks)];
  switch (episode.state) {
    case 'mastering':
      return { content: say.mastering(title, percent, leftMs), components: rows(raw) };
    case 'ready':
      return {
        content: `${say.ready(title)}\n${figures(input, texts)}${transcriptLine(input, texts)}\n${say.readyHint}`,
        components: row(act(say.publish, `${PUBLISH_BUTTON}${episode.id}`, ButtonStyle.Primary), ...raw),
      };
    case 'publishing':
      return { content: say.publishing(title), components: rows(raw) };
    case 'published': {
      const fault = episode.failure === null ? '' : `\n${say.faultLine(plain(episode.failure, 500))}`;
      return {
        content: `${publishedLine(input, texts)}${fault}${transcriptLine(input, texts)}`,
        components: rows([...openLinks(input, texts), ...raw]),
      };
    }
    case 'failed':
      return {
        content: say.failed(title, plain(episode.failure ?? '', 500)),
        components: rows([...secondTry(input, say), ...raw]),
      };
  }
}

/** What there is besides the raw tracks, for producers. */
export const tracksButtons = (sessionId: string, { episode: say }: Texts): Panel['components'] =>
  row(
    act(say.tracksAs('WAV'), `${TRACKS_BUTTON}wav:${sessionId}`),
    act(say.tracksAs('FLAC'), `${TRACKS_BUTTON}flac:${sessionId}`),
    act(say.tracksAs('Opus'), `${TRACKS_BUTTON}opus:${sessionId}`),
  );

/** For everybody in the channel. `headline` says how the recording ended, and stays. */
export function publicPanel(input: PanelInput, headline: string, texts: Texts): Panel {
  const { episode, percent, leftMs } = input;
  const { episode: say } = texts;
  const title = plain(episode.title);
  const raw = rawTracksOf(episode, texts);
  const publish = act(say.publish, `${PUBLISH_BUTTON}${episode.id}`, ButtonStyle.Primary);
  const panel = (line: string, ...buttons: ButtonBuilder[]): Panel => ({
    content: `${headline}\n${line}`,
    components: rows(buttons),
  });
  switch (episode.state) {
    case 'mastering':
      return {
        content: `${headline}\n${say.waiting(percent, leftMs)}`,
        components: panelButtons(episode, texts),
      };
    case 'ready':
      return panel(`${say.ready(title)} ${figures(input, texts)}\n${say.forHosts}`, publish, ...raw);
    case 'publishing':
      return panel(say.publishing(title), publish.setDisabled(true), ...raw);
    case 'published':
      return panel(publishedLine(input, texts), ...openLinks(input, texts), ...raw);
    case 'failed':
      return panel(say.failed(title, plain(episode.failure ?? '', 500)), ...secondTry(input, say), ...raw);
  }
}

/** The same without links in buttons: should Discord refuse an address (`localhost`, say), the words still carry it. */
export function withoutLinkButtons({ content, components }: Panel): Panel {
  const kept = components
    .map((each) => ({
      ...each,
      components: each.components.filter(
        (component) => !('style' in component && component.style === ButtonStyle.Link),
      ),
    }))
    .filter(({ components: left }) => left.length > 0);
  return { content, components: kept };
}
