import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';

test('an empty environment is a working installation on this machine', () => {
  const config = readConfig({});
  expect(config.discord).toEqual({ token: undefined, apiUrl: 'https://discord.com/api', caFile: undefined });
  expect(config.http).toEqual({ host: '0.0.0.0', port: 8080, baseUrl: 'http://localhost:8080' });
  expect(config.sessionsFolder.endsWith('data/sessions')).toBe(true);
});

test('an empty value means unset, as in a copied .env.example', () => {
  expect(readConfig({ DISCORD_TOKEN: '', HTTP_PORT: ' ' }).http.port).toBe(8080);
});

test('the base address loses its trailing slash, because paths are joined to it', () => {
  expect(readConfig({ BASE_URL: 'https://pod.example.org/' }).http.baseUrl).toBe('https://pod.example.org');
});

test.each([
  ['DISCORD_TOKEN', 'hello', 'Developer Portal'],
  ['BASE_URL', 'pod.example.org', 'https://podcasts.example.org'],
  ['BASE_URL', 'ftp://pod.example.org', 'http(s)'],
  ['BASE_URL', 'https://pod.example.org/?a=1', 'without user, query or fragment'],
  ['BASE_URL', 'https://pod.example.org/#top', 'without user, query or fragment'],
  ['BASE_URL', 'https://me:secret@pod.example.org', 'without user, query or fragment'],
  ['HTTP_PORT', '99999', '1 to 65535'],
  ['HTTP_PORT', 'eighty', '1 to 65535'],
  ['DATABASE_URL', 'mysql://x', 'postgresql://'],
  ['WHEN_EMPTY', 'end', 'end:<minutes>, warn:<minutes> or off'],
  ['WHEN_SILENT', 'warn:0', 'end:<minutes>, warn:<minutes> or off'],
  ['RAW_LINK_DAYS', '0', '1 to 365'],
  ['LOG_LEVEL', 'loud', 'debug'],
])('%s=%s is refused with its remedy', (name, value, remedy) => {
  const read = () => readConfig({ [name]: value });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(name);
  expect(read).toThrow(remedy);
});

test('forgotten recordings: only an empty channel ends one by itself, unless the settings say otherwise', () => {
  expect(readConfig({}).forgotten).toEqual({
    empty: { then: 'end', afterMs: 300_000 },
    silence: { then: 'warn', afterMs: 1_800_000 },
    'max-length': { then: 'warn', afterMs: 21_600_000 },
  });
  expect(readConfig({ WHEN_EMPTY: 'off', WHEN_LONG: 'end:90' }).forgotten).toMatchObject({
    empty: undefined,
    'max-length': { then: 'end', afterMs: 5_400_000 },
  });
});

test('all faults are named at once', () => {
  expect(() => readConfig({ HTTP_PORT: 'x', LOG_LEVEL: 'y' })).toThrow(/HTTP_PORT[\s\S]*LOG_LEVEL/);
});
