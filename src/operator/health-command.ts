/** `stagecast health`: how the feeds are, and what is wrong at this moment. */
import { z } from 'zod';
import { createAskLive } from '../health/live-feed.ts';
import { lookAtHealth } from '../health/look.ts';
import { type HealthFacts, moment, type ShowHealth, troublesOf } from '../health/troubles.ts';
import type { OperatorCommand } from './operator.ts';

export const healthArgs = z.object({ json: z.boolean().default(false) });

/** 1 when anything is wrong. */
export const healthCommand: OperatorCommand<z.infer<typeof healthArgs>> = async (operator, { json }) => {
  const { catalog, media, checkStore, config, logger, say } = operator;
  const facts = await lookAtHealth({
    ...{ catalog, media, checkStore, logger },
    baseUrl: config.http.baseUrl,
    askLive: config.selfTest ? createAskLive() : undefined,
  });
  const troubles = troublesOf(facts);
  if (json) say(JSON.stringify({ ...facts, troubles }));
  else for (const line of linesOf(facts)) say(line);
  if (!json) for (const { said } of troubles) say(`✗ ${said}`);
  if (!json && troubles.length === 0) say('Nothing is wrong.');
  return troubles.length === 0 ? 0 : 1;
};

function linesOf({ at, shows }: HealthFacts): string[] {
  if (shows.length === 0) return ['No show has published anything yet.'];
  return shows.flatMap((show) => [
    `“${show.title}”  ${show.feedUrl}`,
    `  ${standing(show)}`,
    ...(show.fetches.length === 0
      ? ['  No directory has fetched it yet, or a cache before us answers them.']
      : [...show.fetches]
          .sort((a, b) => b.at.getTime() - a.at.getTime())
          .map(
            ({ directory, at: fetchedAt, status }) =>
              `  ${directory.padEnd(16)} ${ago(at, fetchedAt)}, ${status}`,
          )),
    '',
  ]);
}

function standing({ live, revision, writtenRevision, writtenAt, movedTo }: ShowHealth): string {
  const written = `revision ${writtenRevision} written${writtenAt === undefined ? '' : ` ${moment(writtenAt)}`}`;
  const behind = revision > writtenRevision ? `, ${revision} is to follow` : '';
  if (live === undefined) return `${written}${behind}; not fetched by its public address (SELF_TEST=off)`;
  if (live.is === 'fault') return `${written}${behind}; its address ${live.why}`;
  if (live.is === 'moved') return `leads to ${live.to}${movedTo === undefined ? '' : ', as it should'}`;
  return `${written}${behind}; listeners get revision ${live.revision}`;
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

function ago(now: Date, then: Date): string {
  const ms = now.getTime() - then.getTime();
  const found = UNITS.find(([, each]) => ms >= each);
  if (found === undefined) return 'just now';
  const [unit, size] = found;
  const count = Math.floor(ms / size);
  return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
}
