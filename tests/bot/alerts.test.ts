import { afterEach, expect, test } from 'vitest';
import { eventually, openHouse, type House } from './support/house.ts';

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

test('a trouble is told once when it begins and once when it is over; what Discord does not take is told later', async () => {
  const logged: string[] = [];
  house = await openHouse({ alertsInLobby: true, logged });
  const { lobby, catalog, account } = house;
  const { feedHealth } = catalog;
  const told = () => lobby.messages().map(({ content }) => content);
  const trouble = { name: 'live:x', said: '“*X* <@1>”: its feed is old.' };
  await feedHealth.setTroubles([trouble]);
  const begun = await lobby.nextMessage(({ content }) => content.includes('its feed is old'));
  expect(begun.content).toBe('⚠️ “\\*X\\* \\<@1>”: its feed is old.');

  lobby.overwrite({ id: account.userId }, { deny: ['SendMessages'] });
  await feedHealth.setTroubles([
    { ...trouble, said: 'Otherwise said.' },
    { name: 'b', said: 'B' },
  ]);
  await eventually(
    () => logged.filter((line) => line.includes('cannot be told in ALERT_CHANNEL')),
    (lines) => lines.length > 0,
  );
  // Over before anybody could be told that it had begun: there is nothing to tell.
  await feedHealth.setTroubles([]);
  lobby.overwrite({ id: account.userId }, {});
  await lobby.nextMessage(({ content }) => content === '✅ Over: Otherwise said.');
  await feedHealth.setTroubles(
    Array.from({ length: 40 }, (_, index) => ({ name: `n${index}`, said: 'long '.repeat(90) })),
  );
  const many = await lobby.nextMessage(({ content }) => content.includes('more: `npm start -- health`'));
  expect(many.content.length).toBeLessThanOrEqual(2000);
  expect(told()).toHaveLength(3);
  expect(logged.filter((line) => line.includes('cannot be told in ALERT_CHANNEL'))).toHaveLength(1);
  await feedHealth.setTroubles([]);
});
