/** `/record marker`: a named moment, which becomes a chapter. */
import { assertHostOr } from '../../access.ts';
import { oneLine, plain } from '../../plain-text.ts';
import { UserError } from '../../user-error.ts';
import { TITLE_CHARACTERS, type Command } from '../command.ts';

/** Throws UserError when nothing of it would show, or too much. */
export function markerName(typed: string): string {
  const name = oneLine(typed);
  if (name === '') throw new UserError((say) => say.errors.markerEmpty);
  if (name.length > TITLE_CHARACTERS)
    throw new UserError((say) => say.errors.markerLong(name.length, TITLE_CHARACTERS));
  return name;
}

export const recordMarker: Command = {
  access: 'handler',
  async run(interaction, call) {
    const { guild, member, recorder, recordings, texts } = call;
    const { status, session } = await recordings.liveIn(guild.id);
    assertHostOr(session?.started_by, call);
    const name = markerName(interaction.options.getString('name', true));
    const atUs = await recorder.marker(status.sessionId, name, member.id);
    await interaction.editReply(texts.record.marked(plain(name), atUs / 1e6));
  },
};
