/** The slash commands as Discord is told of them. Names and options stay as they are for ever: people type them by heart. */
import {
  InteractionContextType,
  SlashCommandBuilder,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
  type SlashCommandChannelOption,
  type SlashCommandStringOption,
} from 'discord.js';
import type { Texts } from '../../../templates/messages/index.ts';
import { SHOW_SOUNDS } from '../../catalog/index.ts';
import { SHOWN_TO } from '../access.ts';
import { SPEAKABLE, TITLE_CHARACTERS } from './command.ts';
import { TRACK_FORMATS } from './episode/tracks.ts';

type Say = Texts['commands'];

/** Discord takes 1,000 for an event's description. */
const DESCRIPTION_CHARACTERS = 1_000;
const CLOCK_CHARACTERS = 20;
/** Discord takes no more in one option (docs, Application Commands, "Application Command Option Structure", max_length). */
const OPTION_CHARACTERS = 6_000;

const base = (name: string, description: string) =>
  new SlashCommandBuilder()
    .setName(name)
    .setDescription(description)
    .setContexts(InteractionContextType.Guild)
    .setDefaultMemberPermissions(SHOWN_TO);

const speakable = (description: string) => (option: SlashCommandChannelOption) =>
  option
    .setName('channel')
    .setDescription(description)
    .addChannelTypes(...SPEAKABLE);

const text = (name: string, description: string, most: number) => (option: SlashCommandStringOption) =>
  option.setName(name).setDescription(description).setMaxLength(most);

const pick = (name: string, description: string) => (option: SlashCommandStringOption) =>
  option.setName(name).setDescription(description).setAutocomplete(true);

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
          option
            .setName('format')
            .setDescription(say.recordTracksFormat)
            .setRequired(true)
            .addChoices(Object.entries(TRACK_FORMATS).map(([value, name]) => ({ name, value }))),
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
        .addStringOption((option) => text('when', say.webinarWhen, 60)(option).setRequired(true))
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

const episode = (say: Say) =>
  base('episode', say.episode)
    .addSubcommand((command) =>
      command
        .setName('publish')
        .setDescription(say.episodePublish)
        .addStringOption(pick('episode', say.episodePick)),
    )
    .addSubcommand((command) =>
      command
        .setName('remaster')
        .setDescription(say.episodeRemaster)
        .addStringOption((option) => pick('episode', say.episodeRemasterPick)(option).setRequired(true))
        .addStringOption(text('start', say.episodeRemasterStart, CLOCK_CHARACTERS))
        .addStringOption(text('end', say.episodeRemasterEnd, CLOCK_CHARACTERS))
        .addStringOption(text('cut', say.episodeRemasterCut, 2 * CLOCK_CHARACTERS))
        .addNumberOption((option) =>
          option
            .setName('shorten-pauses')
            .setDescription(say.episodeRemasterPauses)
            .setMinValue(0.3)
            .setMaxValue(60),
        )
        .addBooleanOption((option) => option.setName('reset').setDescription(say.episodeRemasterReset))
        .addStringOption(text('edit', say.episodeRemasterEdit, OPTION_CHARACTERS)),
    )
    .addSubcommand((command) => command.setName('list').setDescription(say.episodeList))
    .addSubcommand((command) =>
      command
        .setName('stats')
        .setDescription(say.episodeStats)
        .addStringOption(pick('episode', say.episodeStatsEpisode))
        .addStringOption(pick('show', say.showPick))
        .addIntegerOption((option) =>
          option.setName('days').setDescription(say.episodeStatsDays).setMinValue(1).setMaxValue(365),
        ),
    );

const show = (say: Say) =>
  base('show', say.show).addSubcommand((command) =>
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

/** For every member, unlike the others. */
const privacy = (say: Say) =>
  new SlashCommandBuilder()
    .setName('privacy')
    .setDescription(say.privacy)
    .setContexts(InteractionContextType.Guild)
    .addSubcommand((command) => command.setName('status').setDescription(say.privacyStatus))
    .addSubcommand((command) => command.setName('opt-out').setDescription(say.privacyOptOut))
    .addSubcommand((command) => command.setName('opt-in').setDescription(say.privacyOptIn))
    .addSubcommand((command) => command.setName('forget-me').setDescription(say.privacyForgetMe));

export const commandDefinitions = ({
  commands: say,
}: Texts): RESTPostAPIChatInputApplicationCommandsJSONBody[] =>
  [record(say), webinar(say), episode(say), show(say), privacy(say)].map((command) => command.toJSON());
