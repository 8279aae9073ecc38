/** `/show sounds`: what stands before, under and after the talks of a show, from the next mastering on. */
import { SHOW_SOUNDS, type ShowSound } from '../../../catalog/index.ts';
import { plain } from '../../plain-text.ts';
import type { Command } from '../command.ts';
import { showOf } from './which.ts';

const isSound = (name: string | null): name is ShowSound => SHOW_SOUNDS.some((kind) => kind === name);

export const showSounds: Command = {
  access: 'host',
  async run(interaction, call) {
    const { guild, sounds, texts } = call;
    const { options } = interaction;
    const show = await showOf(call, options.getString('show'));
    const taken = options.getString('remove');
    const said: string[] = [];
    if (isSound(taken)) {
      const had = await sounds.remove({ guildId: guild.id, showId: show.id, kind: taken });
      said.push(had ? texts.sounds.removed(taken) : texts.sounds.none(taken));
    }
    for (const kind of SHOW_SOUNDS) {
      const sent = options.getAttachment(kind);
      if (sent === null) continue;
      // A file with a fault keeps no other from its place.
      try {
        const { durationUs } = await sounds.set({ guildId: guild.id, showId: show.id, kind, url: sent.url });
        said.push(texts.sounds.set(kind, durationUs / 1e6));
      } catch (error) {
        if (!(error instanceof Error && error.name === 'RenderError')) throw error;
        said.push(texts.sounds.refused(plain(error.message)));
      }
    }
    const now = await showOf(call, show.id);
    const standing = SHOW_SOUNDS.filter((kind) => now[`${kind}_key`] !== null);
    await interaction.editReply([...said, texts.sounds.standing(plain(now.title), standing)].join('\n'));
  },
};
