/** The slash commands as Discord is told of them. Names and options stay as they are for ever: people type them by heart. */
import {
  ChannelType,
  InteractionContextType,
  PermissionFlagsBits,
  SlashCommandBuilder,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
  type SlashCommandChannelOption,
} from 'discord.js';
import type { Texts } from '../../../templates/messages/index.ts';

/** Discord hides a command from members without these; our handlers ask again, because servers can loosen it. */
export const HOST_PERMISSIONS = PermissionFlagsBits.ManageEvents;

const speakable = (option: SlashCommandChannelOption, name: string, description: string, required: boolean) =>
  option
    .setName(name)
    .setDescription(description)
    .addChannelTypes(ChannelType.GuildVoice, ChannelType.GuildStageVoice)
    .setRequired(required);

export function commandDefinitions({
  commands: say,
}: Texts): RESTPostAPIChatInputApplicationCommandsJSONBody[] {
  const base = (name: string, description: string) =>
    new SlashCommandBuilder()
      .setName(name)
      .setDescription(description)
      .setContexts(InteractionContextType.Guild)
      .setDefaultMemberPermissions(HOST_PERMISSIONS);

  const record = base('record', say.record)
    .addSubcommand((command) =>
      command
        .setName('start')
        .setDescription(say.recordStart)
        .addChannelOption((option) => speakable(option, 'channel', say.recordStartChannel, false))
        .addStringOption((option) =>
          option.setName('title').setDescription(say.recordStartTitle).setMaxLength(100),
        ),
    )
    .addSubcommand((command) => command.setName('stop').setDescription(say.recordStop))
    .addSubcommand((command) => command.setName('status').setDescription(say.recordStatus))
    .addSubcommand((command) =>
      command
        .setName('marker')
        .setDescription(say.recordMarker)
        .addStringOption((option) =>
          option.setName('name').setDescription(say.recordMarkerName).setRequired(true).setMaxLength(100),
        ),
    );
  const webinar = base('webinar', say.webinar)
    .addSubcommand((command) =>
      command
        .setName('schedule')
        .setDescription(say.webinarSchedule)
        .addStringOption((option) =>
          option.setName('title').setDescription(say.webinarTitle).setRequired(true).setMaxLength(100),
        )
        .addStringOption((option) =>
          option.setName('when').setDescription(say.webinarWhen).setRequired(true).setMaxLength(60),
        )
        .addChannelOption((option) => speakable(option, 'channel', say.webinarChannel, true))
        .addIntegerOption((option) =>
          option.setName('minutes').setDescription(say.webinarMinutes).setMinValue(5).setMaxValue(720),
        )
        .addStringOption((option) =>
          option.setName('description').setDescription(say.webinarDescription).setMaxLength(1000),
        ),
    )
    .addSubcommand((command) =>
      command
        .setName('start')
        .setDescription(say.webinarStart)
        .addStringOption((option) =>
          option.setName('webinar').setDescription(say.webinarPick).setAutocomplete(true),
        ),
    )
    .addSubcommand((command) => command.setName('end').setDescription(say.webinarEnd));
  const episode = base('episode', say.episode).addSubcommand((command) =>
    command
      .setName('publish')
      .setDescription(say.episodePublish)
      .addStringOption((option) =>
        option.setName('episode').setDescription(say.episodePick).setAutocomplete(true),
      ),
  );
  return [record, webinar, episode].map((command) => command.toJSON());
}
