/** English. Every other language has the same keys: they are checked against this object's type. */

/** `1 h 02 min`, `12 min 05 s`, `45 s`: whole seconds, the two largest units. */
function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, min, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  if (h > 0) return `${h} h ${two(min)} min`;
  return min > 0 ? `${min} min ${two(s)} s` : `${s} s`;
}

const conjunction = new Intl.ListFormat('en', { type: 'conjunction' });
const bold = (names: readonly string[]) => conjunction.format(names.map((name) => `**${name}**`));
const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;
const amount = (number: number) => number.toLocaleString('en');
const percent = (part: number, all: number) => `${Math.round((100 * part) / Math.max(1, all))} %`;
const bar = (percent: number) => {
  const full = Math.round(Math.min(100, Math.max(0, percent)) / 10);
  return `${'▰'.repeat(full)}${'▱'.repeat(10 - full)}`;
};
/** Roughly, as an estimate is; nothing where there is none. */
function left(ms: number | undefined): string {
  if (ms === undefined) return '';
  if (ms < 15_000) return ' · a few seconds left';
  if (ms < 50_000) return ' · less than a minute left';
  const minutes = Math.round(ms / 60_000);
  return ` · about ${minutes < 60 ? `${Math.max(1, minutes)} min` : duration(minutes * 60)} left`;
}
/** With a minus sign that is as wide as a digit; a dash where nothing was measured. */
const level = (value: number | undefined, digits: number) => value?.toFixed(digits).replace('-', '−') ?? '–';
/** Discord shows it in each reader's own time zone. */
const time = (epochSeconds: number, style: string) => `<t:${epochSeconds}:${style}>`;

/** What to say of a voice in a sound check. */
const qualities = {
  unmeasured: 'heard, but its loudness could not be measured',
  short: 'heard, but too little was said to judge by',
  nothing: 'only silence came. Is the microphone switched off?',
  clipped: 'so loud that it distorts; turn the microphone down',
  loud: 'loud; move back a little, or turn the microphone down',
  good: 'good',
  quiet: 'quiet; move closer to the microphone',
  veryQuiet: 'very quiet; move closer, or turn the microphone up',
};
type Quality = keyof typeof qualities;

export const en = {
  commands: {
    record: 'Record a voice or stage channel, one track per speaker',
    recordStart: 'Start recording; the people there are told first',
    recordStartChannel: 'Where; the channel you are in, if left out',
    recordStartTitle: 'What it is called; becomes the episode’s title',
    recordStop: 'Stop recording and start mastering',
    recordStatus: 'Who is being recorded, for how long, and how well',
    recordMarker: 'Name this moment; it becomes a chapter',
    recordMarkerName: 'The chapter’s title, on one line; 100 characters at most',
    recordCheck: 'Listen for half a minute and say who is heard, how loud, with what loss; nothing is kept',
    recordCheckSeconds: 'For how long; 30 seconds, if left out',
    recordTracks: 'The tracks of the recording that runs, or of the last one, for other programs',
    recordTracksFormat: 'WAV and FLAC are placed to the sample; Opus is what was recorded, as it came',
    recordTracksFrom: 'Begin here: seconds, m:ss or h:mm:ss into the recording; its start, if left out',
    recordTracksTo: 'End here; the recording’s end, or what there is of it by then, if left out',
    webinar: 'Plan and run a live event',
    webinarSchedule: 'Put a webinar into this server’s events',
    webinarTitle: 'What it is called',
    webinarWhen: 'When: “2026-12-01 19:00” (UTC), or “in 20 minutes”',
    webinarChannel: 'On which stage, or in which voice channel',
    webinarMinutes: 'How long, in minutes; 60 if left out',
    webinarDescription: 'What people read before they come',
    webinarStart: 'Open the doors and start recording',
    webinarPick: 'Which one; the next one, if left out',
    webinarEnd: 'Thank people, stop recording and close',
    episode: 'What was mastered, and the feed it goes to',
    episodePublish: 'Put an episode into the feed and onto its page',
    episodePick: 'Which one; the newest that is ready, if left out',
    episodeSchedule: 'Have an episode published by itself at a moment to come',
    episodeScheduleWhen: 'When: “2026-12-01 19:00”, “in 2 days”, or “never” to take it back',
    episodeWithdraw: 'Take an episode out of the feed and off its page; asks once more',
    episodeEdit: 'What an episode is called, and what feed and page say of it; notes by a button',
    episodeEditTitle: 'What it is called',
    episodeEditKind: 'What it is; apps show trailers and bonus episodes apart',
    episodeEditSeason: 'Which season it belongs to; 0 for none',
    episodeEditNumber: 'Its number, within its season if it has one; 0 for none',
    episodeEditVisibility: 'Who gets it',
    episodeRemaster: 'Make an episode’s audio anew from its recording; the feed keeps the old until then',
    episodeWhich: 'Which one',
    episodeRemasterStart: 'Let it begin here, as you hear it now: 1:30',
    episodeRemasterEnd: 'Let it end here, as you hear it now: 58:00',
    episodeRemasterCut: 'Take this out, as you hear it now: 12:30-14:05',
    episodeRemasterPauses: 'Let nobody be silent for longer than this, in seconds',
    episodeRemasterReset: 'Take back every change made before',
    episodeRemasterEdit:
      'An edit as JSON, in place of what was changed before; times in the recording, in µs',
    episodeList: 'The latest episodes, and where each of them stands',
    episodeStats: 'How often a show or an episode was downloaded, by day and app, and what was not counted',
    episodeStatsEpisode: 'Which episode; the whole show, if left out',
    episodeStatsDays: 'Over how many days until today; 30, if left out',
    show: 'A podcast of this server',
    showSounds: 'What plays before, under and after its talks, from the next mastering on',
    showSoundsIntro: 'A sound file of up to 3 minutes, played before the talk',
    showSoundsOutro: 'A sound file of up to 3 minutes, played after the talk',
    showSoundsBed: 'A sound file of up to 30 minutes, played softly under the talk, again and again',
    showSoundsRemove: 'Take one of them away',
    showMembers: 'Who may have a private feed of it, with the episodes that are for members only',
    showMembersRole: 'Members with this role; what stands, if left out',
    showMembersRemove: 'End it: nobody may have such a feed any more',
    showMembersRevoke: 'Take this member’s private address back; they may ask for another',
    showSound: { intro: 'intro', outro: 'outro', bed: 'bed' },
    showCreate: 'Make one more podcast of this server, with a feed of its own',
    showTitle: 'What it is called',
    showEdit: 'What a show says of itself in feed and pages; its description by a button',
    showAuthor: 'Who makes it: a person, a group, a company',
    showLanguage: 'What is spoken, as en, de-ch or pt-br',
    showCategory: 'What it is about, from Apple’s list',
    showExplicit: 'Whether children should not hear it',
    showType: 'Whether it is heard from its newest or from its first episode on',
    showOwnerName: 'Who owns it, in public; “none” takes it away',
    showOwnerEmail: 'Where directories reach its owner, in public; “none” takes it away',
    showFunding: 'Address at which listeners give money; “none” takes it away',
    showFundingText: 'What the link to that address says',
    showAccent: 'Colour of its pages, as #3a6ea5; “none” for the usual one',
    showDomain: 'A host name of its own for its pages, which points to this server; “none” for none',
    showLocked: 'Whether other hosts are asked not to import its feed',
    showDefault: 'Let recordings that name no show go into this one from now on',
    showList: 'The podcasts of this server, and where their feeds stand',
    showFeed: 'Where a feed stands, what is in it, and what directories or apps would not like',
    showArt: 'The picture that apps and directories show of it',
    showArtImage: 'A square JPEG or PNG of 1400 to 3000 pixels, RGB; 3000 is best',
    showPick: 'Which show; the server’s own, if left out',
    subscribe: 'Your own private feed of a show, with the episodes that are for members only',
    subscribeShow: 'Which show; may be left out where there is one',
    privacy: 'Whether you are recorded in this server',
    privacyStatus: 'Whether you are recorded here, and what is kept of you',
    privacyOptOut: 'Do not record me here, from this moment on',
    privacyOptIn: 'I may be recorded here again',
    privacyForgetMe: 'Destroy everything I said in this server’s recordings',
  },
  notice: {
    recording: (by: string, title: string) =>
      `🔴 **This channel is being recorded.** ${by} started it for “${title}”. Everyone who speaks here is recorded on a track of their own, to be published as a podcast. If you do not want that, type \`/privacy opt-out\`.`,
    /** Said aloud by the file of templates/sounds, which is made from it. */
    spoken:
      'This conversation is being recorded. If you do not want that, please do not speak, or leave the channel.',
    /** What a podcast app plays of a live event, made into a file by scripts/make-podcast-notices.ts. */
    live: 'This is a live event on Discord. Open the link in the notes to join in. The recording follows in this feed.',
    newcomers: (users: readonly string[]) =>
      `🔴 ${conjunction.format(users)}: this channel is being recorded, and so is what you say in it. If you do not want that, type \`/privacy opt-out\`.`,
    passed: '⏹️ This channel is not being recorded any more.',
    notStarted: '⚪ The recording announced here did not start. Nothing was recorded.',
    goesOn: (by: string) =>
      `It was interrupted by a fault on our side and goes on now, as the same recording. ${by}: what was said in between is missing; all of the rest is safe.`,
    interrupted: (at: number) =>
      `⏸️ The recording announced here was interrupted at ${time(at, 'T')}. It goes on: see the newer notice below.`,
    over: (by: string, title: string, startedAt: number, endedAt: number) =>
      `⏹️ This channel was recorded for “${title}” from ${time(startedAt, 't')} to ${time(endedAt, 't')}, started by ${by}. It is not being recorded any more.`,
    checking: (by: string, until: number) =>
      `🎧 **Sound check.** ${by} wants to know whether everybody is heard well, so I listen until ${time(until, 'T')}. Please say a sentence or two. Nothing of it is kept: it is measured and thrown away.`,
    checked: '🎧 The sound check that was announced here is over. Nothing of it was kept.',
    aboutButton: 'What is kept?',
    about: (by: string, title: string) =>
      [
        `**What this recording keeps** (“${title}”, started by ${by})`,
        '🎙️ The voice of everyone who speaks, each on a track of their own, with their display name.',
        '🤫 Nothing of those who only listen. No video, no screen, no chat.',
        '🚪 Not for you? `/privacy opt-out`: nothing of you is kept from then on, in this recording and every other one here.',
        '🗑️ You have spoken and changed your mind? `/privacy forget-me` destroys what you said, here and in earlier recordings.',
      ].join('\n'),
  },
  signs: {
    status: (title: string) => `🔴 Recording: ${title}`,
    topicPrefix: '🔴 REC · ',
    missing: (host: string, names: string[], channel: string) =>
      `ℹ️ ${host}: the recording runs, but I lack ${bold(names)} in ${channel}, so not every sign of it that the settings ask for is up. An admin can give ${names.length === 1 ? 'it' : 'them'} to my role (**Server Settings → Roles**, or **Edit Channel → Permissions**).`,
  },
  privacy: {
    optedOut: (isLive: boolean) =>
      [
        `🤫 You are not recorded in this server any more${isLive ? ', the recording that runs now included' : ''}. What you say is thrown away before it is even decrypted.`,
        'What I cannot prevent: the microphones of others may pick you up.',
        'Recordings from before still hold what you said; `/privacy forget-me` destroys it. `/privacy opt-in` takes this back.',
      ].join('\n'),
    optedIn: (isLive: boolean) =>
      `🎙️ You may be recorded in this server again${isLive ? ', from this moment on also in the recording that runs now' : ''}. Each recording is announced in its channel.`,
    status: (refusedSince: number | undefined) =>
      refusedSince === undefined
        ? '🎙️ You are recorded in this server when you speak in a channel in which I announced a recording: on a track of your own, with your display name. `/privacy opt-out` ends that; `/privacy forget-me` destroys what there is.'
        : `🤫 You have not been recorded in this server since ${time(refusedSince, 'f')}. \`/privacy opt-in\` takes that back; \`/privacy forget-me\` destroys what was recorded before.`,
    forgetQuestion: [
      '🗑️ **This destroys all that you ever said in this server’s recordings.** It cannot be undone. Episodes in which you speak are made again without you; until then they are taken out of the feed.',
      'What remains: what the microphones of others picked up of you, and what listeners have downloaded already.',
      'It does not keep you from being recorded in future: that is `/privacy opt-out`.',
    ].join('\n'),
    forgetButton: 'Destroy it',
    forgetting: '🗑️ What you said here is being destroyed. Long recordings take a while.',
    stillForgetting:
      '🗑️ It takes longer than I can wait with this answer. Your wish is written down with every recording and will be carried out, also after a restart. Ask `/privacy forget-me` again later to see that nothing is left.',
    feedsForgotten:
      '🔑 Your private feed was taken back as well, and nothing says any more that it was yours. `/subscribe` hands you another, if you may have one.',
    forgotten: (sessions: number, isLive: boolean, failed: number) =>
      [
        sessions === 0
          ? '🗑️ There is no finished recording of this server in which you spoke.'
          : `🗑️ What you said was destroyed in ${count(sessions, 'recording', 'recordings')}. Episodes made of it are being made again without you.`,
        ...(failed > 0
          ? [
              `⚠️ ${count(failed, 'recording', 'recordings')} could not be changed just now. It is tried again when Stagecast is started anew; whoever runs it finds the reason in its log.`,
            ]
          : []),
        ...(isLive
          ? [
              'In the recording that runs now nothing more of you is kept, and what was is destroyed when it ends.',
            ]
          : []),
      ].join('\n'),
  },
  /** The small print under a notice, while all is not well, and afterwards. */
  standing: {
    reconnecting: (since: number) =>
      `🟠 The connection was lost ${time(since, 'R')}. What is said now is missing; I am trying to come back.`,
    'server-deaf': (since: number) =>
      `🟠 A moderator deafened me ${time(since, 'R')}. What is said now is missing, until somebody takes **Server Deafen** away from me.`,
    deaf: (since: number) =>
      `🟠 I have not heard you since ${time(since, 'T')}. What is said now is missing; I am trying to mend it.`,
    undecryptable: (since: number) =>
      `🟠 I have not been able to decrypt your voices since ${time(since, 'T')}. What is said now is missing; I am trying to mend it.`,
    disk: (since: number) =>
      `🟠 The disk has refused to store more since ${time(since, 'T')}. What is said now may be missing.`,
    'disk-low': (minutes: number) =>
      `🟠 The disk is nearly full: there is room for about ${count(minutes, 'more minute', 'more minutes')}.`,
    because: {
      reconnecting: 'the connection was lost',
      'server-deaf': 'I was deafened',
      deaf: 'I could not hear you',
      undecryptable: 'I could not decrypt your voices',
      disk: 'the disk refused to store more',
      'disk-low': 'the disk was nearly full',
    },
    wellAgain: (because: string, from: number, to: number) =>
      `🟢 All is well again. From ${time(from, 'T')} to ${time(to, 'T')} ${because}: what was said then is missing.`,
  },
  /** For whoever runs the installation. */
  alerts: {
    begun: (said: string) => `⚠️ ${said}`,
    over: (said: string) => `✅ Over: ${said}`,
    more: (count: number) => `… and ${count} more: \`npm start -- health\``,
  },
  /** What is read outside of the server. */
  direct: {
    from: (server: string) => `-# From the server “${server}”`,
    episodeLater: 'Its episode is being mastered: `/episode list` in the server shows when it is ready.',
  },
  ending: {
    stop: (title: string, seconds: number) =>
      `⏹️ The recording of “${title}” has ended after ${duration(seconds)}.`,
    shutdown: (title: string, seconds: number) =>
      `⏹️ Stagecast is being shut down, so the recording of “${title}” ends here, after ${duration(seconds)}.`,
    disconnected: (title: string, seconds: number) =>
      `⏹️ The connection to the channel was lost and did not come back, so the recording of “${title}” ends here, after ${duration(seconds)}. All of it is safe. \`/record start\` begins another.`,
    removed: (title: string, seconds: number) =>
      `⏹️ A moderator took me out of the channel, so the recording of “${title}” ends here, after ${duration(seconds)}. All of it is safe. \`/record start\` begins another.`,
    'channel-gone': (title: string, seconds: number) =>
      `⏹️ The channel was deleted, so the recording of “${title}” ended after ${duration(seconds)}. All of it is safe. \`/record start\` begins another in another channel.`,
    'server-gone': (title: string, seconds: number) =>
      `⏹️ I was removed from the server, so the recording of “${title}” ended after ${duration(seconds)}. All of it is safe with the operator of this installation. Once I am invited again, \`/episode list\` shows its episode.`,
    recovered: (title: string, seconds: number) =>
      `⏹️ The recording of “${title}” was interrupted. The ${duration(seconds)} until then are safe.`,
    'disk-full': (title: string, seconds: number) =>
      `⏹️ The disk of this installation is full, so the recording of “${title}” ends here, after ${duration(seconds)}. All of it is safe. Its operator has to make room before the next one.`,
    empty: (title: string, seconds: number) =>
      `⏹️ Nobody was left in the channel, so the recording of “${title}” ended after ${duration(seconds)}. All of it is safe.`,
    silence: (title: string, seconds: number) =>
      `⏹️ Nobody has spoken for a long time, so the recording of “${title}” ended after ${duration(seconds)}. All of it is safe.`,
    'max-length': (title: string, seconds: number) =>
      `⏹️ The recording of “${title}” ended after ${duration(seconds)}: longer than that, this installation lets none run. All of it is safe. \`/record start\` begins another.`,
    untold: (title: string, seconds: number) =>
      `⏹️ I was moved into a channel whose chat Discord did not let me write in. The people there could not be told, so nothing of them was kept, and the recording of “${title}” ended after ${duration(seconds)}. All of it until the move is safe. \`/record start\` begins another, where I have **View Channel**, **Connect** and **Send Messages**.`,
    thanks: (title: string, seconds: number) =>
      `💛 That was “${title}”. Thank you all for coming! The recording has stopped after ${duration(seconds)}.`,
    startedBy: (host: string) => `The recording was started by ${host}.`,
    nobodySpoke: 'Nobody spoke, so there is no episode to make of it.',
  },
  /** A recording that seems forgotten; with a moment at which it ends by itself, where it does. */
  forgotten: {
    empty: (host: string, _seconds: number, endsAt: number | undefined) =>
      endsAt === undefined
        ? `⚠️ ${host}: nobody is left here, but the recording still runs. End it with \`/record stop\`.`
        : `⚠️ ${host}: nobody is left here. The recording ends by itself ${time(endsAt, 'R')}, unless somebody comes back.`,
    silence: (host: string, _seconds: number, endsAt: number | undefined) =>
      endsAt === undefined
        ? `⚠️ ${host}: I have not heard anybody for a long time, but the recording still runs. Is a microphone muted? If you are done, end it with \`/record stop\`.`
        : `⚠️ ${host}: I have not heard anybody for a long time. The recording ends by itself ${time(endsAt, 'R')}, unless somebody speaks. Is a microphone muted?`,
    'max-length': (host: string, seconds: number, endsAt: number | undefined) =>
      endsAt === undefined
        ? `⚠️ ${host}: the recording has been running for ${duration(seconds)}. If it was forgotten, end it with \`/record stop\`.`
        : `⚠️ ${host}: the recording has been running for ${duration(seconds)} and ends by itself ${time(endsAt, 'R')}, because this installation lets none run longer. Bring what you say to an end, or begin another one then.`,
  },
  warning: {
    deaf: (host: string) =>
      `⚠️ ${host}: a moderator has deafened me, so nothing can be recorded. Right-click me in the channel and take **Server Deafen** away.`,
    unheard: (host: string) =>
      `⚠️ ${host}: people are speaking, but their voices do not reach me, so they are not being recorded. I am reconnecting to mend it and will say here when I hear them again. If that takes long, stop with \`/record stop\` (what was recorded is safe) and start anew.`,
    undecryptable: (host: string) =>
      `⚠️ ${host}: I receive what people say but cannot decrypt it, so it is not being recorded. I am joining the encryption anew and will say here when I hear them again. If that takes long, stop with \`/record stop\` (what was recorded is safe) and start anew.`,
    hearing: (host: string) =>
      `✅ ${host}: I hear people again. What I missed is marked as a gap in the recording.`,
    quiet: (host: string) =>
      `ℹ️ ${host}: whoever I could not hear has left or is muted now. If somebody speaks and I do not hear them, I will say so.`,
    unwelcome: (host: string) =>
      `⚠️ ${host}: Discord closed my connection to the channel and asks me not to come back at once, so nothing is recorded now; what was recorded is safe. I wait for Discord’s word and ask again every minute or two. If it takes too long, stop with \`/record stop\` and start anew.`,
    returned: (host: string) =>
      `🔴 I was disconnected from this channel and am back: **it is being recorded again**. What was said in between is missing. ${host}: if I was taken out on purpose, end the recording with \`/record stop\`.`,
    untold: (host: string, channel: string, names: string[], endsAt: number) =>
      [
        `⚠️ ${host}: I was moved into ${channel}, but Discord does not let me write in its chat. People there cannot be told that they are recorded, so nothing of them is kept.`,
        names.length === 0
          ? 'I try again every few seconds.'
          : `I lack ${bold(names)} there: an admin can open **Edit Channel → Permissions**, pick my role, and allow ${names.length === 1 ? 'it' : 'them'}.`,
        `Or drag me back. Otherwise the recording ends by itself ${time(endsAt, 'R')}; all of it until the move is safe.`,
      ].join(' '),
    toldAtLast: (host: string, channel: string) =>
      `✅ ${host}: the people in ${channel} have been told, and the recording goes on there. What was said there before is missing.`,
    disk: (host: string) =>
      `⚠️ ${host}: the disk of this installation refuses to store a part of the recording. Everything else goes on. Please tell its operator, and stop when you can; what was stored so far is safe.`,
    sealFailed: (host: string) =>
      `⚠️ ${host}: the recording has ended, but the disk of this installation does not take the end of it, so it is not mastered yet. What was recorded is there, and I try again every few seconds. Please tell its operator.`,
    diskLow: (host: string, minutes: number) =>
      `⚠️ ${host}: at this rate the disk of this installation is full in ${minutes} minutes. Its operator has to make room; otherwise the recording ends then by itself, with all of it safe.`,
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
    statusBy: (by: string) => `Started by ${by}`,
    told: (people: number) => `${count(people, 'person has', 'people have')} been told.`,
    optedOut: (names: readonly string[], more: number) =>
      names.length === 0
        ? 'Nobody here has opted out.'
        : `Opted out, so nothing of them is kept: ${bold(names)}${more > 0 ? ` and ${more} more` : ''}.`,
    states: {
      joining: 'joining',
      recording: 'all is well',
      reconnecting: 'reconnecting; what is missed will be marked as a gap',
      sealing: 'finishing',
    },
    untold:
      '⚠️ nothing is kept until the people here have been told; if I cannot write in this channel’s chat, allow me to',
    health: {
      deaf: '⚠️ people speak, but nothing reaches me; I am trying to mend it',
      undecryptable: '⚠️ I cannot decrypt what people say; I am trying to mend it',
      'server-deaf': '⚠️ a moderator has deafened me: take **Server Deafen** away',
    },
    nobodyYet: 'Nobody has spoken yet.',
    speaker: (name: string, packets: number, lostPercent: string, agoSeconds: number) =>
      `**${name}** · ${duration(packets / 50)} of speech · ${lostPercent} % lost · heard ${agoSeconds < 2 ? 'just now' : `${duration(agoSeconds)} ago`}`,
    moreSpeakers: (number: number) => `… and ${count(number, 'more speaker', 'more speakers')}`,
    idle: 'Nothing is being recorded in this server. Start with `/record start`.',
  },
  check: {
    title: 'Sound check',
    listening: (channel: string, seconds: number) =>
      `🎧 I listen in ${channel} for ${duration(seconds)}; people there have been told. Let each of them say a sentence or two.`,
    over: (channel: string, seconds: number) => `${channel} · ${duration(seconds)} · nothing of it was kept`,
    nobody: 'There is nobody in the channel who could be heard.',
    voice: (name: string, lufs: number, quality: Quality, lostPercent: number, bot: boolean) =>
      [
        `**${name}**${bot ? ' (a bot)' : ''}: ${quality === 'nothing' || quality === 'unmeasured' ? '' : `${level(lufs, 0)} LUFS, `}${qualities[quality]}`,
        lostPercent < 0.5
          ? 'nothing lost on the way'
          : `${lostPercent.toFixed(1)} % lost on the way${lostPercent < 3 ? '' : ': a cable instead of Wi-Fi helps'}`,
      ].join(' · '),
    unheard: (name: string, muted: boolean) =>
      `**${name}** is in the channel but was not heard${muted ? ': muted' : '. Did they speak? Is it the right microphone, in Discord’s **Voice & Video** settings?'}`,
    refused: (name: string) =>
      `**${name}** is in the channel and has opted out of being recorded, so I did not listen to them.`,
    more: (number: number) => `… and ${number} more`,
  },
  webinar: {
    scheduled: (title: string, timestamp: number, channel: string, url: string) =>
      `🗓️ **${title}** is planned for ${time(timestamp, 'F')} (${time(timestamp, 'R')}) in ${channel}.\n${url}\nOpen it with \`/webinar start\`.`,
    started: (title: string, channel: string) =>
      `🎙️ **${title}** is live in ${channel} and being recorded.\nName moments with \`/record marker\`, end with \`/webinar end\`.`,
    next: (title: string, timestamp: number, channel: string) =>
      `🗓️ Next: **${title}** ${time(timestamp, 'R')} in ${channel}.`,
    interested: (number: number) =>
      `⭐ ${count(number, 'person has', 'people have')} marked it as interesting.`,
    closed: (title: string) => `“${title}” is over. It was not being recorded any more when you ended it.`,
    choice: (title: string, when: string) => `${title} · ${when}`,
    whenChoice: (when: string) => when,
  },
  episode: {
    waiting: (percent: number, leftMs?: number) =>
      `🎚️ Mastering… ${bar(percent)} ${Math.round(percent)} %${left(leftMs)}`,
    mastering: (title: string, percent: number, leftMs?: number) =>
      `🎚️ Mastering “${title}”… ${bar(percent)} ${Math.round(percent)} %${left(leftMs)}`,
    ready: (title: string) => `✅ “${title}” is mastered.`,
    figures: (seconds: number, lufs: number | undefined, peak: number | undefined, chapters: number) =>
      [
        duration(seconds),
        `${level(lufs, 1)} LUFS`,
        `peak ${level(peak, 1)} dBTP`,
        ...(chapters > 0 ? [count(chapters, 'chapter', 'chapters')] : []),
      ].join(' · '),
    transcriptMaking: '📝 The transcript is being written; page and feed get it by themselves.',
    transcriptNote: (note: string) => `📝 ${note}`,
    readyHint: 'Publish it to the feed, or take the raw tracks, one per speaker.',
    forHosts: 'A host of this server can publish it now.',
    publish: 'Publish',
    retry: 'Try again',
    rawTracks: 'Raw tracks',
    rawTracksLink: (title: string, url: string) =>
      `🎧 [The raw tracks of “${title}”](<${url}>), one Opus file per speaker, as a zip. The link works for everybody who has it, and expires: keep it among yourselves.`,
    tracksAs: (format: string) => `Tracks as ${format}`,
    tracksMaking: (title: string, format: string, url: string) =>
      `🎚️ The tracks of “${title}” are being made into ${format}, one file per speaker, all equally long. [This page](<${url}>) says how far they are and then has them, one by one and as a zip, with projects for Reaper, Audacity and others. The link works for everybody who has it, and expires: keep it among yourselves.`,
    tracksReady: (title: string, format: string, url: string) =>
      `🎧 [The tracks of “${title}” as ${format}](<${url}>), one by one and as a zip, with projects for Reaper, Audacity and others. The link works for everybody who has it, and expires: keep it among yourselves.`,
    openPage: 'Open the episode',
    openFeed: 'RSS feed',
    publishing: (title: string) => `📡 Publishing “${title}”…`,
    published: (title: string, page: string, feed: string) =>
      `📡 **${title}** is published.\nPage: ${page}\nFeed, for any podcast app: ${feed}`,
    publishedForMembers: (title: string) =>
      `📡 **${title}** is published for members: it is in their private feeds. \`/subscribe\` hands them out.`,
    failed: (title: string, reason: string) =>
      `⚠️ “${title}” could not be finished: ${reason}\nThe raw tracks are safe.`,
    faultLine: (reason: string) => `⚠️ ${reason}`,
    listTitle: 'Latest episodes',
    listEmpty: 'There are no episodes yet. Record something with `/record start`.',
    listLine: (title: string, seconds: number | undefined, state: string, page: string | undefined) =>
      `**${page === undefined ? title : `[${title}](${page})`}**${seconds === undefined ? '' : ` · ${duration(seconds)}`} · ${state}`,
    states: {
      mastering: '🎚️ being mastered',
      ready: '✅ ready to publish',
      publishing: '📡 being published',
      published: '📡 published',
      failed: '⚠️ failed',
    },
  },
  /** An episode's moment to come, and its being taken back. */
  schedule: {
    planned: (title: string, timestamp: number) =>
      `📅 “${title}” goes out ${time(timestamp, 'F')} (${time(timestamp, 'R')}) by itself. \`/episode schedule\` moves it; with \`when:never\` it waits for \`/episode publish\`.`,
    takenBack: (title: string) =>
      `📅 “${title}” is not published by itself any more. \`/episode publish\` does it when you like.`,
    notPlanned: (title: string) => `📅 No moment was set for “${title}”. \`/episode publish\` puts it out.`,
    line: (timestamp: number) => `📅 goes out ${time(timestamp, 'f')}`,
  },
  withdraw: {
    question: (title: string) =>
      [
        `📴 **Take “${title}” out of the feed and off its page?** \`/episode publish\` brings it back as the same episode, with its date.`,
        'What stays out of reach: copies that apps and listeners have downloaded already; apps and directories that show it until they look at the feed again, which takes some of them a day; and who kept the address of the audio file itself, which stays in the store so that the episode can come back.',
      ].join('\n'),
    button: 'Take it out',
    done: (title: string) =>
      `📴 “${title}” is withdrawn. Feed and pages are written without it within a minute. \`/episode publish\` brings it back.`,
  },
  /** What a host says of an episode. */
  describe: {
    kinds: { full: 'a full episode', trailer: 'a trailer', bonus: 'a bonus episode' },
    visibilities: {
      public: 'public: in the feed and on the pages',
      unlisted: 'unlisted: only who has the address of its page',
      members: 'members only: in members’ feeds alone',
    },
    title: (title: string, state: string) => `**${title}** · ${state}`,
    season: (season: number) => `season ${season}`,
    number: (number: number) => `number ${number}`,
    follows: 'Feed and pages follow within a minute.',
    noMembers:
      '⚠️ This show has no members’ feed, so nobody gets this episode until it has one, or the episode is made public.',
    notes: (notes: string) => `> ${notes}`,
    noNotes: 'It has no notes yet.',
    notesButton: 'Notes…',
    notesForm: 'Notes of the episode',
    notesLabel: 'What listeners read beside it',
    notesHint: 'Plain text; an empty line begins a paragraph, addresses become links.',
  },
  stats: {
    title: (what: string) => `Downloads of “${what}”`,
    total: (downloads: number, days: number, ever: number) =>
      `**${amount(downloads)}** in ${count(days, 'day', 'days')} · ${amount(ever)} since counting began`,
    /** Days are those of UTC, as `2026-11-22`. */
    days: (bars: string, from: string, to: string, most: number) =>
      `\`${bars}\`\n${from} to ${to}, at most ${amount(most)} on a day`,
    apps: (shares: string) => `**Apps** ${shares}`,
    devices: (shares: string) => `**Devices** ${shares}`,
    countries: (shares: string) => `**Countries** ${shares}`,
    shares: (shares: readonly { name: string; amount: number }[], others: number, all: number) =>
      [...shares, ...(others > 0 ? [{ name: 'others', amount: others }] : [])]
        .map((share) => `${share.name} ${percent(share.amount, all)}`)
        .join(' · '),
    episode: (title: string, downloads: number) => `• ${title}: ${amount(downloads)}`,
    redirected: (downloads: number) =>
      `${amount(downloads)} of them were served by the store itself: counted by what apps asked for, not by what they got.`,
    filtered: (reasons: readonly { name: string; amount: number }[]) =>
      `**Not counted** ${reasons.map((reason) => `${amount(reason.amount)} × ${reason.name}`).join(' · ')}`,
    reasons: {
      joined: 'more of a download that counts already',
      partial: 'less than a minute of audio',
      bot: 'bots',
      watch: 'copies for Apple Watches',
      head: 'looks for changes',
      probe: 'tests of the server',
      'no-audio': 'nothing new to send',
      'data-center': 'from data centers',
      anonymous: 'without an app’s name',
      excess: 'too many from one address',
    } as Record<string, string>,
    device: {
      mobile: 'mobile',
      computer: 'computer',
      smart_speaker: 'smart speaker',
      smart_tv: 'TV',
      watch: 'watch',
      auto: 'car',
      unknown: 'unknown',
    } as Record<string, string>,
    method: (url: string) =>
      `One listener, one app, one day is one download, of a minute or more ([IAB Tech Lab’s guidelines](<https://iabtechlab.com/standards/podcast-measurement-guidelines/>)). [All of it as JSON](<${url}>): the link works for everybody who has it, for a while.`,
  },
  sounds: {
    set: (kind: 'intro' | 'outro' | 'bed', seconds: number) =>
      `The ${kind} is set (${seconds.toFixed(1)} s). Episodes get it when they are mastered next.`,
    removed: (kind: 'intro' | 'outro' | 'bed') => `The ${kind} is taken away.`,
    none: (kind: 'intro' | 'outro' | 'bed') => `There is no ${kind} to take away.`,
    refused: (why: string) => `⚠️ ${why}`,
    standing: (show: string, kinds: readonly string[]) =>
      kinds.length === 0
        ? `**${show}** plays no sounds around its talks. Send one with \`/show sounds\`.`
        : `**${show}** has: ${kinds.join(', ')}.`,
  },
  shows: {
    types: {
      episodic: 'episodic: the newest first',
      serial: 'serial: heard from the first on',
    },
    title: (title: string, author: string) => `**${title}** by ${author}`,
    explicit: (is: boolean) => (is ? 'explicit' : 'clean'),
    locked: (is: boolean) => (is ? 'locked' : 'not locked'),
    owner: (owner: string) => `Owner, in public: ${owner}`,
    funding: (text: string, url: string) => `Funding: ${text}, ${url}`,
    accent: (colour: string) => `Colour: ${colour}`,
    domain: (host: string) => `Pages: https://${host}/`,
    description: (description: string) => `> ${description}`,
    isDefault: 'Recordings that name no show go into this one.',
    unpublished: 'It has a feed once an episode of it is published.',
    follows: 'Feed and pages follow within a minute.',
    descriptionButton: 'Description…',
    descriptionForm: 'Description of the show',
    descriptionLabel: 'What it is about',
    descriptionHint: 'Plain text; an empty line begins a paragraph, addresses become links.',
    listEmpty: 'This server has no show yet. The first recording makes one, and so does `/show create`.',
    listLine: (title: string, feed: string | undefined, isDefault: boolean) =>
      `• **${title}**${isDefault ? ' (recordings go here)' : ''} · ${feed ?? 'no feed until an episode is published'}`,
    more: (number: number) => `… and ${amount(number)} more`,
    feedTitle: (show: string) => `Feed of “${show}”`,
    noFeed:
      'There is no feed here until an episode of it is published for everybody: `/episode publish`. Members’ feeds are private.',
    revision: (revision: number) => `Revision ${revision}`,
    behind: (revision: number) =>
      `🟠 Revision ${revision} is to come. If this stays so for minutes, read below, or ask the operator to look into the log.`,
    written: (timestamp: number, episodes: number | undefined) =>
      episodes === undefined
        ? `⛔ Refused ${time(timestamp, 'R')}: the feed stands as it was.`
        : `Written ${time(timestamp, 'R')} with ${count(episodes, 'episode', 'episodes')}.`,
    sound: '✅ Nothing that directories or apps would not like.',
    refusal: (text: string) => `⛔ ${text}`,
    remark: (text: string, places: number) => `⚠️ ${text}${places > 1 ? ` (in ${places} places)` : ''}`,
  },
  art: {
    set: (show: string, sidePx: number) =>
      `🖼️ **${show}** has new art (${sidePx} by ${sidePx} pixels). Feed and pages follow within a minute, apps when they look again; audio files carry it when they are mastered next.`,
    warning: (what: string) => `⚠️ ${what}`,
    refused: (why: string) => `⚠️ ${why}`,
  },
  /** Private feeds of members who hold a role. */
  members: {
    lapsedTitle: 'This feed is resting: how its episodes come back',
    lapsedNotes: (show: string) =>
      `This private feed of “${show}” follows a role on Discord, and you do not hold that role any more. Once you hold it again, the episodes come back into this same feed by themselves: there is nothing to subscribe to anew. If you think this is a mistake, ask the people who run the server.`,
    /** The one episode of such a feed says it, made into a file by scripts/make-podcast-notices.ts. */
    lapsedSpoken:
      'This private feed is resting, because you do not hold the role that it belongs to any more. Once you hold that role again on Discord, its episodes come back here by themselves. You do not need to subscribe again.',
    link: (show: string, feed: string) =>
      [
        `🔑 **Your private feed of ${show}.** Scan the code with your phone, or open it in your podcast app with the button. Any app that takes an address takes this one:`,
        `\`\`\`\n${feed}\n\`\`\``,
        'It is yours alone and works without a password, so do not pass it on. It follows your role: without it the episodes go, and come back with it.',
      ].join('\n'),
    openButton: 'Open in a podcast app',
    resetButton: 'Reset my link',
    reset: '🔁 This is your new link. The one before works no more, in no app.',
    qrDescription: 'A QR code of your private link',
    none: 'No show of this server has a private feed for members. Its hosts set one up with `/show members`.',
    which: (shows: readonly string[]) =>
      `There is more than one: ${bold(shows)}. Say which with the option \`show\`.`,
    roleNeeded: (show: string, role: string) =>
      `The private feed of **${show}** is for members with the role ${role}, and you do not hold it.`,
    on: (show: string, role: string, atOnce: boolean) =>
      [
        `🔑 **${show}**: whoever holds ${role} may have a private feed of it. They type \`/subscribe\`.`,
        'An episode is for them alone after `/episode edit visibility`. Public episodes are in it too.',
        atOnce
          ? 'Whoever loses the role loses the episodes within seconds, and has them again with it, at the same address.'
          : 'Whoever loses the role loses the episodes within a quarter of an hour, and has them again with it, at the same address. (The setting `MEMBERS_INTENT` makes it seconds.)',
        'A ban ends an address for good. `/show members revoke:@member` takes one back.',
      ].join('\n'),
    off: (show: string) =>
      `**${show}** has no private feeds for members. \`/show members role:…\` says who may have one; where there were some, they say that they rest.`,
    revoked: (member: string, had: boolean) =>
      had
        ? `🔑 The private address of ${member} works no more. They may ask for another with \`/subscribe\`, as long as they hold the role.`
        : `${member} has no private address of this show.`,
    shared: (show: string, member: string) =>
      `⚠️ The private feed of ${member} for **${show}** was used from very many networks today, so its address may have been passed on. \`/show members revoke:\` in the server takes it back; they can get another with \`/subscribe\`.`,
    pageTitle: (show: string) => `${show}, for members`,
    pageLead: 'This is your own private feed. Open it in an app that plays podcasts:',
    pageCopy: 'Any other app takes this address, under “Add by URL” or the like:',
    pageWarning:
      'This address is yours alone and works without a password: do not pass it on. If you think that somebody else has it, type /subscribe in Discord and press “Reset my link”.',
    pageSpotify: 'Spotify and YouTube cannot play private feeds.',
  },
  errors: {
    serverOnly: 'This works in a server, not in direct messages.',
    notAllowed: 'You need the **Manage Events** permission for this. Ask an admin of the server.',
    notYours: (by: string) =>
      `Only ${by}, who started it, or somebody with the **Manage Events** permission can do this.`,
    chooseChannel: 'Join a voice or stage channel first, or name one with the option `channel`.',
    missingInChannel: (names: string[], channel: string) =>
      `I lack ${bold(names)} in ${channel}: the channel’s own settings take ${names.length === 1 ? 'it' : 'them'} from my role. An admin can open **Edit Channel → Permissions** there, pick my role, and allow ${names.length === 1 ? 'it' : 'them'}.`,
    missingInServer: (names: string[]) =>
      `My role lacks ${bold(names)} in this server. An admin can open **Server Settings → Roles**, pick my role, and switch ${names.length === 1 ? 'it' : 'them'} on.`,
    channelFull: (channel: string, limit: number) =>
      `${channel} is full (${limit} of ${limit}). Raise its user limit, make room, or grant me **Move Members** there, and try again.`,
    alreadyRecording: (channel: string, by: string, timestamp: number) =>
      `A recording is already running in ${channel}: ${by} started it ${time(timestamp, 'R')}. A bot can be in one channel of a server at a time. End it first with \`/record stop\`.`,
    checkWhileRecording: (channel: string, by: string, timestamp: number) =>
      `A sound check has to wait: ${channel} is being recorded, ${by} started it ${time(timestamp, 'R')}. \`/record status\` shows whom I hear there, and how much of it is lost.`,
    alreadyRecordingSomewhere:
      'A recording is already running in this server. End it first with `/record stop`.',
    checking: 'A sound check is listening in this server. It is over in less than a minute: try again then.',
    notRecording: 'Nothing is being recorded in this server. Start with `/record start`.',
    notBegun: 'The recording is just about to begin. Try again in a moment.',
    couldNotJoin: (channel: string) =>
      `I could not join ${channel}, so nothing was started. Check that I may connect there and that it is not full. If both is well, Discord is slow, or I joined too often in a short time: try again in half a minute.`,
    diskFull:
      'The disk of this installation is nearly full, so nothing was started. Its operator has to make room first.',
    recorderBusy: 'The recorder is restarting. Try again in a moment.',
    recorderSilent: 'The recorder did not answer. Look at `/record status` before you try again.',
    titleEmpty: 'That title shows nothing. Write what people will read in the server’s events.',
    markerEmpty:
      'That name shows nothing. Give the moment one that reads well as a chapter, like “First question”.',
    markerLong: (length: number, most: number) =>
      `That name has ${length} characters, and a chapter’s title holds ${most}. Shorten it and mark again: the marker stands at the moment when you send it.`,
    whenUnclear: (text: string, zone: string) =>
      `I could not read “${text}” as a time. Write it like \`2026-12-01 19:00\` (${zone}) or \`in 20 minutes\`.`,
    nameEmpty: 'That title shows nothing. Write what people will read.',
    showExists: 'This server has a show of that name already. `/show edit` changes it.',
    descriptionEmpty: 'Directories refuse a show without a description. Say in a sentence what it is about.',
    categoryUnknown: (text: string) =>
      `“${text}” is not in Apple’s list. Pick one that the option offers while you type, such as “Education › Courses”.`,
    languageUnknown: (text: string) =>
      `“${text}” is no language that I know. Write its code: \`en\`, \`de-ch\`, \`pt-br\`.`,
    colourUnclear: (text: string) =>
      `I could not read “${text}” as a colour. Write it like \`#3a6ea5\`, or \`none\`.`,
    domainUnclear: (text: string) =>
      `“${text}” is no host name. Write one like \`talks.example.org\`, without a path, or \`none\`.`,
    domainTaken: (host: string) =>
      `${host} leads to another show, or to all of them. Take a name that is this show’s alone.`,
    emailUnclear: (text: string) =>
      `“${text}” is no e-mail address. Write one like \`me@example.org\`, or \`none\`.`,
    addressUnclear: (text: string) =>
      `“${text}” is no web address. Write one like \`https://example.org/give\`, or \`none\`.`,
    fundingFirst:
      'There is no link for funding yet whose text could change. Give its address with the option `funding`.',
    settingUnclear: (setting: string, why: string) => `The setting \`${setting}\` cannot be used: ${why}`,
    formLate: 'I could not find out what stands there now in time. Press the button once more.',
    formShort: (length: number, most: number) =>
      `That text has ${amount(length)} characters, and a form of Discord holds ${amount(most)}: changed here, it would be cut. It stays as it is.`,
    clockUnclear: (text: string) =>
      `I could not read “${text}” as a time in a recording. Write seconds, \`m:ss\` or \`h:mm:ss\` from its start, such as \`1:05:30\`.`,
    rangeBackwards: 'That part ends before it begins. Its end must be later than its beginning.',
    cutUnclear: (text: string) =>
      `I could not read “${text}” as a part of an episode. Write where it begins and ends, such as \`12:30-14:05\`.`,
    editUnclear: (why: string) => `That edit cannot be used: ${why}`,
    stemsWhole:
      'As mastered there are only whole tracks. Leave out `from` and `to`; `/episode remaster` trims and cuts.',
    nothingRecorded: 'Nothing has been recorded in this server yet. Start with `/record start`.',
    whenPast: (timestamp: number) =>
      `${time(timestamp, 'F')} is in the past. Choose a time that is still to come.`,
    whenRefused: (timestamp: number, detail: string) =>
      `Discord does not take ${time(timestamp, 'F')} as a start: ${detail}`,
    noWebinar: 'No webinar is planned here. Plan one with `/webinar schedule`.',
    noLiveWebinar: 'No webinar is live here. Start one with `/webinar start`.',
    webinarState: {
      scheduled: (title: string) => `“${title}” has not started yet. Start it with \`/webinar start\`.`,
      live: (title: string) => `“${title}” is live already. End it with \`/webinar end\`.`,
      ended: (title: string) => `“${title}” has ended. Plan a new one with \`/webinar schedule\`.`,
      cancelled: (title: string) => `“${title}” was cancelled. Plan a new one with \`/webinar schedule\`.`,
    },
    episodeState: {
      mastering: (title: string) =>
        `“${title}” is still being mastered. It can be published when that is done.`,
      ready: (title: string) => `“${title}” is mastered and can be published with \`/episode publish\`.`,
      publishing: (title: string) => `“${title}” is being published right now.`,
      published: (title: string) => `“${title}” is published.`,
      failed: (title: string, why: string | null) =>
        `“${title}” has failed: ${why ?? 'nobody knows why. Ask the operator to look into the log.'}`,
    },
    imported: (title: string) =>
      `“${title}” came from another host: there is no recording of it here that it could be made from again.`,
    exportState: {
      making: 'These tracks are being made right now.',
      ready: 'These tracks are made already.',
      failed: 'These tracks could not be made. Ask for them once more.',
    },
    notHere: (noun: string) =>
      `There is no such ${noun} in this server. Pick one from the list that the command offers.`,
    nouns: {
      server: 'server',
      show: 'show',
      webinar: 'webinar',
      session: 'recording',
      episode: 'episode',
      export: 'set of tracks',
      'show or webinar': 'show or webinar',
    },
    channelGone: 'Its channel was deleted. Plan it again in another one with `/webinar schedule`.',
    tooManyEvents: 'This server has reached Discord’s limit of 100 events. Cancel or finish one first.',
    noEpisode:
      'No episode is waiting to be published here. `/episode list` shows where each of them stands; a recording has one once it is stopped and mastered.',
    gone: 'Discord says that something this needs is gone (a channel, a message or an event was deleted). Look again and retry.',
    outdated: 'That belongs to another version of me. Reload Discord (Ctrl+R) and type the command again.',
    denied:
      'Discord does not let me do this: I lack a permission there, or my role stands too low. An admin can look at **Server Settings → Roles** and at the channel’s **Permissions**.',
    noAccess:
      'I cannot see that channel. An admin can open **Edit Channel → Permissions** there, pick my role, and allow **View Channel**.',
    tooFast: 'Discord asks me to slow down. Try again in a minute.',
    unexpected: (id: string) =>
      `Something went wrong on our side. Nothing that was recorded is lost. If it happens again, tell the operator this number: \`${id}\``,
  },
};

export type Texts = typeof en;
