/** The two documents of a DAWproject 1.0 file (github.com/bitwig/dawproject). Pure. */
import packageJson from '../../../package.json' with { type: 'json' };
import { SAMPLE_RATE_HZ } from '../session-clock.ts';
import { oneLine, type Timeline } from './timeline.ts';

/** Leads from a track's file name to where the project finds it. */
export interface MediaPlace {
  /** Beside the .dawproject file, and not in it. */
  external: boolean;
  folder: string;
}

export const PROJECT_ENTRY = 'project.xml';
export const METADATA_ENTRY = 'metadata.xml';

/** One clip as long as the session on each track: importers go wrong over clips that begin elsewhere. */
export function projectXml({ samples, tracks, markers }: Timeline, { external, folder }: MediaPlace): string {
  const length = (samples / SAMPLE_RATE_HZ).toFixed(9);
  return document(
    element('Project', { version: '1.0' }, [
      element('Application', { name: 'Stagecast', version: packageJson.version }),
      element('Transport', {}, [
        element('Tempo', { id: 'tempo', unit: 'bpm', value: '120' }),
        element('TimeSignature', { id: 'signature', numerator: '4', denominator: '4' }),
      ]),
      element('Structure', {}, [
        ...tracks.map(({ number, name, channels }) =>
          element('Track', { id: `track-${number}`, name, contentType: 'audio', loaded: 'true' }, [
            channel(`channel-${number}`, 'regular', channels, { destination: 'channel-master' }),
          ]),
        ),
        element('Track', { id: 'track-master', name: 'Master', contentType: 'audio', loaded: 'true' }, [
          channel('channel-master', 'master', 2, {}),
        ]),
      ]),
      element('Arrangement', { id: 'arrangement' }, [
        element(
          'Lanes',
          { id: 'lanes', timeUnit: 'seconds' },
          tracks.map(({ number, name, fileName, channels }) =>
            element('Lanes', { id: `lanes-${number}`, track: `track-${number}` }, [
              element('Clips', { id: `clips-${number}` }, [
                element(
                  'Clip',
                  { name, time: '0', duration: length, playStart: '0', contentTimeUnit: 'seconds' },
                  [
                    element(
                      'Audio',
                      {
                        id: `audio-${number}`,
                        sampleRate: String(SAMPLE_RATE_HZ),
                        channels: String(channels),
                        duration: length,
                      },
                      [
                        element('File', {
                          path: `${folder}${fileName}`,
                          ...(external ? { external: 'true' } : {}),
                        }),
                      ],
                    ),
                  ],
                ),
              ]),
            ]),
          ),
        ),
        ...(markers.length === 0
          ? []
          : [
              element(
                'Markers',
                { id: 'markers', timeUnit: 'seconds' },
                markers.map(({ atUs, name }) => element('Marker', { time: (atUs / 1e6).toFixed(9), name })),
              ),
            ]),
      ]),
    ]),
  );
}

export const metadataXml = ({ title, startedAtMs }: Timeline): string =>
  document(
    element('MetaData', {}, [
      element('Title', {}, [escaped(oneLine(title))]),
      element('Year', {}, [String(new Date(startedAtMs).getUTCFullYear())]),
      element('Comment', {}, [`Recorded ${new Date(startedAtMs).toISOString()}`]),
    ]),
  );

const channel = (id: string, role: string, audioChannels: number, more: Record<string, string>) =>
  element('Channel', { id, role, audioChannels: String(audioChannels), ...more }, [
    element('Pan', { id: `${id}-pan`, unit: 'normalized', min: '0', max: '1', value: '0.5' }),
    element('Volume', { id: `${id}-volume`, unit: 'linear', min: '0', max: '2', value: '1' }),
  ]);

const document = (root: string): string => `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;

/** Children are XML already; attributes are plain text. */
function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly string[] = [],
) {
  const words = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(oneLine(value))}"`);
  const open = `<${name}${words.join('')}`;
  return children.length === 0 ? `${open}/>` : `${open}>${children.join('')}</${name}>`;
}

/** XML 1.0, section 2.2: these two are no characters of a document, whatever precedes them. */
const escaped = (text: string): string =>
  text
    .replace(/[\ufffe\uffff]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
