/** Recordings that seem forgotten: the decision as a table, then what hosts and channels read. */
import { afterEach, expect, test } from 'vitest';
import {
  judge,
  NOTHING_SEEN,
  type Limits,
  type Sight,
  type Verdict,
} from '../../src/bot/recording/forgotten.ts';
import { en } from '../../templates/messages/en.ts';
import {
  eventually,
  NEVER_FORGOTTEN,
  openHouse,
  speech,
  type House,
  type HouseOptions,
} from './support/house.ts';

const MIN = 60_000;
const ends: Limits = {
  empty: { then: 'end', afterMs: 4 * MIN },
  silence: { then: 'end', afterMs: 30 * MIN },
  'max-length': { then: 'end', afterMs: 90 * MIN },
};
const warns: Limits = {
  empty: { then: 'warn', afterMs: 4 * MIN },
  silence: { then: 'warn', afterMs: 30 * MIN },
  'max-length': { then: 'warn', afterMs: 90 * MIN },
};

type Moment = [atMin: number, seen: Partial<Sight>];
const told = (verdicts: Verdict[]) =>
  verdicts.map((verdict) =>
    verdict.type === 'end'
      ? `end ${verdict.reason}`
      : `warn ${verdict.reason}${verdict.endsInMs === undefined ? '' : ` ${verdict.endsInMs / MIN}`}`,
  );

test.each<[string, Limits, Moment[], string[][]]>([
  [
    'people talk',
    ends,
    [
      [1, {}],
      [20, { lastHeardMs: 19 * MIN }],
    ],
    [[], []],
  ],
  [
    'nothing is looked at',
    NEVER_FORGOTTEN,
    [
      [1, { humans: 0 }],
      [5000, { humans: 0 }],
    ],
    [[], []],
  ],
  [
    'everybody left: half of the grace, a warning, the end',
    ends,
    [
      [1, { humans: 0 }],
      [2, { humans: 0 }],
      [3, { humans: 0 }],
      [4, { humans: 0 }],
      [5, { humans: 0 }],
    ],
    [[], [], ['warn empty 2'], [], ['end empty']],
  ],
  [
    'somebody comes back, and everybody leaves again',
    ends,
    [
      [1, { humans: 0 }],
      [3, { humans: 0 }],
      [4, { humans: 1 }],
      [6, { humans: 0 }],
      [8, { humans: 0 }],
    ],
    [[], ['warn empty 2'], [], [], ['warn empty 2']],
  ],
  [
    'Discord does not tell who is there',
    ends,
    [
      [1, { humans: 0 }],
      [3, { humans: undefined }],
      [6, { humans: undefined }],
    ],
    [[], [], []],
  ],
  [
    'silence: five minutes before, and at its time',
    ends,
    [
      [24, {}],
      [25, {}],
      [26, {}],
      [30, {}],
    ],
    [[], ['warn silence 5'], [], ['end silence']],
  ],
  [
    'a word in time, and silence again',
    ends,
    [
      [26, {}],
      [27, { lastHeardMs: 27 * MIN }],
      [53, { lastHeardMs: 27 * MIN }],
    ],
    [['warn silence 4'], [], ['warn silence 4']],
  ],
  [
    'what we could not hear is no silence of theirs',
    ends,
    [
      [29, { listening: false }],
      [31, { listening: true }],
      [59, { listening: true }],
    ],
    [[], [], ['end silence']],
  ],
  [
    'the longest recording',
    ends,
    [84, 86, 89, 90].map((at): Moment => [at, { lastHeardMs: at * MIN }]),
    [[], ['warn max-length 4'], [], ['end max-length']],
  ],
  [
    'only warned, once each',
    warns,
    [
      [1, { humans: 0 }],
      [5, { humans: 0 }],
      [31, { humans: 0 }],
      [90, { humans: 0 }],
      [200, { humans: 0 }],
    ],
    [[], ['warn empty'], ['warn silence'], ['warn max-length'], []],
  ],
  [
    'nobody looked for hours: the clock counts, yet emptiness has its grace anew',
    { ...ends, silence: undefined, 'max-length': undefined },
    [
      [500, { humans: 0 }],
      [503, { humans: 0 }],
      [504, { humans: 0 }],
    ],
    [[], ['warn empty 1'], ['end empty']],
  ],
  ['nobody looked while the silence passed', ends, [[40, { lastHeardMs: 2 * MIN }]], [['end silence']]],
  ['two ends at once are one', ends, [[400, { humans: 3 }]], [['end silence']]],
])('%s', (_name, limits, moments, expected) => {
  let watch = NOTHING_SEEN;
  const said = moments.map(([atMin, seen]) => {
    const sight = { elapsedMs: atMin * MIN, lastHeardMs: 0, humans: 2, listening: true, ...seen };
    const judged = judge(limits, sight, watch);
    ({ watch } = judged);
    return told(judged.verdicts);
  });
  expect(said).toEqual(expected);
});

let house: House | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

const enter = async (forgotten: HouseOptions['forgotten']): Promise<House> =>
  (house = await openHouse({ forgotten }));

test('everybody leaves one of two channels: its host is warned, it ends, and the other server records on', async () => {
  const scene = await enter({ empty: { then: 'end', afterMs: 1_000 } });
  const { stage, lobby, host, guest, account, core, catalog, guild, neighbour } = scene;
  const table = neighbour.guild.createChannel({ kind: 'voice', name: 'Table' });
  neighbour.host.joinVoice(table);
  await neighbour.host.runCommand('record start', { channel: table }, neighbour.lobby);
  host.joinVoice(stage, { speaker: true });
  guest.joinVoice(stage);
  await host.runCommand('record start', { channel: stage, title: 'Talk' }, lobby);
  await stage.room().whenConnected(account.userId);
  await host.speak(speech(10));

  host.leaveVoice();
  guest.leaveVoice();
  const warning = await stage.nextMessage(({ content }) => content.startsWith('⚠️'));
  expect(warning.content).toMatch(/^⚠️ <@\d+>: nobody is left here\. The recording ends by itself <t:\d+:R>/);
  expect(warning.content).toContain(`<@${host.id}>`);
  const end = await stage.nextMessage(({ content }) => content.startsWith('⏹️ Nobody was left'));
  expect(end.content).toContain(`<@${host.id}>`);
  await eventually(
    () => catalog.episodes.listFor(guild.id),
    (episodes) => episodes[0]?.state === 'ready',
  );
  expect(core.live()).toMatchObject([{ guildId: neighbour.guild.id, state: 'recording' }]);
});

test('silence while the application was down ends the recording when it is back; people are told why', async () => {
  const scene = await enter({ silence: { then: 'end', afterMs: 1_500 } });
  const { stage, lobby, host, account, core } = scene;
  host.joinVoice(stage, { speaker: true });
  await host.runCommand('record start', { channel: stage, title: 'Talk' }, lobby);
  await stage.room().whenConnected(account.userId);
  await scene.die();
  await eventually(
    () => core.live()[0]!.elapsedUs,
    (elapsedUs) => elapsedUs > 1_500_000,
  );
  await scene.start();
  const end = await stage.nextMessage(({ content }) => content.startsWith('⏹️ Nobody has spoken'));
  expect(end.content).toContain(`<@${host.id}>`);
  expect(end.content).toContain(en.ending.nobodySpoke);
});

test('a long recording is only mentioned, and a stage that closes by itself ends none', async () => {
  const { stage, lobby, host, core, rest } = await enter({ 'max-length': { then: 'warn', afterMs: 500 } });
  host.joinVoice(stage, { speaker: true });
  await rest('POST', '/stage-instances', { channel_id: stage.id, topic: 'Talk' });
  await host.runCommand('record start', { channel: stage, title: 'Talk' }, lobby);
  await rest('DELETE', `/stage-instances/${stage.id}`);
  const warning = await stage.nextMessage(({ content }) => content.startsWith('⚠️'));
  expect(warning.content).toMatch(
    /^⚠️ <@\d+>: the recording has been running for \d s\. If it was forgotten/,
  );
  expect(core.live()).toHaveLength(1);
});
