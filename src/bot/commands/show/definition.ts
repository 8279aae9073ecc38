/** `/show` as Discord is told of it. */
import type { Texts } from '../../../../templates/messages/index.ts';
import { SHOW_SOUNDS } from '../../../catalog/index.ts';
import { base, oneOf, pick, text, VALUE_CHARACTERS } from '../option-kinds.ts';

/** The longest tags of languages (RFC 5646, 4.4.1). */
const LANGUAGE_CHARACTERS = 35;
/** As long as the name of a choice, and the text of a link for funding, may be. */
const NAME_CHARACTERS = 100;
const ADDRESS_CHARACTERS = 2_000;
const COLOUR_CHARACTERS = 7;

export const show = ({ commands: say, shows }: Texts) =>
  base('show', say.show)
    .addSubcommand((command) =>
      command
        .setName('create')
        .setDescription(say.showCreate)
        .addStringOption((option) =>
          text('title', say.showTitle, VALUE_CHARACTERS)(option).setRequired(true),
        ),
    )
    .addSubcommand((command) =>
      command
        .setName('edit')
        .setDescription(say.showEdit)
        .addStringOption(pick('show', say.showPick))
        .addStringOption(text('title', say.showTitle, VALUE_CHARACTERS))
        .addStringOption(text('author', say.showAuthor, VALUE_CHARACTERS))
        .addStringOption(text('language', say.showLanguage, LANGUAGE_CHARACTERS))
        .addStringOption((option) => pick('category', say.showCategory)(option).setMaxLength(NAME_CHARACTERS))
        .addBooleanOption((option) => option.setName('explicit').setDescription(say.showExplicit))
        .addStringOption(oneOf('type', say.showType, shows.types))
        .addStringOption(text('owner-name', say.showOwnerName, VALUE_CHARACTERS))
        .addStringOption(text('owner-email', say.showOwnerEmail, VALUE_CHARACTERS))
        .addStringOption(text('funding', say.showFunding, ADDRESS_CHARACTERS))
        .addStringOption(text('funding-text', say.showFundingText, NAME_CHARACTERS))
        .addStringOption(text('accent', say.showAccent, COLOUR_CHARACTERS))
        .addStringOption(text('domain', say.showDomain, ADDRESS_CHARACTERS))
        .addBooleanOption((option) => option.setName('locked').setDescription(say.showLocked))
        .addBooleanOption((option) => option.setName('default').setDescription(say.showDefault)),
    )
    .addSubcommand((command) => command.setName('list').setDescription(say.showList))
    .addSubcommand((command) =>
      command.setName('feed').setDescription(say.showFeed).addStringOption(pick('show', say.showPick)),
    )
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
