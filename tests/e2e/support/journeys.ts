/**
 * The journeys that a stage and a voice channel share, told in order on one installation: a webinar from its scheduling
 * to the feed, then a recording whose application is killed in mid-sentence.
 */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSession } from '../../../recorder/session/reader.ts';
import { playWebinar, type Performance, type Programme } from '../../../src/demo/play.ts';
import { verifyPublication } from '../../../src/demo/verify-publication.ts';
import { verifyRecording } from '../../../src/demo/verify.ts';
import { applicationPid, eventually, openHouse, voiceOf, type House } from './house.ts';
import { measureAudio, measureServed, readFeed, unzip } from './publication.ts';
import { expectInPlace, holdAgainstTruth } from './truth.ts';

const silent = { say: () => undefined, progress: () => undefined };

export interface Journey {
  readonly house: () => House;
}

export function tellJourneys(channelKind: 'stage' | 'voice', programme: Programme): Journey {
  let house: House;
  let played: Performance;
  let webinarFolder: string;
  let audioUrl: string;

  beforeAll(async () => {
    house = await openHouse(channelKind);
    played = await playWebinar(house.scene, silent, programme);
    webinarFolder = house.sessionFolder((await house.sessionIds())[0]!);
  }, 90_000);
  afterAll(() => house.close());

  test('every packet is kept byte for byte, in its place', async () => {
    expect(await house.sessionIds()).toHaveLength(1);
    const held = await holdAgainstTruth(house.scene, webinarFolder);
    expectInPlace(held);
    const checks = await verifyRecording(house.scene, webinarFolder);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  });

  test('markers are in the recording at their moment', async () => {
    const { markers, durationUs } = await readSession(webinarFolder);
    expect(markers).toMatchObject([{ name: 'Everybody at once', byUserId: house.scene.host.id }]);
    expect(markers[0]!.atUs).toBeGreaterThan(0);
    expect(markers[0]!.atUs).toBeLessThan(durationUs);
  });

  test('the feed is well formed, and a second parser reads it whole', async () => {
    const { enclosure, feed, item } = await readFeed(played.feedUrl, {
      title: programme.title,
      pageUrl: played.pageUrl,
    });
    expect(feed).toMatchObject({
      title: expect.any(String) as string,
      itunesImage: expect.any(String) as string,
    });
    expect(item.duration).toBeGreaterThanOrEqual(Math.floor(programme.endMs / 1000));
    audioUrl = enclosure.url;
    expect(await measureServed(enclosure.url)).toEqual({
      bytes: enclosure.length,
      headBytes: enclosure.length,
      type: enclosure.type,
      beyond: [416, `bytes */${enclosure.length}`],
    });
  });

  test('page, ranges and raw tracks pass the demo’s own checks', async () => {
    const checks = await verifyPublication(played, programme, house.installation.dataFolder);
    // Loudness has a target from 10 s of speech on, which is more than is played here: tests/jobs/workers.test.ts holds it.
    const names = ['feed', 'feed and enclosure', 'M4A', 'chapters', 'episode page', 'raw tracks'];
    const held = checks.filter(({ name }) => names.includes(name));
    expect(held.map(({ name }) => name)).toEqual(names);
    expect(held.filter(({ ok }) => !ok)).toEqual([]);
  });

  test('no true peak of the published audio is above -1 dBTP', async () => {
    expect((await measureAudio(audioUrl)).truePeakDbtp).toBeLessThanOrEqual(-1);
  });

  test('the raw tracks come with people’s names, and are the very files', async () => {
    const entries = await unzip(played.rawTracksUrl);
    const { tracks } = await readSession(webinarFolder);
    expect(tracks).toHaveLength(4);
    for (const { displayName, opusPath } of tracks) {
      const [name, body] = [...entries].find(([file]) => file.includes(displayName)) ?? [];
      expect(name, displayName).toMatch(/\.opus$/);
      expect(body?.equals(await readFile(opusPath)), displayName).toBe(true);
    }
  });

  test('the application is killed in mid-sentence: no packet lost, one session, ended by its host', async () => {
    const { scene, installation } = house;
    const { discord, hall, host, cast, lobby } = scene;
    const before = new Set(await house.sessionIds());
    const started = await host.runCommand('record start', { channel: hall, title: 'Killed and back' }, lobby);
    expect(started.text()).toMatch(/Recording \*\*Killed and back/);
    await hall.room().whenConnected(scene.bot.userId);
    await Promise.all(
      hall
        .room()
        .speakers()
        .map((speaker) => speaker.whenAudible()),
    );
    const sinceUs = discord.clock.nowUs();
    const sentences = [
      cast.get('ines')!.speak(voiceOf('ines-3.opus'), { startUs: sinceUs + 200_000 }),
      cast.get('mei')!.speak(voiceOf('mei-1.opus'), { startUs: sinceUs + 500_000 }),
    ];
    await new Promise((resolve) => void discord.clock.at(sinceUs + 1_500_000, () => resolve(undefined)));
    const killed = (await applicationPid(installation))!;
    process.kill(killed, 'SIGKILL');
    await eventually('another application runs', async () => {
      const pid = await applicationPid(installation);
      return pid === undefined || pid === killed ? undefined : pid;
    });
    // Nobody answers until the bot is back: a person tries again.
    const status = await eventually('/record status works again', () =>
      host.runCommand('record status', {}, lobby).then(
        (answer) => (answer.text().includes('Recording “Killed and back”') ? answer : undefined),
        () => undefined,
      ),
    );
    expect(status.text()).toContain('Inès Moreau');
    const [sessionId, ...others] = (await house.sessionIds()).filter((id) => !before.has(id));
    expect(others).toEqual([]);
    const folder = house.sessionFolder(sessionId!);
    const journal = () => readFile(`${folder}/journal.jsonl`, 'utf8');
    await eventually('the recording is carried by the new application', async () =>
      (await journal()).includes('handed-over') ? true : undefined,
    );
    await Promise.all(
      hall
        .room()
        .speakers()
        .map((speaker) => speaker.whenAudible()),
    );
    sentences.push(cast.get('tobias')!.speak(voiceOf('tobias-2.opus')));
    await Promise.all(sentences);

    const ending = await host.runCommand('record stop', {}, lobby);
    await ending.until(({ content }) => /is mastered|could not/.test(content), 60_000);
    expect(ending.text()).toContain('“Killed and back” is mastered');
    expect((await house.sessionIds()).filter((id) => !before.has(id))).toEqual([sessionId]);
    expectInPlace(await holdAgainstTruth(scene, folder, sinceUs));
  });

  test('Discord had nothing against any request', ({ skip }) => {
    const { requests, checksOpenApi } = house.scene.discord;
    const refused = requests.filter(({ status }) => status >= 400);
    expect(refused.map(({ method, path, status, error }) => ({ method, path, status, error }))).toEqual([]);
    skip(!checksOpenApi, 'Discord’s OpenAPI document is not at hand: set DISCORD_OPENAPI to a copy of it');
    expect(requests.filter(({ checked }) => checked).length).toBeGreaterThan(10);
  });

  return { house: () => house };
}
