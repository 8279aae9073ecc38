/** The webinar itself, from the host's first command to the feed, as people at Discord clients do it. */
import type { SimInteraction, SimMember } from '../simulator/index.ts';
import type { Scene } from './scene.ts';
import {
  SCRIPT_END_MS,
  lines,
  markers,
  voiceFile,
  type ScriptedLine,
  type ScriptedMarker,
} from './script.ts';

export interface Narrator {
  say(line: string): void;
  progress(label: string, percent: number): void;
}

export interface Programme {
  title: string;
  lines: readonly ScriptedLine[];
  markers: readonly ScriptedMarker[];
  endMs: number;
}

export const PROGRAMME: Programme = {
  title: 'How a live talk becomes a podcast',
  lines,
  markers,
  endMs: SCRIPT_END_MS,
};

export interface Performance {
  /** Wall clock of the host's `/webinar end`, and of the answer that names the feed. */
  endedAtMs: number;
  publishedAtMs: number;
  feedUrl: string;
  pageUrl: string;
  rawTracksUrl: string;
}

/** Between the last word and `/webinar end`: what a host needs to say goodbye and click. */
const AFTERGLOW_MS = 400;

const mastered = /is mastered/;
const percentIn = (text: string): number | undefined => {
  const found = /(\d+) %/.exec(text);
  return found ? Number(found[1]) : undefined;
};

/** Waits for a reply that fits, telling each percentage on the way. Throws with the reply's text when it says it failed. */
async function followReply(
  answer: SimInteraction,
  fits: RegExp,
  onPercent: (percent: number) => void,
): Promise<string> {
  const message = await answer.until(({ content }) => {
    const percent = percentIn(content);
    if (percent !== undefined && !fits.test(content)) onPercent(percent);
    return fits.test(content) || /could not|Something went wrong/.test(content);
  }, 180_000);
  if (!fits.test(message.content)) throw new Error(`the bot answered: ${message.content}`);
  return message.content;
}

async function command(
  who: SimMember,
  path: string,
  expected: RegExp,
  ...rest: unknown[]
): Promise<SimInteraction> {
  const [values, where] = rest as [
    Parameters<SimMember['runCommand']>[1],
    Parameters<SimMember['runCommand']>[2],
  ];
  const answer = await who.runCommand(path, values, where);
  if (!expected.test(answer.text())) throw new Error(`/${path} was answered: ${answer.text()}`);
  return answer;
}

/** Everybody comes in; on a stage the cast is invited to speak. */
function takeSeats({ cast, audience, hall }: Scene): void {
  for (const member of cast.values()) member.joinVoice(hall, { speaker: true });
  if (hall.kind === 'stage') for (const member of audience) member.joinVoice(hall);
}

async function speakTheLines(scene: Scene, programme: Programme): Promise<void> {
  const { discord, cast, host, lobby } = scene;
  const startUs = discord.clock.nowUs();
  const speeches = [...cast].map(async ([key, member]) => {
    for (const line of programme.lines.filter(({ speaker }) => speaker === key))
      await member.speak(voiceFile(line), { startUs: startUs + line.startMs * 1000 });
  });
  const marks = programme.markers.map(async ({ atMs, name }) => {
    await reached(scene, startUs + atMs * 1000);
    await command(host, 'record marker', /Marked/, { name }, lobby);
  });
  await Promise.all([...speeches, ...marks]);
  await reached(scene, startUs + programme.endMs * 1000);
}

const reached = ({ discord }: Scene, us: number) =>
  new Promise<void>((resolve) => void discord.clock.at(us, () => resolve()));

/** Plays the whole webinar; throws when a person would be stuck. */
export async function playWebinar(
  scene: Scene,
  narrator: Narrator,
  programme: Programme = PROGRAMME,
  during?: () => Promise<void>,
): Promise<Performance> {
  const { guild, bot, lobby, hall, host, cast, audience } = scene;
  const { title } = programme;
  const schedule = { title, when: 'in 5 minutes', channel: hall, description: 'Four voices, one recording.' };
  await command(host, 'webinar schedule', /is planned/, schedule, lobby);
  const event = guild.events()[0];
  if (event === undefined) throw new Error('the webinar is not among the server’s events');
  narrator.say(`${host.displayName} schedules “${title}” with /webinar schedule`);
  for (const member of audience) member.subscribe(event);
  narrator.say(`${audience.map(({ displayName }) => displayName).join(', ')} mark it as interesting`);

  takeSeats(scene);
  await command(host, 'webinar start', /is live/, {}, lobby);
  const room = hall.room();
  await room.whenConnected(bot.userId);
  await Promise.all(room.speakers().map((speaker) => speaker.whenAudible()));
  narrator.say(`${hall.name} is open; people have been told that they are recorded; the bot listens`);
  for (const { displayName } of cast.values()) narrator.say(`  ${displayName} has a microphone`);
  await Promise.all([speakTheLines(scene, programme), during?.()]);
  await new Promise((resolve) => setTimeout(resolve, AFTERGLOW_MS));

  narrator.say(`${host.displayName} ends it with /webinar end`);
  const endedAtMs = Date.now();
  const ending = await host.runCommand('webinar end', {}, lobby);
  await followReply(ending, mastered, (percent) => narrator.progress('mastering ', percent));
  narrator.progress('mastering ', 100);
  const rawTracksUrl = /"url":"([^"]*\/raw\/[^"]*)"/.exec(
    JSON.stringify(ending.reply?.components ?? []),
  )?.[1];
  if (rawTracksUrl === undefined) throw new Error('the host was given no link to the raw tracks');

  const publishing = await host.runCommand('episode publish', {}, lobby);
  const published = await followReply(publishing, /is published/, () => undefined);
  const [pageUrl, feedUrl] = [/Page: (\S+)/, /: (\S+feed\.xml)/].map(
    (pattern) => pattern.exec(published)?.[1],
  );
  if (pageUrl === undefined || feedUrl === undefined) throw new Error(`no links in: ${published}`);
  narrator.say('published with /episode publish');
  return { endedAtMs, publishedAtMs: Date.now(), feedUrl, pageUrl, rawTracksUrl };
}
