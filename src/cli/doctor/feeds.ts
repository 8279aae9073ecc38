/** How the feeds are, as the Stagecast that runs here finds them. */
import { z } from 'zod';
import type { Config } from '../../config.ts';
import { askRunning } from '../../operator/control.ts';
import type { Finding } from './finding.ts';

const topic = 'feeds';
const health = z.object({
  shows: z.array(z.unknown()),
  troubles: z.array(z.object({ said: z.string() })),
});

/** Asks what runs already: the doctor opens no catalog. */
export async function checkFeeds({ dataFolder }: Pick<Config, 'dataFolder'>): Promise<Finding[]> {
  let said = '';
  const { signal } = new AbortController();
  await askRunning(dataFolder, {
    ...{ command: 'health', args: { json: true }, signal },
    say: (line) => void (said += line),
    progress: () => undefined,
  });
  const found = health.safeParse(parsed(said)).data;
  if (found === undefined)
    return [{ topic, verdict: 'good', seen: 'not looked at: no Stagecast that could be asked runs here' }];
  const { shows, troubles } = found;
  if (troubles.length === 0)
    return [
      {
        ...{ topic, verdict: 'good' },
        seen:
          shows.length === 0
            ? 'no show has published anything yet'
            : `${shows.length} published, each as it should be`,
      },
    ];
  const remedy = 'npm start -- health says more';
  return troubles.map(({ said: seen }) => ({ topic, verdict: 'fault', seen, remedy }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
