/** `/record tracks`: the tracks of the recording that runs, or of the last one, whole or a part of them. */
import { assertHostOr } from '../../access.ts';
import { plain } from '../../plain-text.ts';
import { UserError } from '../../user-error.ts';
import { parseClock } from '../../when.ts';
import type { Command } from '../command.ts';
import { isTrackFormat, requestTracks } from '../episode/tracks.ts';

/** Throws UserError for what is no time, and for an end that is not behind its beginning. */
export function rangeOf(
  from: string | null,
  to: string | null,
): { fromUs: number; toUs: number } | undefined {
  if (from === null && to === null) return undefined;
  const us = (typed: string) => {
    const parsed = parseClock(typed);
    if (parsed === undefined) throw new UserError((say) => say.errors.clockUnclear(plain(typed)));
    return parsed;
  };
  const range = {
    fromUs: from === null ? 0 : us(from),
    // What lies beyond its end, or beyond now, is left out.
    toUs: to === null ? Number.MAX_SAFE_INTEGER : us(to),
  };
  if (range.toUs <= range.fromUs) throw new UserError((say) => say.errors.rangeBackwards);
  return range;
}

export const recordTracks: Command = {
  access: 'handler',
  async run(interaction, call) {
    const { catalog, guild } = call;
    const format = interaction.options.getString('format', true);
    const range = rangeOf(interaction.options.getString('from'), interaction.options.getString('to'));
    if (format === 'stems' && range !== undefined) throw new UserError((say) => say.errors.stemsWhole);
    const session = (await catalog.sessions.listFor(guild.id)).find(({ state }) => state !== 'failed');
    assertHostOr(session?.started_by, call);
    if (session === undefined || !isTrackFormat(format))
      throw new UserError((say) => say.errors.nothingRecorded);
    await interaction.editReply(await requestTracks(call, session, { format, ...(range && { range }) }));
  },
};
