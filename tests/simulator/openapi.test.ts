/** Requests against Discord's own OpenAPI document; without a copy at hand there is nothing to hold them against. */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openApiCheck, OpenApiDocumentError, startSimulator } from '../../src/simulator/index.ts';
import { scratchFolder } from '../recorder/support/scratch.ts';

const check = openApiCheck();
const NO_COPY = 'no copy of the OpenAPI document at hand (DISCORD_OPENAPI)';

const query = (text: string) => new URLSearchParams(text);
test.for<[string, string, string, unknown, string, string[] | undefined]>([
  ['a good message', 'POST', '/channels/1/messages', { content: 'x' }, '', []],
  [
    'an embed too long',
    'POST',
    '/channels/1/messages',
    { embeds: [{ title: 'y'.repeat(300) }] },
    '',
    ['embeds.0.title'],
  ],
  ['a missing field', 'POST', '/stage-instances', { topic: 'x' }, '', ['channel_id']],
  ['a missing body', 'POST', '/stage-instances', undefined, '', ['']],
  ['an unknown operation', 'POST', '/nothing/1', {}, '', undefined],
  ['a known path by another method', 'DELETE', '/users/@me', undefined, '', undefined],
  ['an id that is none', 'GET', '/channels/general', undefined, '', ['channel_id']],
  ['@me is no id', 'GET', '/users/@me', undefined, '', []],
  ['a limit in range', 'GET', '/channels/1/messages', undefined, 'limit=100', []],
  ['a limit out of range', 'GET', '/channels/1/messages', undefined, 'limit=101', ['limit']],
  ['a limit that is no number', 'GET', '/channels/1/messages', undefined, 'limit=all', ['limit']],
  ['a flag', 'GET', '/guilds/1/scheduled-events', undefined, 'with_user_count=true', []],
  [
    'a flag that is none',
    'GET',
    '/guilds/1/scheduled-events',
    undefined,
    'with_user_count=maybe',
    ['with_user_count'],
  ],
])('%s', ([, method, requestPath, body, queryText, expected], { skip }) => {
  if (check === undefined) skip(NO_COPY);
  const faults = check?.faults({ method, path: requestPath, query: query(queryText), body });
  expect(faults?.map((fault) => fault.path)).toEqual(expected);
});

test('an answer of ours that breaks the document is found', ({ skip }) => {
  if (check === undefined) skip(NO_COPY);
  const request = { method: 'GET', path: '/stage-instances/1', body: undefined };
  const faults = check?.answerFaults(request, 200, { id: '1', topic: 'x' });
  expect(faults?.map((fault) => fault.path)).toContain('guild_id');
});

test('where no document is wanted, nothing is checked', () => {
  expect(openApiCheck(null)).toBeUndefined();
});

test.each([
  ['not there', undefined, /ENOENT/],
  ['no JSON', 'Discord', /JSON/],
  ['of another kind', '{"name":"stagecast"}', /OpenAPI/],
])('a document that was named and is %s is a fault, and nobody goes unchecked', async (_, content, why) => {
  const documentPath = `${scratchFolder()}/openapi.json`;
  if (content !== undefined) writeFileSync(documentPath, content);
  expect(() => openApiCheck(documentPath)).toThrow(OpenApiDocumentError);
  expect(() => openApiCheck(documentPath)).toThrow(why);
  expect(() => openApiCheck(documentPath)).toThrow(/Set DISCORD_OPENAPI to a copy/);
  await expect(startSimulator({ openApiPath: documentPath })).rejects.toThrow(OpenApiDocumentError);
});
