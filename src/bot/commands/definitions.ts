/** The slash commands as Discord is told of them. Names and options stay as they are for ever: people type them by heart. */
import {
  InteractionContextType,
  SlashCommandBuilder,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js';
import type { Texts } from '../../../templates/messages/index.ts';
import { TITLE_CHARACTERS } from './command.ts';
import { episode } from './episode/definition.ts';
import { TRACK_FORMATS } from './episode/tracks.ts';
import { show } from './show/definition.ts';
import { base, CLOCK_CHARACTERS, oneOf, pick, speakable, text, WHEN_CHARACTERS } from './option-kinds.ts';

type Say = Texts['commands'];

/** Discord takes 1,000 for an event's description. */
const DESCRIPTION_CHARACTERS = 1_000;

const record = (say: Say) =>
  base('record', say.record)
    .addSubcommand((command) =>
      command
        .setName('start')
        .setDescription(say.recordStart)
        .addChannelOption(speakable(say.recordStartChannel))
        .addStringOption(text('title', say.recordStartTitle, TITLE_CHARACTERS)),
    )
    .addSubcommand((command) => command.setName('stop').setDescription(say.recordStop))
    .addSubcommand((command) => command.setName('status').setDescription(say.recordStatus))
    .addSubcommand((command) =>
      command
        .setName('marker')
        .setDescription(say.recordMarker)
        .addStringOption((option) =>
          text('name', say.recordMarkerName, TITLE_CHARACTERS)(option).setRequired(true),
        ),
    )
    .addSubcommand((command) =>
      command
        .setName('check')
        .setDescription(say.recordCheck)
        .addChannelOption(speakable(say.recordStartChannel))
        .addIntegerOption((option) =>
          option.setName('seconds').setDescription(say.recordCheckSeconds).setMinValue(2).setMaxValue(60),
        ),
    )
    .addSubcommand((command) =>
      command
        .setName('tracks')
        .setDescription(say.recordTracks)
        .addStringOption((option) =>
          oneOf('format', say.recordTracksFormat, TRACK_FORMATS)(option).setRequired(true),
        )
        .addStringOption(text('from', say.recordTracksFrom, CLOCK_CHARACTERS))
        .addStringOption(text('to', say.recordTracksTo, CLOCK_CHARACTERS)),
    );

const webinar = (say: Say) =>
  base('webinar', say.webinar)
    .addSubcommand((command) =>
      command
        .setName('schedule')
        .setDescription(say.webinarSchedule)
        .addStringOption((option) =>
          text('title', say.webinarTitle, TITLE_CHARACTERS)(option).setRequired(true),
        )
        .addStringOption((option) => text('when', say.webinarWhen, WHEN_CHARACTERS)(option).setRequired(true))
        .addChannelOption((option) => speakable(say.webinarChannel)(option).setRequired(true))
        .addIntegerOption((option) =>
          option.setName('minutes').setDescription(say.webinarMinutes).setMinValue(5).setMaxValue(720),
        )
        .addStringOption(text('description', say.webinarDescription, DESCRIPTION_CHARACTERS)),
    )
    .addSubcommand((command) =>
      command
        .setName('start')
        .setDescription(say.webinarStart)
        .addStringOption(pick('webinar', say.webinarPick)),
    )
    .addSubcommand((command) => command.setName('end').setDescription(say.webinarEnd));

/** For every member, unlike the others. */
const subscribe = (say: Say) =>
  new SlashCommandBuilder()
    .setName('subscribe')
    .setDescription(say.subscribe)
    .setContexts(InteractionContextType.Guild)
    .addStringOption(pick('show', say.subscribeShow));

/** For every member, too. */
const privacy = (say: Say) =>
  new SlashCommandBuilder()
    .setName('privacy')
    .setDescription(say.privacy)
    .setContexts(InteractionContextType.Guild)
    .addSubcommand((command) => command.setName('status').setDescription(say.privacyStatus))
    .addSubcommand((command) => command.setName('opt-out').setDescription(say.privacyOptOut))
    .addSubcommand((command) => command.setName('opt-in').setDescription(say.privacyOptIn))
    .addSubcommand((command) => command.setName('forget-me').setDescription(say.privacyForgetMe));

export const commandDefinitions = (texts: Texts): RESTPostAPIChatInputApplicationCommandsJSONBody[] => {
  const { commands: say } = texts;
  return [record(say), webinar(say), episode(texts), show(texts), subscribe(say), privacy(say)].map(
    (command) => command.toJSON(),
  );
};
