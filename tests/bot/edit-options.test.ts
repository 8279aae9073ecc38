import { expect, test } from 'vitest';
import { changedEdit, sessionUsAt, type EditOptions } from '../../src/bot/commands/episode/edit-options.ts';
import { UserError } from '../../src/bot/user-error.ts';
import { en } from '../../templates/messages/en.ts';

const SECOND = 1_000_000;
const NOTHING: EditOptions = { reset: false, edit: null, start: null, end: null, cut: null, pauses: null };
const unedited = { edit: null, pieces: [{ sessionUs: 0, masterUs: 0, durationUs: 600 * SECOND }] };
/** After 5 s of an intro the recording from 0:30 on, without 1:30 to 2:00. */
const edited = {
  edit: {
    trim: { startUs: 30 * SECOND, endUs: 300 * SECOND },
    cuts: [{ startUs: 90 * SECOND, endUs: 120 * SECOND }],
  },
  pieces: [
    { sessionUs: 30 * SECOND, masterUs: 5 * SECOND, durationUs: 60 * SECOND },
    { sessionUs: 120 * SECOND, masterUs: 65 * SECOND, durationUs: 180 * SECOND },
  ],
};

test('what is asked for goes on top of what was changed before', () => {
  expect(changedEdit(unedited, { ...NOTHING, start: '0:45' })).toEqual({
    trim: { startUs: 45 * SECOND, endUs: Number.MAX_SAFE_INTEGER },
  });
  expect(changedEdit(edited, { ...NOTHING, end: '3:05', pauses: 1.2 })).toEqual({
    ...edited.edit,
    trim: { startUs: 30 * SECOND, endUs: 240 * SECOND },
    shortenSilencesToMs: 1200,
  });
  expect(changedEdit(edited, { ...NOTHING, cut: '0:10 - 1:10' })).toEqual({
    ...edited.edit,
    cuts: [...edited.edit.cuts, { startUs: 35 * SECOND, endUs: 125 * SECOND }],
  });
});

test('nothing asked for leaves the edit as it is; a reset takes it back, and what is asked with it stands alone', () => {
  expect(changedEdit(edited, NOTHING)).toBeUndefined();
  expect(changedEdit(edited, { ...NOTHING, reset: true })).toBeNull();
  expect(changedEdit(edited, { ...NOTHING, reset: true, pauses: 2 })).toEqual({ shortenSilencesToMs: 2000 });
});

test('a written edit takes the place of the one before', () => {
  const written = { mutes: [{ track: 2, startUs: 0, endUs: SECOND }] };
  expect(changedEdit(edited, { ...NOTHING, edit: JSON.stringify(written) })).toMatchObject(written);
});

test.each([
  [{ start: 'soon' }, en.errors.clockUnclear('soon')],
  [{ cut: '1:30' }, en.errors.cutUnclear('1:30')],
  [{ cut: '1:30-1:40-2:00' }, en.errors.cutUnclear('1:30-1:40-2:00')],
  [{ cut: '1:30-1:10' }, en.errors.rangeBackwards],
  [{ start: '2:00', end: '1:00' }, en.errors.rangeBackwards],
  [{ edit: '{' }, /^That edit cannot be used: .*JSON/],
  [{ edit: '{"loud":true}' }, /^That edit cannot be used: .*loud/s],
])('%j is refused with what to write instead', (options, words) => {
  try {
    changedEdit(edited, { ...NOTHING, ...options });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).wording(en)).toEqual(
      typeof words === 'string' ? words : expect.stringMatching(words),
    );
  }
});

test('moments of the intro and behind the end belong to the ends of the talk', () => {
  expect([0, 5, 65, 400].map((at) => sessionUsAt(edited.pieces, at * SECOND) / SECOND)).toEqual([
    30, 30, 120, 300,
  ]);
  expect(sessionUsAt(null, 7)).toBe(7);
});
