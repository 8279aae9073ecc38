/**
 * Holds the table "who may import whom" of ARCHITECTURE.md. A room is the longest folder (or file) prefix below that
 * matches a path; a file may always import from its own room, and from what its room's row names.
 */
import path from 'node:path';

const root = path.dirname(import.meta.dirname);

const readers = ['recorder/ogg/reader.ts', 'recorder/session/reader.ts'];
/** How producers' files are named and described, and how well they fit: the same in the studio as in an export. */
const producers = ['file-names', 'audacity', 'opus-placement'].map(
  (name) => `src/mastering/exports/${name}.ts`,
);
const publishing = ['publisher/feed', 'publisher/media', 'publisher/site'];

/** Room -> prefixes it may import besides its own. `*` is anything. */
const mayImport = {
  recorder: [],
  'src/catalog': ['recorder/folder-lock.ts'],
  'src/mastering': [
    ...readers,
    ...['recorder/ogg/page.ts', 'recorder/ogg/opus-headers.ts', 'templates/presets', 'package.json'],
  ],
  'src/transcript': [
    ...readers,
    ...['ffmpeg', 'compact-ogg', 'compact-track'].map((name) => `src/mastering/${name}.ts`),
  ],
  'src/jobs': [
    ...['src/catalog', 'src/import', 'src/mastering', 'src/outside', 'src/transcript'],
    ...[...publishing, ...readers],
  ],
  'src/bot': ['src/catalog', 'src/mastering/edits/edit.ts', 'recorder/protocol.ts', 'templates'],
  'src/outside': [],
  'src/import': [
    ...['src/catalog', 'src/outside', 'src/transcript', 'publisher/feed', 'publisher/media'],
    ...['src/mastering/ffmpeg.ts', 'src/jobs/content-id.ts', 'publisher/site'],
  ],
  'src/simulator': [],
  'publisher/media': ['src/catalog'],
  'publisher/feed': ['src/catalog'],
  'publisher/audience': ['src/catalog', 'publisher/media'],
  'publisher/site': ['src/catalog', 'publisher/media', 'publisher/feed', 'templates', ...readers],
  'publisher/members': ['src/catalog', 'publisher', 'templates'],
  'publisher/studio': [
    ...['src/catalog', 'publisher/media', 'publisher/feed', 'templates'],
    ...[
      ...producers,
      'src/mastering/exports/zip.ts',
      'src/mastering/exports/zip-body.ts',
      'src/mastering/peaks-file.ts',
      'publisher/site/words.ts',
      ...readers,
    ],
  ],
  publisher: ['src/catalog', 'publisher', 'templates', ...readers],
  templates: [],
  // The composition root, the command line, the demo, scripts, benches and tests may use everything.
  src: ['*'],
  scripts: ['*'],
  bench: ['*'],
  tests: ['*'],
};

/** Rooms of which others may use only the types. */
const typesOnly = {
  'publisher/audience': ['src/catalog'],
  'publisher/feed': ['src/catalog'],
  'publisher/media': ['src/catalog'],
};

const within = (file, prefix) => file === prefix || file.startsWith(`${prefix}/`);
const roomOf = (file) =>
  Object.keys(mayImport)
    .filter((room) => within(file, room))
    .sort((a, b) => b.length - a.length)[0];

/** @type {import('eslint').Rule.RuleModule} */
export const rooms = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { closed: '{{from}} may not import {{to}} (ARCHITECTURE.md, rooms)' },
  },
  create(context) {
    const from = path.relative(root, context.filename).split(path.sep).join('/');
    const room = roomOf(from);
    if (room === undefined) return {};
    const check = (node) => {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string' || !specifier.startsWith('.')) return;
      const to = path
        .relative(root, path.resolve(path.dirname(context.filename), specifier))
        .split(path.sep)
        .join('/');
      const open = mayImport[room];
      const allowed = open.includes('*') || roomOf(to) === room || open.some((prefix) => within(to, prefix));
      const needsTypes = (typesOnly[room] ?? []).some((prefix) => within(to, prefix));
      if (!allowed || (needsTypes && node.importKind !== 'type' && node.exportKind !== 'type'))
        context.report({ node, messageId: 'closed', data: { from: room, to } });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};
