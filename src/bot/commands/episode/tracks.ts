/** A session's tracks made for other programs: the buttons under the raw tracks' link, and whatever else asks for them. */
import type { ExportFormat, NewExport, Session } from '../../../catalog/index.ts';
import { assertHostOr } from '../../access.ts';
import { plain } from '../../plain-text.ts';
import { UserError } from '../../user-error.ts';
import type { Button, Call } from '../command.ts';

export const TRACK_FORMATS: Readonly<Record<ExportFormat, string>> = {
  wav: 'WAV',
  flac: 'FLAC',
  opus: 'Opus',
  stems: 'FLAC, as mastered',
};

export const isTrackFormat = (word: string): word is ExportFormat => Object.hasOwn(TRACK_FORMATS, word);

/** What was asked for and is there, or on its way, is not made twice. Answers what its member reads. */
export async function requestTracks(
  { catalog, guild, links, member, texts }: Call,
  session: Session,
  what: Pick<NewExport, 'format' | 'range'>,
): Promise<string> {
  const { id: exportId, state } = await catalog.transaction(async (trx) => {
    const wanted = { guildId: guild.id, sessionId: session.id, requestedBy: member.id, ...what };
    const { export: made, isNew } = await trx.exports.request(wanted);
    if (isNew) await trx.queue.enqueue('export', { exportId: made.id });
    return made;
  });
  const say = state === 'ready' ? texts.episode.tracksReady : texts.episode.tracksMaking;
  return say(plain(session.title), TRACK_FORMATS[what.format], links.tracks(exportId));
}

export const tracksButton: Button = {
  access: 'handler',
  async run(interaction, recordId, call) {
    const [word = '', sessionId = ''] = recordId.split(':');
    const session = await call.catalog.sessions.ofGuild(call.guild.id, sessionId);
    if (session === undefined || !isTrackFormat(word)) throw new UserError((say) => say.errors.gone);
    assertHostOr(session.started_by, call);
    await interaction.editReply(await requestTracks(call, session, { format: word }));
  },
};
