/** A text of several lines, which no option of a command holds: a form with one field. */
import {
  LabelBuilder,
  ModalBuilder,
  TextInputBuilder,
  TextInputStyle,
  type ModalSubmitInteraction,
} from 'discord.js';
import { UserError } from '../user-error.ts';

/** Docs, Component Reference, "Text Input": as many as a field holds. */
export const FIELD_CHARACTERS = 4_000;
const FIELD = 'text';

export interface LongText {
  customId: string;
  /** 45 characters at most, as the label. */
  title: string;
  label: string;
  hint: string;
  /** What stands there now. */
  value: string;
}

/** Throws UserError for a text that the form would cut. */
export function longTextForm({ customId, title, label, hint, value }: LongText): ModalBuilder {
  if (value.length > FIELD_CHARACTERS)
    throw new UserError((say) => say.errors.formShort(value.length, FIELD_CHARACTERS));
  const field = new TextInputBuilder()
    .setCustomId(FIELD)
    .setStyle(TextInputStyle.Paragraph)
    .setMaxLength(FIELD_CHARACTERS)
    .setRequired(false);
  if (value !== '') field.setValue(value);
  return new ModalBuilder()
    .setCustomId(customId)
    .setTitle(title)
    .addLabelComponents(new LabelBuilder().setLabel(label).setDescription(hint).setTextInputComponent(field));
}

export const longTextOf = ({ fields }: ModalSubmitInteraction): string =>
  fields.getTextInputValue(FIELD).trim();
