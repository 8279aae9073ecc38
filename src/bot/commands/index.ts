/** Which handler answers what a member typed or pressed. */
import { PUBLISH_BUTTON } from '../panels/episode-panel.ts';
import type { AutocompleteHandler, ButtonHandler, CommandHandler } from './command.ts';
import { episodeChoices, episodePublish, publishButton } from './episode.ts';
import { recordMarker, recordStart, recordStatus, recordStop } from './record.ts';
import { webinarChoices, webinarEnd, webinarSchedule, webinarStart } from './webinar.ts';

/** By what is typed after the slash. */
export const commandHandlers = new Map<string, CommandHandler>([
  ['record start', recordStart],
  ['record stop', recordStop],
  ['record status', recordStatus],
  ['record marker', recordMarker],
  ['webinar schedule', webinarSchedule],
  ['webinar start', webinarStart],
  ['webinar end', webinarEnd],
  ['episode publish', episodePublish],
]);

export const autocompleteHandlers = new Map<string, AutocompleteHandler>([
  ['webinar start', webinarChoices],
  ['episode publish', episodeChoices],
]);

/** By the custom id's beginning; the rest is the record's id. */
export const buttonHandlers = new Map<string, ButtonHandler>([[PUBLISH_BUTTON, publishButton]]);
