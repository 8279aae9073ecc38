/** The buttons under the raw tracks' link: the same tracks made into WAV or FLAC, for programs that know no Opus. */
import type { ExportFormat } from '../../../catalog/index.ts';
import { assertHostOr } from '../../access.ts';
import { plain } from '../../plain-text.ts';
import { UserError } from '../../user-error.ts';
import type { Button } from '../command.ts';

const FORMATS: ReadonlyMap<string, ExportFormat> = new Map([
  ['wav', 'wav'],
  ['flac', 'flac'],
]);

export const tracksButton: Button = {
  access: 'handler',
  async run(interaction, recordId, call) {
    const { catalog, guild, links, texts } = call;
    const [word = '', sessionId = ''] = recordId.split(':');
    const format = FORMATS.get(word);
    const session = await catalog.sessions.ofGuild(guild.id, sessionId);
    if (session === undefined || format === undefined) throw new UserError((say) => say.errors.gone);
    assertHostOr(session.started_by, call);
    const { id: exportId, state } = await catalog.transaction(async (trx) => {
      const wanted = { guildId: guild.id, sessionId, requestedBy: interaction.user.id, format };
      const { export: made, isNew } = await trx.exports.request(wanted);
      if (isNew) await trx.queue.enqueue('export', { exportId: made.id });
      return made;
    });
    const say = state === 'ready' ? texts.episode.tracksReady : texts.episode.tracksMaking;
    await interaction.editReply(say(plain(session.title), word.toUpperCase(), links.tracks(exportId)));
  },
};
