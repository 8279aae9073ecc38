/** What a person types or sets wrong: named, with its remedy, and an exit code that says that a restart will not help. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder, STACK, stagecast } from './support/command-line.ts';
import { freePort } from './support/ports.ts';

const DISCORD_TOKEN = 'aaa.bbb.ccc';

interface Mistake {
  words: string[];
  env?: Record<string, string>;
  /** All of these are said. */
  says: RegExp[];
  exitCode?: number;
}

test.concurrent.for<[string, Mistake]>([
  [
    'two bad settings, both named at once',
    {
      words: ['all'],
      env: { HTTP_PORT: 'eighty', LOG_LEVEL: 'loud' },
      says: [
        /HTTP_PORT must be a whole number from 1 to 65535/,
        /LOG_LEVEL must be one of trace, /,
        /\.env\.example/,
      ],
    },
  ],
  ['no token', { words: [], says: [/DISCORD_TOKEN is not set/, /README\.md/, /npm run demo/] }],
  [
    'something that is no token',
    { words: ['all'], env: { DISCORD_TOKEN: 'secret' }, says: [/DISCORD_TOKEN must be the bot token/] },
  ],
  [
    'the bot alone without a database',
    { words: ['bot'], env: { DISCORD_TOKEN }, says: [/DATABASE_URL is not set/, /npm start/] },
  ],
  [
    'the worker alone without a database',
    { words: ['worker'], says: [/DATABASE_URL is not set/, /npm start/] },
  ],
  [
    'the web server alone without a database',
    { words: ['api'], says: [/DATABASE_URL is not set/, /npm start/] },
  ],
  [
    'an address that is no database',
    { words: ['api'], env: { DATABASE_URL: 'mysql://x' }, says: [/DATABASE_URL must be like postgresql:/] },
  ],
  [
    'a database that is not there, which may come back',
    {
      words: ['api'],
      env: { DATABASE_URL: 'postgresql://stagecast:s3cret@127.0.0.1:1/stagecast' },
      says: [/database at 127\.0\.0\.1:1\/stagecast cannot be used/, /Check DATABASE_URL/],
      exitCode: 1,
    },
  ],
  [
    'a certificate that is not there',
    {
      words: ['all'],
      env: { DISCORD_TOKEN, DISCORD_CA_FILE: '/nowhere/ca.pem' },
      says: [/DISCORD_CA_FILE is no certificate/, /nowhere/, /leave it unset/],
    },
  ],
  [
    'a file that is no certificate',
    {
      words: ['all'],
      env: { DISCORD_TOKEN, DISCORD_CA_FILE: import.meta.filename },
      says: [/DISCORD_CA_FILE is no certificate/],
    },
  ],
  [
    'a data folder inside a file',
    {
      words: ['all'],
      env: { DISCORD_TOKEN, DATA_FOLDER: path.join(import.meta.filename, 'data') },
      says: [/DATA_FOLDER cannot be used/, /Set it to a folder that this user may write/],
    },
  ],
  [
    'no token to register commands with',
    { words: ['register-commands'], says: [/DISCORD_TOKEN is not set/] },
  ],
  [
    'a Discord that cannot be reached',
    {
      words: ['register-commands'],
      env: { DISCORD_TOKEN, DISCORD_API_URL: 'http://127.0.0.1:1/api' },
      says: [/Discord cannot be reached \(.*ECONNREFUSED/, /Check the connection/],
      exitCode: 1,
    },
  ],
  [
    'bad settings for the demo',
    {
      words: ['demo', '--once'],
      env: { HTTP_PORT: '99999', LOG_LEVEL: 'loud' },
      says: [/HTTP_PORT must be a whole number/, /LOG_LEVEL must be one of/],
    },
  ],
  [
    'a document of Discord that is not there',
    {
      words: ['demo', '--once'],
      env: { DISCORD_OPENAPI: '/nowhere/openapi.json' },
      says: [/\/nowhere\/openapi\.json cannot be read as Discord's OpenAPI document/, /leave it unset/],
    },
  ],
  [
    'a channel of no kind',
    { words: ['demo', '--channel', 'boat'], says: [/--channel/, /'boat' is invalid/, /stage, voice/] },
  ],
  [
    'an option misspelt',
    { words: ['demo', '--chanel', 'voice'], says: [/unknown option '--chanel'/, /Did you mean --channel/] },
  ],
  ['a command misspelt', { words: ['docter'], says: [/unknown command 'docter'/, /Did you mean doctor/] }],
  [
    'no command at all',
    { words: ['frobnicate'], says: [/unknown command 'frobnicate'/, /register-commands/] },
  ],
  ['a word too many', { words: ['api', 'please'], says: [/too many arguments for 'api'/, /please/] }],
])('%s', async ([, { words, env, says, exitCode = 2 }]) => {
  // Somebody's own installation may stand on the port that is the default.
  const ending = await stagecast(words, { HTTP_PORT: String(await freePort()), ...env });
  for (const each of says) expect(ending.stderr).toMatch(each);
  expect(ending.stderr).not.toMatch(STACK);
  expect(ending.stderr).not.toContain('s3cret');
  expect(ending.exitCode).toBe(exitCode);
});

test('help is no failure, and names every command that is for people', async () => {
  const { exitCode, stdout } = await stagecast(['--help']);
  expect(exitCode).toBe(0);
  for (const command of ['all', 'bot', 'worker', 'api', 'demo', 'doctor', 'register-commands'])
    expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  expect(stdout).not.toContain('application [');
});

test('a file where the demo keeps its files is named', async () => {
  const folder = await scratchFolder();
  await writeFile(path.join(folder, 'data'), '');
  const { stderr, exitCode } = await stagecast(['demo', '--once'], {}, { cwd: folder });
  expect(stderr).toMatch(
    /The demo keeps its files in .*data\/demo, which cannot be used \(.*\)\. Let this user/,
  );
  expect(stderr).not.toMatch(STACK);
  expect(exitCode).toBe(2);
});

test('a folder where .env should be is named', async () => {
  const folder = await scratchFolder();
  await mkdir(path.join(folder, '.env'));
  const { stderr, exitCode } = await stagecast(['doctor'], {}, { cwd: folder });
  expect(stderr).toMatch(/\.env cannot be read \(.*\)\. It is a text file/);
  expect(stderr).not.toMatch(STACK);
  expect(exitCode).toBe(2);
});

test('settings come from .env, and what is set already wins over it', async () => {
  const folder = await scratchFolder();
  await writeFile(path.join(folder, '.env'), 'HTTP_PORT=eighty\nLOG_LEVEL=loud\n');
  const { stderr } = await stagecast(['all'], { LOG_LEVEL: 'info' }, { cwd: folder });
  expect(stderr).toContain('HTTP_PORT must be');
  expect(stderr).not.toContain('LOG_LEVEL must be');
});
