/** What the bot may do in voice and stage channels: record, host webinars, and show by the signs of the settings that it records. */
import { ChannelType, type Client, type VoiceBasedChannel } from 'discord.js';
import {
  findings as obstacles,
  LABELS,
  standingIn,
  STAGE_MODERATOR,
  TO_RECORD,
  TO_RENAME,
  TO_SCHEDULE,
  toShowStatus,
  toSpeak,
  type PermissionName,
  type Standing,
} from '../../bot/permissions.ts';
import type { Config } from '../../config.ts';
import type { Finding } from './finding.ts';

type Signs = Config['signs'];
interface Need {
  what: string;
  names: readonly PermissionName[];
  verdict: Finding['verdict'];
  /** What a channel takes away does not count. */
  ofServer?: true;
}
/** One channel, as a person finds it. */
export interface Place {
  where: string;
  isStage: boolean;
  standing: Standing;
}

/** How many channels are named that lack the same. */
const MOST_NAMED = 5;

/** Without a sign people are still told in the channel's chat. */
const signNeeds = (isStage: boolean, signs: Signs): Need[] => [
  ...(signs.nicknamePrefix === undefined
    ? []
    : [{ what: 'change its name', names: TO_RENAME, verdict: 'warning', ofServer: true } as const]),
  ...(signs.channelStatus
    ? [{ what: 'show a status', names: toShowStatus(isStage), verdict: 'warning' } as const]
    : []),
  ...(signs.spokenNotice
    ? [{ what: 'speak a notice', names: toSpeak(isStage), verdict: 'warning' } as const]
    : []),
];

const RECORD: Need = { what: 'record', names: TO_RECORD, verdict: 'fault' };
const WEBINARS: readonly Need[] = [
  { what: 'open a stage', names: STAGE_MODERATOR, verdict: 'warning' },
  { what: 'plan webinars', names: TO_SCHEDULE, verdict: 'warning' },
];

function lacks({ standing }: Place, { names, ofServer }: Need): { labels: string[]; byChannel: boolean } {
  const held = ofServer ? { ...standing, inChannel: standing.inServer } : standing;
  const missing = obstacles(held, names).flatMap((each) => ('missing' in each ? [each] : []));
  return {
    labels: missing.map(({ missing: name }) => LABELS[name]),
    byChannel: missing.some(({ takenBy }) => takenBy === 'channel'),
  };
}

/** To record is what the bot is for; what hosts of webinars need besides is only missed by them. */
export function permissionFindings(place: Place, signs: Signs): Finding[] {
  return [RECORD, ...WEBINARS, ...signNeeds(place.isStage, signs)].map((need) => {
    const topic = `may ${need.what}`;
    const { labels, byChannel } = lacks(place, need);
    if (labels.length === 0) return { topic, verdict: 'good', seen: place.where };
    const seen = `${place.where}: lacks ${labels.join(', ')}`;
    const settings = byChannel ? "the channel's settings, Permissions" : 'Server Settings, Roles';
    return { topic, verdict: need.verdict, seen, remedy: `allow it in ${settings}` };
  });
}

/** Every channel at a glance. One that is closed to the bot may be meant so; a fault is only that it may record in none. */
export function overviewFindings(places: readonly Place[], signs: Signs): Finding[] {
  if (places.length === 0) return [];
  const needsIn = ({ isStage }: Place) => [RECORD, ...signNeeds(isStage, signs)];
  return needsIn(places[0]!).map(({ what, verdict }, index): Finding => {
    const topic = `may ${what}`;
    const lines = places.flatMap((place) => {
      const { labels } = lacks(place, needsIn(place)[index]!);
      return labels.length === 0 ? [] : [`${place.where} lacks ${labels.join(', ')}`];
    });
    if (lines.length === 0)
      return { topic, verdict: 'good', seen: `in all of ${places.length} voice and stage channels` };
    const more = lines.length > MOST_NAMED ? `; and ${lines.length - MOST_NAMED} more` : '';
    return {
      topic,
      verdict: lines.length === places.length ? verdict : 'warning',
      seen: `not in ${lines.length} of ${places.length}: ${lines.slice(0, MOST_NAMED).join('; ')}${more}`,
      remedy: 'allow it where it is wanted; npm run doctor -- --channel CHANNEL_ID says in which settings',
    };
  });
}

const placeOf = (channel: VoiceBasedChannel): Place => ({
  where: `#${channel.name}, ${channel.guild.name}`,
  isStage: channel.type === ChannelType.GuildStageVoice,
  standing: standingIn(channel),
});

export function checkChannel(client: Client<true>, channelId: string, signs: Signs): Finding[] {
  const channel = client.channels.cache.get(channelId);
  if (channel?.isVoiceBased() === true && !channel.isDMBased())
    return permissionFindings(placeOf(channel), signs);
  return [
    {
      topic: 'channel',
      verdict: 'fault',
      seen:
        channel === undefined
          ? `the bot sees no channel with the id ${channelId}`
          : `${channelId} is no voice or stage channel`,
      remedy: 'give the id of a voice or stage channel in a server that the bot is in, and let it view it',
    },
  ];
}

export function checkChannels(client: Client<true>, signs: Signs): Finding[] {
  const channels = [...client.channels.cache.values()].filter((channel) => channel.isVoiceBased());
  return overviewFindings(channels.map(placeOf), signs);
}

/** Whether what is wrong can be told where ALERT_CHANNEL says; empty without it. */
export function checkAlerts(client: Client<true>, channelId: string | undefined): Finding[] {
  if (channelId === undefined) return [];
  const topic = 'alerts';
  const channel = client.channels.cache.get(channelId);
  if (channel?.isSendable() !== true || channel.isDMBased())
    return [
      {
        ...{ topic, verdict: 'fault' },
        seen: `the bot sees no channel with the id ${channelId} that takes messages`,
        remedy: 'set ALERT_CHANNEL to the id of a text channel, and let the bot view it',
      },
    ];
  const where = `#${channel.name}, ${channel.guild.name}`;
  const held = channel.permissionsFor(client.user);
  const missing = TO_TELL.filter((name) => held?.has(name) !== true).map((name) => LABELS[name]);
  return missing.length === 0
    ? [{ topic, verdict: 'good', seen: where }]
    : [
        {
          ...{ topic, verdict: 'fault', seen: `${where}: lacks ${missing.join(', ')}` },
          remedy: "allow it in the channel's settings, Permissions",
        },
      ];
}

const TO_TELL = ['ViewChannel', 'SendMessages'] as const;
