/** Options that several commands have, as Discord is told of them. */
import {
  InteractionContextType,
  SlashCommandBuilder,
  type SlashCommandChannelOption,
  type SlashCommandStringOption,
} from 'discord.js';
import { SHOWN_TO } from '../access.ts';
import { SPEAKABLE } from './command.ts';

/** A moment of a recording, or one of the calendar in words. */
export const CLOCK_CHARACTERS = 20;
export const WHEN_CHARACTERS = 60;
/** PSP-1: values have 255 characters unless stated. */
export const VALUE_CHARACTERS = 255;

export const base = (name: string, description: string) =>
  new SlashCommandBuilder()
    .setName(name)
    .setDescription(description)
    .setContexts(InteractionContextType.Guild)
    .setDefaultMemberPermissions(SHOWN_TO);

export const speakable = (description: string) => (option: SlashCommandChannelOption) =>
  option
    .setName('channel')
    .setDescription(description)
    .addChannelTypes(...SPEAKABLE);

export const text = (name: string, description: string, most: number) => (option: SlashCommandStringOption) =>
  option.setName(name).setDescription(description).setMaxLength(most);

export const pick = (name: string, description: string) => (option: SlashCommandStringOption) =>
  option.setName(name).setDescription(description).setAutocomplete(true);

/** Some of the words that we know, by what a member reads for each. */
export const oneOf =
  (name: string, description: string, words: Readonly<Record<string, string>>) =>
  (option: SlashCommandStringOption) =>
    option
      .setName(name)
      .setDescription(description)
      .addChoices(Object.entries(words).map(([value, said]) => ({ name: said, value })));
