/** Which handler answers what a member typed or pressed. */
import type { Button, Command, Completion, Form, FormButton } from './commands/command.ts';
import {
  episodeChoices,
  publishableChoices,
  publishedChoices,
  remasterableChoices,
} from './commands/episode/choices.ts';
import { episodeEdit, NOTES, notesButton, notesForm } from './commands/episode/edit.ts';
import { episodeList } from './commands/episode/list.ts';
import { episodePublish, publishButton } from './commands/episode/publish.ts';
import { episodeRemaster } from './commands/episode/remaster.ts';
import { episodeSchedule } from './commands/episode/schedule.ts';
import { episodeStats, statsChoices } from './commands/episode/stats.ts';
import { rawTracksButton } from './commands/episode/raw-tracks.ts';
import { tracksButton } from './commands/episode/tracks.ts';
import { retryButton } from './commands/episode/retry.ts';
import { episodeWithdraw, WITHDRAW_BUTTON, withdrawButton } from './commands/episode/withdraw.ts';
import { aboutButton } from './commands/record/about.ts';
import { privacyOptIn, privacyOptOut, privacyStatus } from './commands/privacy/choice.ts';
import { FORGET_BUTTON, forgetButton, privacyForgetMe } from './commands/privacy/forget-me.ts';
import { recordCheck } from './commands/record/check.ts';
import { recordMarker } from './commands/record/marker.ts';
import { recordStart } from './commands/record/start.ts';
import { recordStatus } from './commands/record/status.ts';
import { recordStop } from './commands/record/stop.ts';
import { recordTracks } from './commands/record/tracks.ts';
import { showArt } from './commands/show/art.ts';
import { DESCRIPTION } from './commands/show/card.ts';
import {
  descriptionButton,
  descriptionForm,
  showCreate,
  showEdit,
  showEditChoices,
} from './commands/show/edit.ts';
import { showFeed } from './commands/show/feed.ts';
import { showList } from './commands/show/list.ts';
import { showMembers } from './commands/show/members.ts';
import { showSounds } from './commands/show/sounds.ts';
import { showChoices } from './commands/show/which.ts';
import {
  membersShowChoices,
  RESET_LINK_BUTTON,
  resetLinkButton,
  subscribe,
} from './commands/subscribe/subscribe.ts';
import { webinarChoices } from './commands/webinar/choices.ts';
import { webinarEnd } from './commands/webinar/end.ts';
import { webinarSchedule } from './commands/webinar/schedule.ts';
import { webinarStart } from './commands/webinar/start.ts';
import { PUBLISH_BUTTON, RAW_TRACKS_BUTTON, RETRY_BUTTON, TRACKS_BUTTON } from './panels/episode-panel.ts';
import { ABOUT_BUTTON } from './recording/notice.ts';

/** By what is typed after the slash. */
export const commands: ReadonlyMap<string, Command> = new Map([
  ['record start', recordStart],
  ['record stop', recordStop],
  ['record status', recordStatus],
  ['record marker', recordMarker],
  ['record check', recordCheck],
  ['record tracks', recordTracks],
  ['webinar schedule', webinarSchedule],
  ['webinar start', webinarStart],
  ['webinar end', webinarEnd],
  ['episode publish', episodePublish],
  ['episode schedule', episodeSchedule],
  ['episode withdraw', episodeWithdraw],
  ['episode edit', episodeEdit],
  ['episode remaster', episodeRemaster],
  ['episode list', episodeList],
  ['episode stats', episodeStats],
  ['show sounds', showSounds],
  ['show art', showArt],
  ['show create', showCreate],
  ['show edit', showEdit],
  ['show list', showList],
  ['show feed', showFeed],
  ['show members', showMembers],
  ['subscribe', subscribe],
  ['privacy status', privacyStatus],
  ['privacy opt-out', privacyOptOut],
  ['privacy opt-in', privacyOptIn],
  ['privacy forget-me', privacyForgetMe],
]);

export const completions: ReadonlyMap<string, Completion> = new Map([
  ['webinar start', webinarChoices],
  ['episode publish', publishableChoices],
  ['episode schedule', publishableChoices],
  ['episode withdraw', publishedChoices],
  ['episode edit', episodeChoices],
  ['episode remaster', remasterableChoices],
  ['episode stats', statsChoices],
  ['show sounds', showChoices],
  ['show art', showChoices],
  ['show edit', showEditChoices],
  ['show feed', showChoices],
  ['show members', showChoices],
  ['subscribe', membersShowChoices],
]);

/** By the custom id's beginning; the rest is the record's id. */
const buttons: ReadonlyMap<string, Button | FormButton> = new Map<string, Button | FormButton>([
  [PUBLISH_BUTTON, publishButton],
  [RETRY_BUTTON, retryButton],
  [RAW_TRACKS_BUTTON, rawTracksButton],
  [TRACKS_BUTTON, tracksButton],
  [ABOUT_BUTTON, aboutButton],
  [FORGET_BUTTON, forgetButton],
  [RESET_LINK_BUTTON, resetLinkButton],
  [WITHDRAW_BUTTON, withdrawButton],
  [NOTES, notesButton],
  [DESCRIPTION, descriptionButton],
]);

/** By the custom id's beginning, like buttons. */
const forms: ReadonlyMap<string, Form> = new Map([
  [NOTES, notesForm],
  [DESCRIPTION, descriptionForm],
]);

function startingLike<T>(all: ReadonlyMap<string, T>, customId: string): [T, string] | undefined {
  for (const [prefix, one] of all)
    if (customId.startsWith(prefix)) return [one, customId.slice(prefix.length)];
  return undefined;
}

export function buttonFor(customId: string): { button: Button | FormButton; recordId: string } | undefined {
  const found = startingLike(buttons, customId);
  return found && { button: found[0], recordId: found[1] };
}

export function formFor(customId: string): { form: Form; recordId: string } | undefined {
  const found = startingLike(forms, customId);
  return found && { form: found[0], recordId: found[1] };
}
