/** Figures of who listens, for programs. */
import type { Hono } from 'hono';
import { answerAudience } from '../audience/api.ts';
import type { Kit } from './kit.ts';

export function audienceRoutes(app: Hono, { options }: Kit): void {
  const { audience, catalog, signingKey, nowMs } = options;
  if (audience === undefined) return;
  const { delivery, lists } = audience;
  app.get('/api/shows/:show/audience', (c) =>
    answerAudience(c, {
      ...{ catalog: { shows: catalog.shows, ...audience.catalog } },
      ...{ signingKey, delivery, lists, nowMs },
    }),
  );
}
