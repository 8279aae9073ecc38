/** The live session as an embed: where, how long, and each speaker's health. Pure. */
import { EmbedBuilder } from 'discord.js';
import type { SessionStatus } from '../../../../recorder/protocol.ts';
import type { Texts } from '../../../../templates/messages/index.ts';
import { plain } from '../../plain-text.ts';

const RED = 0xd8_3a_2e;
const AMBER = 0xd8_9a_2e;
/** Docs, Message, "Embed Limits": 4,096 characters; this many lines of the longest name fit. */
const SPEAKERS = 20;

export interface StatusInput {
  live: SessionStatus;
  startedByUserId: string | undefined;
  /** Whom Discord counts as interested in the webinar's event; undefined without one. */
  interested: number | undefined;
  /** Display names of those there, or heard, who opted out. */
  optedOut: readonly string[];
}

/** Named in the status; more are counted. */
const NAMED = 10;

/** Who knows, and who does not want to. */
function consentLine({ live, optedOut }: StatusInput, { record: say }: Texts): string {
  const names = optedOut.slice(0, NAMED).map((name) => plain(name, 40));
  const refusing = say.optedOut(names, optedOut.length - names.length);
  // After a move it is the people elsewhere who were told.
  const toldHere = live.untold === true ? undefined : live.toldPeople;
  return toldHere === undefined ? refusing : `${say.told(toldHere)} ${refusing}`;
}

/** A recording that cannot hear is not well, whatever its connection says. */
function stateWords({ state, health, untold }: SessionStatus, { record: say }: Texts): string {
  if (untold === true && state === 'recording') return say.untold;
  return state === 'recording' && health !== 'good' ? say.health[health] : say.states[state];
}

export function statusEmbed(input: StatusInput, texts: Texts): EmbedBuilder {
  const { live, startedByUserId, interested } = input;
  const { record: say, webinar } = texts;
  const { elapsedUs } = live;
  const loudestFirst = [...live.speakers].sort((a, b) => b.packets - a.packets);
  const speakers = loudestFirst.slice(0, SPEAKERS).map(({ displayName, packets, lost, lastHeardUs }) => {
    const lostPercent = ((100 * lost) / Math.max(1, packets + lost)).toFixed(1);
    return say.speaker(plain(displayName, 40), packets, lostPercent, (elapsedUs - lastHeardUs) / 1e6);
  });
  const more = live.speakers.length - speakers.length;
  const lines = [
    say.statusPlace(`<#${live.channelId}>`, elapsedUs / 1e6, stateWords(live, texts)),
    ...(startedByUserId === undefined ? [] : [say.statusBy(`<@${startedByUserId}>`)]),
    ...(interested === undefined ? [] : [webinar.interested(interested)]),
    consentLine(input, texts),
    '',
    ...(speakers.length > 0 ? speakers : [say.nobodyYet]),
    ...(more > 0 ? [say.moreSpeakers(more)] : []),
  ];
  return new EmbedBuilder()
    .setColor(live.state === 'reconnecting' || live.health !== 'good' || live.untold === true ? AMBER : RED)
    .setTitle(say.statusTitle(plain(live.title)).slice(0, 256))
    .setDescription(lines.join('\n').slice(0, 4_096));
}
