/** The deafness watchdog at work in one session: its facts from the connection, its actions into journal and recovery. */
import { z } from 'zod';
import type { Clock } from './clock.ts';
import type { Person, SessionHealth } from './protocol.ts';
import { isSilence } from './ogg/opus-packet.ts';
import type { SessionWriter } from './session/writer.ts';
import type { LegFacts } from './voice/leg.ts';
import type { TappedPacket } from './voice/tap.ts';
import { createUnmappedRuns } from './voice/unmapped-runs.ts';
import type { VoiceLink } from './voice/voice-link.ts';
import { createWatchdog } from './voice/watchdog.ts';
import type { WatchAction } from './voice/watchdog.ts';

export interface HearingOptions {
  clock: Clock;
  writer: Pick<SessionWriter, 'note' | 'gap' | 'elapsedUs'>;
  link: () => VoiceLink;
  onWarning: (code: string, detail: string) => void;
}

export interface Hearing {
  readonly facts: LegFacts;
  /** Bots' silences are no evidence: they may stop without the frames that end a spurt. */
  person(person: Pick<Person, 'userId' | 'bot'>): void;
  /** Packets can come, on a new connection. */
  connected(): void;
  serverDeaf(deaf: boolean): void;
  heard(packet: TappedPacket): void;
  /** A voice state of the guild (gateway payload), whoever's it is. */
  voiceState(payload: unknown): void;
  tick(): void;
  health(): SessionHealth;
  /** The hole that is still open, at the end of the session. */
  close(): void;
}

const LOOK_EVERY_US = 100_000;
const DETAIL = {
  deaf: 'people speak, but nothing arrives',
  undecryptable: 'what arrives cannot be decrypted',
  'server-deaf': 'a moderator deafened the bot: no audio arrives',
};

/** Who cannot be heard, by a voice state; `GatewayVoiceState` of Discord's gateway. */
const voiceState = z.looseObject({
  user_id: z.string(),
  channel_id: z.string().nullable(),
  mute: z.boolean().default(false),
  self_mute: z.boolean().default(false),
  suppress: z.boolean().default(false),
});

export function watchHearing({ clock, writer, link, onWarning }: HearingOptions): Hearing {
  const watchdog = createWatchdog();
  const givenUp = { unmapped: createUnmappedRuns(), overflow: createUnmappedRuns() };
  const bots = new Set<string>();
  let lookedUs = -Infinity;
  let closed = false;

  /** From the injected clock to the session's. */
  const onSessionClock = (atUs: number): number => Math.max(0, writer.elapsedUs() - (clock.nowUs() - atUs));

  function markHole(sinceUs: number): void {
    writer.gap({ startUs: onSessionClock(sinceUs), endUs: writer.elapsedUs(), reason: 'deaf' });
  }

  function follow(action: WatchAction): void {
    switch (action.type) {
      case 'begun':
        writer.note({ type: 'deaf', trouble: action.trouble, sinceUs: onSessionClock(action.sinceUs) });
        return;
      case 'tell':
        writer.note({ type: 'warning', code: action.trouble });
        onWarning(action.trouble, DETAIL[action.trouble]);
        return;
      case 'recover':
        writer.note({
          type: 'recovery',
          trouble: action.trouble,
          step: action.step,
          attempt: action.attempt,
        });
        link().recover(action.step);
        return;
      case 'over': {
        const code = action.heard ? 'hearing' : 'quiet';
        writer.note({ type: 'deaf-over', trouble: action.trouble, code });
        markHole(action.sinceUs);
        if (action.told) onWarning(code, `${DETAIL[action.trouble]}: over`);
      }
    }
  }

  /** Holes of nobody's track. */
  function noteGivenUp(untilUs: number): void {
    for (const reason of ['unmapped', 'overflow'] as const) {
      for (const { ssrc, fromUs, toUs, packets } of givenUp[reason].take(untilUs)) {
        const [startUs, endUs] = [onSessionClock(fromUs), onSessionClock(toUs)];
        writer.note({ type: 'not-heard', ssrc, startUs, endUs, reason, packets });
      }
    }
  }

  return {
    facts: {
      unmapped: (ssrc, arrivalUs) => givenUp.unmapped.add(ssrc, arrivalUs),
      overflow: (ssrc, arrivalUs) => givenUp.overflow.add(ssrc, arrivalUs),
      unopened: (arrivalUs) => watchdog.unopened(arrivalUs),
      speaking(userId, speaks) {
        if (!speaks) watchdog.quiet(userId);
        else if (!bots.has(userId)) watchdog.announced(userId, clock.nowUs());
      },
      rekeyed: (userId) => writer.note({ type: 'recovery', trouble: 'undecryptable', step: 'rekey', userId }),
    },
    person({ userId, bot }) {
      if (bot) bots.add(userId);
    },
    connected: () => watchdog.connected(clock.nowUs()),
    serverDeaf(deaf) {
      watchdog.serverDeaf(deaf, clock.nowUs());
      lookedUs = -Infinity;
    },
    heard({ userId, opus, arrivalUs }) {
      if (opus === null) return;
      watchdog.heard(userId, isSilence(opus), arrivalUs);
      if (bots.has(userId)) watchdog.quiet(userId);
    },
    voiceState(payload) {
      const state = voiceState.safeParse(payload).data;
      if (state === undefined) return;
      const isMute = state.mute || state.self_mute || state.suppress;
      if (isMute || state.channel_id !== link().channelId()) watchdog.quiet(state.user_id);
    },
    tick() {
      if (closed) return;
      const atUs = clock.nowUs();
      if (atUs - lookedUs < LOOK_EVERY_US) return;
      lookedUs = atUs;
      noteGivenUp(atUs);
      const counts = link().counts();
      // Of the voice server: neither our keepalives' echoes, nor RTCP, nor what anybody else sends to our port.
      const strays = counts.short + counts.version + counts['payload-type'] + counts.forged;
      const sight = {
        nowUs: atUs,
        received: counts.received - strays,
        connected: link().receiving(),
        canRejoin: link().canRejoin(),
      };
      for (const action of watchdog.look(sight)) follow(action);
    },
    health: () => watchdog.trouble()?.trouble ?? 'good',
    close() {
      noteGivenUp(Infinity);
      const trouble = watchdog.trouble();
      if (trouble !== undefined && !closed) markHole(trouble.sinceUs);
      closed = true;
    },
  };
}
