/** What goes wrong for a reason that a member can do something about. */
import { DiscordAPIError, RateLimitError, RESTJSONErrorCodes } from 'discord.js';
import type { Texts } from '../../templates/messages/index.ts';
import { NotInCatalogError, type Standing, StateError } from '../catalog/index.ts';
import { plain } from './plain-text.ts';
import { RecorderRefusal } from './recorder-link.ts';

type Wording = (texts: Texts) => string;

/** Shown to the member in their language; nothing is logged. */
export class UserError extends Error {
  override name = 'UserError';
  readonly wording: Wording;
  constructor(wording: Wording, options?: ErrorOptions) {
    super('a request was refused with an explanation', options);
    this.wording = wording;
  }
}

/** Docs, Opcodes and Status Codes, "JSON Error Codes": what a member can understand and mend. */
const DISCORD_REFUSALS = new Map<number | string, Wording>([
  [RESTJSONErrorCodes.UnknownChannel, (texts) => texts.errors.gone],
  [RESTJSONErrorCodes.UnknownMessage, (texts) => texts.errors.gone],
  [RESTJSONErrorCodes.UnknownMember, (texts) => texts.errors.gone],
  [RESTJSONErrorCodes.UnknownGuildScheduledEvent, (texts) => texts.errors.gone],
  [RESTJSONErrorCodes.UnknownStageInstance, (texts) => texts.errors.gone],
  [RESTJSONErrorCodes.MissingAccess, (texts) => texts.errors.noAccess],
  [RESTJSONErrorCodes.MissingPermissions, (texts) => texts.errors.denied],
  [
    RESTJSONErrorCodes.MaximumNumberOfUncompletedGuildScheduledEventsReached,
    (texts) => texts.errors.tooManyEvents,
  ],
]);

const RECORDER_REFUSALS: Partial<Record<RecorderRefusal['code'], Wording>> = {
  'already-recording': (texts) => texts.errors.alreadyRecordingSomewhere,
  checking: (texts) => texts.errors.checking,
  'disk-full': (texts) => texts.errors.diskFull,
  'unknown-session': (texts) => texts.errors.notRecording,
  stopping: (texts) => texts.errors.recorderBusy,
  silent: (texts) => texts.errors.recorderSilent,
};

/** Where it stands, which is why something else cannot be done with it now. */
function standingWording(standing: Standing): Wording {
  switch (standing.noun) {
    case 'webinar':
      return ({ errors }) => errors.webinarState[standing.state](plain(standing.title));
    case 'episode': {
      const { state, title, failure } = standing;
      return ({ errors }) =>
        errors.episodeState[state](plain(title), failure === null ? null : plain(failure, MOST_OF_A_FAILURE));
    }
    case 'imported episode':
      return ({ errors }) => errors.imported(plain(standing.title));
    case 'export':
      return ({ errors }) => errors.exportState[standing.state];
  }
}

/** A message takes 2,000 characters (docs, Create Message). */
const MOST_OF_A_FAILURE = 1_000;

/** The explanation for a member, or undefined when the fault is ours. */
export function wordingFor(error: unknown): Wording | undefined {
  if (error instanceof UserError) return error.wording;
  if (error instanceof StateError) return standingWording(error.standing);
  if (error instanceof NotInCatalogError) return ({ errors }) => errors.notHere(errors.nouns[error.noun]);
  if (error instanceof RecorderRefusal) return RECORDER_REFUSALS[error.code];
  if (error instanceof RateLimitError) return (texts) => texts.errors.tooFast;
  if (error instanceof DiscordAPIError)
    return (
      DISCORD_REFUSALS.get(error.code) ?? (error.status === 403 ? (texts) => texts.errors.denied : undefined)
    );
  return undefined;
}

/** Whether Discord refused with one of these codes. */
export const isDiscordCode = (error: unknown, ...codes: number[]): boolean =>
  error instanceof DiscordAPIError && codes.includes(Number(error.code));
