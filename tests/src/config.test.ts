import { expect, test } from 'vitest';
import { ConfigError, readConfig, warningsOf } from '../../src/config.ts';

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
  ['TRANSCRIBE_URL', 'whisper', 'https://api.openai.com/v1'],
  ['TRANSCRIBE_URL', 'http://api.example.org/v1', 'must begin with https://'],
  ['TRANSCRIBE_URL', 'http://8.8.8.8/v1', 'must begin with https://'],
  ['TRANSCRIBE_URL', 'http://[2001:db8::1]/v1', 'must begin with https://'],
  ['TRANSCRIBE_URL', 'http://127.0.0.1.example.org/v1', 'must begin with https://'],
  ['TRANSCRIBE_KEY', 'two words', 'one word'],
  ['TRANSCRIBE_LANGUAGE', 'English', 'ISO 639'],
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

test('transcription is off until an address is set, and then has a model', () => {
  expect(readConfig({ TRANSCRIBE_KEY: 'k' }).transcription).toBeUndefined();
  const config = readConfig({ TRANSCRIBE_URL: 'https://api.openai.com/v1/', TRANSCRIBE_KEY: 'sk-1' });
  expect(config.transcription).toEqual({
    url: 'https://api.openai.com/v1',
    key: 'sk-1',
    model: 'whisper-1',
    language: undefined,
  });
  expect(warningsOf(config)).toEqual([]);
});

test.each(['localhost:9000', '127.0.0.1', '[::1]:80'])('http://%s never leaves the machine', (host) => {
  expect(warningsOf(readConfig({ TRANSCRIBE_URL: `http://${host}/v1` }))).toEqual([]);
});

test.each(['10.1.2.3', '172.20.0.4', '192.168.1.9', '[fd00::5]', 'whisper', 'box.local', 'stt.internal'])(
  'http://%s is near enough for plain http, with a warning that does not tell the key',
  (host) => {
    const config = readConfig({ TRANSCRIBE_URL: `http://${host}/v1`, TRANSCRIBE_KEY: 'sk-1' });
    expect(warningsOf(config)).toEqual([expect.stringMatching(/^TRANSCRIBE_URL .* in the clear/)]);
    expect(warningsOf(config).join()).not.toContain('sk-1');
  },
);

test('all faults are named at once', () => {
  expect(() => readConfig({ HTTP_PORT: 'x', LOG_LEVEL: 'y' })).toThrow(/HTTP_PORT[\s\S]*LOG_LEVEL/);
});
