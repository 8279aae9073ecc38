/** A show as there might be one: two dozen episodes, the newest with a transcript, and webinars to come. */
import { createHash } from 'node:crypto';
import type { MediaStore } from '../../../../publisher/media/store.ts';
import type { PublishableEpisode, Show, Webinar } from '../../../../src/catalog/index.ts';
import { storeTranscript } from '../../../../src/jobs/store-transcript.ts';
import { cue } from '../../../transcript/support/pieces.ts';
import { guild, show, storedEpisode } from '../../shelf.ts';

export const SAMPLE_SECONDS = 2537;

/** So few samples a second make a long file small; browsers play down to 3,000. */
const RATE_HZ = 3000;

/** Silence that every browser plays: 8 bit, mono (RIFF WAVE). */
export function silence(seconds: number): Buffer {
  const samples = RATE_HZ * seconds;
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE_HZ, 24);
  header.writeUInt32LE(RATE_HZ, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples, 40);
  return Buffer.concat([header, Buffer.alloc(samples, 0x80)]);
}

const DAY_MS = 24 * 60 * 60 * 1000;

export const sampleShow: Show = {
  ...show,
  title: 'The Wednesday Stage',
  slug: 'wednesday-stage',
  description:
    'Four people, one stage, no slides. Every Wednesday evening somebody who has built a thing talks with ' +
    'three who wish they had, in front of an audience that asks back.',
};

const TITLES: [string, string][] = [
  ['The lighthouse keeper’s database', 'What a keeper’s log of 1911 has to say about write-ahead logging.'],
  [
    'Nobody reads the error message',
    'Three thousand support tickets, sorted by what would have spared them.',
  ],
  ['A map of everything that is late', 'Trains, tides and software: why delays travel, and what stops them.'],
  ['How to leave a project', 'Handing over without handing down: notes from five goodbyes.'],
  [
    'The quietest room in Ghent',
    'An acoustician brings us to a room in which one hears one’s own eyes move.',
  ],
  ['Letters to a queue', 'On waiting, fairness, and the man who measured every post office in Flanders.'],
  [
    'What the typesetter knew',
    'Forty years of lead, then forty of PostScript, told by somebody who did both.',
  ],
  ['Small boats', 'Six people run a ferry company; one of them wrote its software on the crossing.'],
];

const NOTES = `Marit Vandevelde kept the log of the last staffed lighthouse on the coast for eleven years. She brought it along.

We read a night of it aloud, find four transactions that were never committed, and end with the audience mending one by hand.

The log: https://example.org/lighthouse/1911
Slides there are none, as ever.`;

const CHAPTERS: [number, string][] = [
  [0, 'Good evening'],
  [94, 'Eleven years of nights'],
  [402, 'Reading the fourteenth of March'],
  [811, 'What was never committed'],
  [1290, 'Ink before lamp: writing ahead'],
  [1744, 'Questions from the house'],
  [2350, 'The log is closed'],
];

const LINES: [string, string][] = [
  ['Ada', 'Good evening, and welcome to the Wednesday Stage.'],
  ['Ada', 'There are four of us up here, and some two hundred of you down there.'],
  ['Marit', 'I have brought the log. It is heavier than it looks, and it smells of paraffin.'],
  ['Tobias', 'May we touch it?'],
  ['Marit', 'You may turn the pages, if you do it as slowly as I did.'],
  ['Ada', 'Read us the entry for the fourteenth of March, would you.'],
  [
    'Marit',
    'Wind south-west, eight. Lamp lit at 17:52. At 21:10 the lamp failed, and was lit again at 21:14.',
  ],
  ['Marit', 'Then, in another ink: at 21:12 a steamer passed, seen by its lights alone.'],
  ['Yusuf', 'So the second line was written after the fourth.'],
  ['Marit', 'It was written when there was light to write by. But it says when it happened.'],
  ['Yusuf', 'That is a write-ahead log with the ink drying in the wrong order.'],
  ['Tobias', 'Which is the kind that survives the night, as it turns out.'],
];

/** The conversation goes round until the time is over; `seconds` of it make the transcript longer or shorter. */
export function sampleTalk(seconds = SAMPLE_SECONDS) {
  const cues = [];
  for (let [at, index] = [1, 0]; at + 6 < seconds; at += 7, index += 1) {
    const [speaker, words] = LINES[index % LINES.length]!;
    cues.push(cue(speaker, at, at + 6, words));
  }
  return cues;
}

export interface SampleOptions {
  media: MediaStore;
  episodes?: number;
  /** Of the newest. */
  slug?: string;
  /** How long the transcript of the newest is; 0 for none. */
  transcriptSeconds?: number;
  nowMs: number;
}

/** Stores what the rows of the catalog name, and answers the rows. */
export async function sampleRows({ media, nowMs, ...options }: SampleOptions) {
  const { episodes: count = 24, transcriptSeconds = SAMPLE_SECONDS } = options;
  const body = silence(SAMPLE_SECONDS);
  const key = 'media/silence.wav';
  await media.put(key, { body }, { contentType: 'audio/wav' });
  const file = {
    media_key: key,
    bytes: body.length,
    mime_type: 'audio/wav',
    sha256: createHash('sha256').update(body).digest('hex'),
  };
  const blank = await storedEpisode(media, 1);
  const [mp3] = blank.renditions;
  const episodes: PublishableEpisode[] = [];
  for (let index = 0; index < count; index += 1) {
    const [title, notes] = TITLES[index % TITLES.length]!;
    const id = `e1500000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    const duration_us = (SAMPLE_SECONDS - ((index * 137) % 900)) * 1e6;
    episodes.push({
      ...blank,
      id,
      guid: id,
      slug: index === 0 && options.slug !== undefined ? options.slug : `episode-${count - index}`,
      title: index < TITLES.length ? title : `${title}, part ${Math.floor(index / TITLES.length) + 1}`,
      notes: index === 0 ? NOTES : notes,
      season: null,
      number: count - index,
      chapters: index === 0 ? CHAPTERS.map(([at, title]) => ({ startUs: at * 1e6, title })) : [],
      published_at: new Date(nowMs - (2 + 7 * index) * DAY_MS),
      duration_us,
      renditions: [{ ...mp3!, ...file, duration_us: index === 0 ? SAMPLE_SECONDS * 1e6 : duration_us }],
    });
  }
  const [newest] = episodes;
  const files =
    newest === undefined || transcriptSeconds === 0
      ? undefined
      : await storeTranscript(media, newest, sampleTalk(transcriptSeconds));
  if (newest !== undefined && files !== undefined)
    newest.transcript = {
      ...{ episode_id: newest.id, state: 'ready', language: 'en', cues: 1, updated_at: new Date(nowMs) },
      ...{ note: null, vtt_key: files.vttKey, srt_key: files.srtKey, json_key: files.jsonKey },
    };
  return { guilds: [guild], shows: [sampleShow], episodes, sessions: [], webinars: sampleWebinars(nowMs) };
}

export function sampleWebinars(nowMs: number): Webinar[] {
  const at = (days: number) =>
    new Date(Math.floor(nowMs / DAY_MS) * DAY_MS + days * DAY_MS + 18.5 * 60 * 60 * 1000);
  const plan: [string, string, number][] = [
    ['The archive under the stage', 'Two archivists, one flood, and what was dry.', 5],
    ['Who tests the tests', 'A round of confessions. Bring your own, or listen.', 12],
    ['Machines that say no', 'Vending machines, visas, version checks: refusals and their manners.', 26],
  ];
  return plan.map(([title, description, days], index) => ({
    id: `3eb10000-0000-4000-8000-00000000000${index}`,
    guild_id: guild.id,
    show_id: sampleShow.id,
    channel_id: '77',
    scheduled_event_id: `91${index}`,
    host_user_id: '5',
    title,
    description,
    starts_at: at(days),
    duration_minutes: index === 1 ? 90 : 60,
    state: 'scheduled',
    created_at: new Date(nowMs - DAY_MS),
  }));
}
