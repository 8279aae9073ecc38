/** English. Every other language has the same keys: they are checked against this object's type. */

/** `1 h 02 min`, `12 min 05 s`, `45 s`: whole seconds, the two largest units. */
function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, min, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  if (h > 0) return `${h} h ${two(min)} min`;
  return min > 0 ? `${min} min ${two(s)} s` : `${s} s`;
}

const list = new Intl.ListFormat('en', { type: 'conjunction' });
const people = (count: number) => (count === 1 ? '1 person' : `${count} people`);
const bar = (percent: number) =>
  `${'▰'.repeat(Math.round(percent / 10))}${'▱'.repeat(10 - Math.round(percent / 10))}`;

export const en = {
  commands: {
    record: 'Record a voice or stage channel, one track per speaker',
    recordStart: 'Start recording; the people there are told first',
    recordStartChannel: 'Where; the channel you are in, if left out',
    recordStartTitle: 'What it is called; becomes the episode’s title',
    recordStop: 'Stop recording and start mastering',
    recordStatus: 'Who is being recorded, for how long, and how well',
    recordMarker: 'Name this moment; it becomes a chapter',
    recordMarkerName: 'The chapter’s title',
    webinar: 'Plan and run a live event',
    webinarSchedule: 'Put a webinar into this server’s events',
    webinarTitle: 'What it is called',
    webinarWhen: 'When: “2026-12-01 19:00” in the server’s time zone, or “in 20 minutes”',
    webinarChannel: 'On which stage, or in which voice channel',
    webinarMinutes: 'How long, in minutes; 60 if left out',
    webinarDescription: 'What people read before they come',
    webinarStart: 'Open the doors and start recording',
    webinarPick: 'Which one; the next one, if left out',
    webinarEnd: 'Thank people, stop recording and close',
    episode: 'What was mastered, and the feed it goes to',
    episodePublish: 'Put an episode into the feed and onto its page',
    episodePick: 'Which one; the newest that is ready, if left out',
  },
  notice: {
    recording: (by: string, title: string) =>
      `🔴 **This channel is being recorded.** ${by} started it for “${title}”. Everyone who speaks here is recorded on a track of their own, to be published as a podcast. If you do not want that, please do not speak, or leave the channel.`,
    notStarted: 'The recording announced here did not start. Nothing was recorded.',
    ended: (title: string, seconds: number) =>
      `⏹️ The recording of “${title}” has ended after ${duration(seconds)}.`,
    thanks: (title: string) => `That was “${title}”. Thank you all for coming! The recording has stopped.`,
  },
  record: {
    started: (channel: string, title: string) =>
      `🔴 Recording **${title}** in ${channel}. People there have been told.\nName a moment with \`/record marker\`, end with \`/record stop\`.`,
    marked: (name: string, seconds: number) => `📍 Marked “${name}” at ${duration(seconds)}.`,
    stopping: 'Stopping…',
    recordedAlone: (title: string, seconds: number) =>
      `⏹️ “${title}” is safe: ${duration(seconds)}. Nobody spoke, so there is no episode to master.`,
    statusTitle: (title: string) => `Recording “${title}”`,
    statusPlace: (channel: string, seconds: number, state: string) =>
      `${channel} · ${duration(seconds)} · ${state}`,
    states: {
      joining: 'joining',
      recording: 'all is well',
      reconnecting: 'reconnecting; what is missed will be marked as a gap',
      sealing: 'finishing',
    },
    nobodyYet: 'Nobody has spoken yet.',
    speaker: (name: string, packets: number, lostPercent: string, agoSeconds: number) =>
      `**${name}** · ${duration(packets / 50)} of speech · ${lostPercent} % lost · heard ${agoSeconds < 2 ? 'just now' : `${duration(agoSeconds)} ago`}`,
  },
  webinar: {
    scheduled: (title: string, timestamp: number, channel: string, url: string) =>
      `🗓️ **${title}** is planned for <t:${timestamp}:F> (<t:${timestamp}:R>) in ${channel}.\n${url}\nOpen it with \`/webinar start\`.`,
    started: (title: string, channel: string, interested: number) =>
      `🎙️ **${title}** is live in ${channel} and being recorded. ${interested === 0 ? '' : `${people(interested)} had marked it as interesting. `}\nName moments with \`/record marker\`, end with \`/webinar end\`.`,
    choice: (title: string, when: string) => `${title} · ${when}`,
  },
  episode: {
    mastering: (title: string, percent: number) =>
      `🎚️ Mastering “${title}”… ${bar(percent)} ${Math.round(percent)} %`,
    ready: (title: string) => `✅ “${title}” is mastered.`,
    figures: (seconds: number, lufs: string, peak: string) =>
      `${duration(seconds)} · ${lufs} LUFS · peak ${peak} dBTP`,
    readyHint: 'Listen to the raw tracks, or publish it to the feed.',
    rawTracksExpire: 'The raw tracks’ link expires; `/record` makes nothing public by itself.',
    publish: 'Publish',
    rawTracks: 'Raw tracks',
    openPage: 'Open the episode',
    openFeed: 'RSS feed',
    publishing: (title: string) => `📡 Publishing “${title}”…`,
    published: (title: string, page: string, feed: string) =>
      `📡 **${title}** is published.\nPage: ${page}\nFeed, for any podcast app: ${feed}`,
    failed: (title: string, reason: string) =>
      `⚠️ “${title}” could not be finished: ${reason}\nThe raw tracks are safe.`,
  },
  errors: {
    serverOnly: 'This works in a server, not in direct messages.',
    notAllowed: 'You need the **Manage Events** permission for this. Ask an admin of the server.',
    chooseChannel: 'Join a voice or stage channel first, or name one with the option `channel`.',
    missingPermissions: (names: string[], channel: string) =>
      `I am missing ${list.format(names.map((name) => `**${name}**`))} in ${channel}. An admin can grant ${names.length === 1 ? 'it' : 'them'} to my role there: Edit Channel → Permissions.`,
    missingServerPermissions: (names: string[]) =>
      `I am missing ${list.format(names.map((name) => `**${name}**`))} in this server. An admin can grant ${names.length === 1 ? 'it' : 'them'} to my role: Server Settings → Roles.`,
    channelFull: (channel: string, limit: number) =>
      `${channel} is full (${limit} of ${limit}). Raise its user limit, make room, or grant me **Move Members** there, and try again.`,
    alreadyRecording: (channel: string, by: string, timestamp: number) =>
      `A recording is already running in ${channel}: ${by} started it <t:${timestamp}:R>. A bot can be in one channel of a server at a time. End it first with \`/record stop\`.`,
    alreadyRecordingSomewhere:
      'A recording is already running in this server. End it first with `/record stop`.',
    notRecording: 'Nothing is being recorded in this server. Start with `/record start`.',
    couldNotJoin: (channel: string) =>
      `I could not join ${channel} within 15 seconds, so nothing is recorded. Check that I may connect there and that it is not full, and try again.`,
    diskFull:
      'The disk of this installation is nearly full, so nothing was started. Its operator has to make room first.',
    recorderBusy: 'The recorder is restarting. Try again in a moment.',
    recorderSilent: 'The recorder did not answer. Look at `/record status` before you try again.',
    whenUnclear: (text: string, zone: string) =>
      `I could not read “${text}” as a time. Write it like \`2026-12-01 19:00\` (${zone}) or \`in 20 minutes\`.`,
    whenPast: (timestamp: number) =>
      `<t:${timestamp}:F> is in the past. Choose a time that is still to come.`,
    noWebinar: 'No webinar is planned here. Plan one with `/webinar schedule`.',
    noLiveWebinar: 'No webinar is live here. Start one with `/webinar start`.',
    tooManyEvents: 'This server has reached Discord’s limit of 100 events. Cancel or finish one first.',
    noEpisode: 'No episode is ready here. Record something first: it is mastered when the recording stops.',
    gone: 'Discord says that something this needs is gone (a channel, a message or an event was deleted). Look again and retry.',
    refusedByDiscord: (detail: string) => `Discord refused this: ${detail}`,
    unexpected: (id: string) =>
      `Something went wrong on our side. Nothing that was recorded is lost. If it happens again, tell the operator this number: \`${id}\``,
  },
};

export type Texts = typeof en;
