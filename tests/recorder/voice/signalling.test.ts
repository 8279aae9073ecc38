import { expect, test } from 'vitest';
import * as signalling from '../../../recorder/voice/signalling.ts';
import type { Signalling, VoiceState } from '../../../recorder/voice/signalling.ts';

const state = (
  session: string,
  channel: string | null = 'c1',
  more: Partial<VoiceState> = {},
): VoiceState => ({
  user_id: 'bot',
  channel_id: channel,
  session_id: session,
  ...more,
});
const server = (token: string, endpoint: string | null = 'voice:443') => ({ guild_id: 'g', token, endpoint });

type Step =
  | { state: VoiceState }
  | { server: ReturnType<typeof server> }
  | { waitMs: number }
  | 'op4'
  | 'new-gateway-session';

/** Plays the steps and gives what went to the library: `session/channel/token`. */
function play(steps: readonly Step[], from: Signalling = signalling.noSignalling): string[] {
  let now = from;
  const through: string[] = [];
  for (const step of steps) {
    let waitedMs = 0;
    if (step === 'op4') now = signalling.expectAnswer(now);
    else if (step === 'new-gateway-session') now = signalling.expectNewSession(now);
    else if ('state' in step) now = signalling.takeState(now, step.state).after;
    else if ('server' in step) now = signalling.takeServer(now, step.server);
    else waitedMs = step.waitMs;
    const released = signalling.release(now, waitedMs);
    if (released === undefined) continue;
    now = released.after;
    through.push(`${released.state.session_id}/${released.state.channel_id}/${released.server.token}`);
  }
  return through;
}

const joined: Step[] = ['op4', { state: state('s1') }, { server: server('t1') }];

test.each<[string, Step[], string[]]>([
  ['join, state first', joined, ['s1/c1/t1']],
  ['join, server first', ['op4', { server: server('t1') }, { state: state('s1') }], ['s1/c1/t1']],
  ['a server without any state is held for ever', ['op4', { server: server('t1') }, { waitMs: 1_000 }], []],
  [
    'new application, state first',
    [...joined, 'new-gateway-session', 'op4', { state: state('s2') }, { server: server('t2') }],
    ['s1/c1/t1', 's2/c1/t2'],
  ],
  [
    'new application, server first',
    [...joined, 'new-gateway-session', 'op4', { server: server('t2') }, { state: state('s2') }],
    ['s1/c1/t1', 's2/c1/t2'],
  ],
  [
    'new application, a last state of the old session between',
    [
      ...joined,
      'new-gateway-session',
      'op4',
      { state: state('s1', 'c1', { deaf: true }) },
      { server: server('t2') },
      { state: state('s2') },
    ],
    ['s1/c1/t1', 's2/c1/t2'],
  ],
  [
    'resumed gateway: the session stays, and the server goes through when the wait is over',
    [
      ...joined,
      'new-gateway-session',
      'op4',
      { state: state('s1') },
      { server: server('t2') },
      { waitMs: 1_000 },
    ],
    ['s1/c1/t1', 's1/c1/t2'],
  ],
  [
    'rejoin within one session',
    [...joined, 'op4', { state: state('s1') }, { server: server('t2') }],
    ['s1/c1/t1', 's1/c1/t2'],
  ],
  [
    'region change: no state comes',
    [...joined, { server: server('t2') }, { waitMs: 1_000 }],
    ['s1/c1/t1', 's1/c1/t2'],
  ],
  [
    'region change: not before the wait is over',
    [...joined, { server: server('t2') }, { waitMs: 999 }],
    ['s1/c1/t1'],
  ],
  [
    'a mute is no answer to a server',
    [...joined, { state: state('s1', 'c1', { mute: true }) }, { server: server('t2') }],
    ['s1/c1/t1'],
  ],
  [
    'moved, server first: never with the old channel',
    [...joined, { server: server('t2') }, { state: state('s1', 'c2') }],
    ['s1/c1/t1', 's1/c2/t2'],
  ],
  ['a server without endpoint', [...joined, { server: server('t2', null) }, { waitMs: 1_000 }], ['s1/c1/t1']],
])('%s', (_name, steps, expected) => {
  expect(play(steps)).toEqual(expected);
});

test.each<[string, boolean, VoiceState, string]>([
  ['our session ended', false, state('s1', null), 'removed'],
  ['another session of ours ended', false, state('s0', null), 'stale'],
  ['the old session ended while a new application takes over', true, state('s1', null), 'stale'],
  ['still there', false, state('s1'), 'joined'],
])('%s', (_name, takingOver, last, meaning) => {
  const live: Signalling = { ...signalling.noSignalling, used: state('s1'), latest: state('s1') };
  const now = takingOver ? signalling.expectNewSession(live) : live;
  expect(signalling.takeState(now, last).meaning).toBe(meaning);
});
