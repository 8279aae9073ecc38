/** `/show` as Discord is told of it. */
import type { Texts } from '../../../../templates/messages/index.ts';
import { SHOW_SOUNDS } from '../../../catalog/index.ts';
import { base, pick } from '../option-kinds.ts';

export const show = ({ commands: say }: Texts) =>
  base('show', say.show)
    .addSubcommand((command) =>
      command
        .setName('art')
        .setDescription(say.showArt)
        .addAttachmentOption((option) =>
          option.setName('image').setDescription(say.showArtImage).setRequired(true),
        )
        .addStringOption(pick('show', say.showPick)),
    )
    .addSubcommand((command) =>
      command
        .setName('members')
        .setDescription(say.showMembers)
        .addRoleOption((option) => option.setName('role').setDescription(say.showMembersRole))
        .addBooleanOption((option) => option.setName('remove').setDescription(say.showMembersRemove))
        .addUserOption((option) => option.setName('revoke').setDescription(say.showMembersRevoke))
        .addStringOption(pick('show', say.showPick)),
    )
    .addSubcommand((command) =>
      command
        .setName('sounds')
        .setDescription(say.showSounds)
        .addAttachmentOption((option) => option.setName('intro').setDescription(say.showSoundsIntro))
        .addAttachmentOption((option) => option.setName('outro').setDescription(say.showSoundsOutro))
        .addAttachmentOption((option) => option.setName('bed').setDescription(say.showSoundsBed))
        .addStringOption((option) =>
          option
            .setName('remove')
            .setDescription(say.showSoundsRemove)
            .addChoices(SHOW_SOUNDS.map((kind) => ({ name: say.showSound[kind], value: kind }))),
        )
        .addStringOption(pick('show', say.showPick)),
    );
