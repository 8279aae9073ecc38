/** Commits rows into an embedded database and says after each that it is committed, until it is killed. */
import { openEmbedded } from '../../../src/catalog/engine/embedded.ts';

const engine = await openEmbedded(process.argv[2]!, {
  onFault(error) {
    throw error as Error;
  },
  onDeath(error) {
    throw error;
  },
});
for (let row = 1; ; row += 1) {
  await engine.executeSql('INSERT INTO words VALUES ($1)', [`row ${row}`]);
  process.stdout.write(`${row}\n`);
}
