/** Secrets of the installation, made at first start and shared by all of its processes. */
import { randomBytes } from 'node:crypto';
import type { Db } from './handle.ts';

export interface Secrets {
  /** 32 random bytes, the same for every process and for ever. `name` says the one purpose, such as `raw-tracks-link`. */
  getOrCreate(name: string): Promise<Uint8Array>;
}

export function secretsIn(db: Db): Secrets {
  return {
    async getOrCreate(name) {
      await db
        .insertInto('secrets')
        .values({ name, value: randomBytes(32).toString('base64') })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .execute();
      const { value } = await db
        .selectFrom('secrets')
        .select('value')
        .where('name', '=', name)
        .executeTakeFirstOrThrow();
      return new Uint8Array(Buffer.from(value, 'base64'));
    },
  };
}
