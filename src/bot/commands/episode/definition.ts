/** `/episode` as Discord is told of it. */
import type { Texts } from '../../../../templates/messages/index.ts';
import {
  base,
  CLOCK_CHARACTERS,
  oneOf,
  pick,
  text,
  VALUE_CHARACTERS,
  WHEN_CHARACTERS,
} from '../option-kinds.ts';

/** Discord takes no more in one option (docs, Application Commands, "Application Command Option Structure", max_length). */
const OPTION_CHARACTERS = 6_000;
/** Apple takes any whole number above 0. */
const MOST_NUMBER = 99_999;

export const episode = ({ commands: say, describe }: Texts) =>
  base('episode', say.episode)
    .addSubcommand((command) =>
      command
        .setName('publish')
        .setDescription(say.episodePublish)
        .addStringOption(pick('episode', say.episodePick)),
    )
    .addSubcommand((command) =>
      command
        .setName('schedule')
        .setDescription(say.episodeSchedule)
        .addStringOption((option) => pick('episode', say.episodeWhich)(option).setRequired(true))
        .addStringOption((option) =>
          text('when', say.episodeScheduleWhen, WHEN_CHARACTERS)(option).setRequired(true),
        ),
    )
    .addSubcommand((command) =>
      command
        .setName('withdraw')
        .setDescription(say.episodeWithdraw)
        .addStringOption((option) => pick('episode', say.episodeWhich)(option).setRequired(true)),
    )
    .addSubcommand((command) =>
      command
        .setName('edit')
        .setDescription(say.episodeEdit)
        .addStringOption((option) => pick('episode', say.episodeWhich)(option).setRequired(true))
        .addStringOption(text('title', say.episodeEditTitle, VALUE_CHARACTERS))
        .addStringOption(oneOf('kind', say.episodeEditKind, describe.kinds))
        .addIntegerOption((option) =>
          option
            .setName('season')
            .setDescription(say.episodeEditSeason)
            .setMinValue(0)
            .setMaxValue(MOST_NUMBER),
        )
        .addIntegerOption((option) =>
          option
            .setName('number')
            .setDescription(say.episodeEditNumber)
            .setMinValue(0)
            .setMaxValue(MOST_NUMBER),
        )
        .addStringOption(oneOf('visibility', say.episodeEditVisibility, describe.visibilities)),
    )
    .addSubcommand((command) =>
      command
        .setName('remaster')
        .setDescription(say.episodeRemaster)
        .addStringOption((option) => pick('episode', say.episodeWhich)(option).setRequired(true))
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
