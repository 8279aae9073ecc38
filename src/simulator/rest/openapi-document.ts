/** Discord's OpenAPI document as something to ask: which operation is this request, and does a value fit its schema. */
import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { decideUnions, type Schema } from './openapi-unions.ts';

interface Parameter {
  name: string;
  in: 'path' | 'query';
  required?: boolean;
  schema?: Schema;
}
interface Content {
  content?: Record<string, { schema?: Schema }>;
}
interface Operation {
  parameters?: Parameter[];
  requestBody?: Content & { required?: boolean };
  responses?: Record<string, Content>;
}
type PathItem = Record<string, Operation> & { parameters?: Parameter[] };
interface OpenApiDocument {
  openapi: string;
  paths: Record<string, PathItem>;
  components: { schemas: Record<string, Schema> };
}

/** A parameter as the document has it, with its place there and what the path holds for it. */
export interface KnownParameter {
  name: string;
  in: Parameter['in'];
  required: boolean;
  /** `integer`, `boolean`, `array`..., with references followed. */
  type: string | undefined;
  pointer: string[];
  pathValue: string | undefined;
}

export interface KnownOperation {
  operation: Operation;
  /** Where it stands in the document. */
  pointer: string[];
  parameters: KnownParameter[];
}

export interface OpenApiIndex {
  /** @param path - below `/api/v10`, without the query */
  find(method: string, path: string): KnownOperation | undefined;
  /** Errors of `value` against the schema at `pointer`; compiled when first used, for the document holds hundreds. */
  errors(pointer: readonly string[], value: unknown): readonly ErrorObject[];
}

/** Date and time with an offset, as JSON Schema's `date-time` wants it (RFC 3339, section 5.6). */
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;
const DOCUMENT_ID = 'discord-openapi';
const escapePointer = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
const escapePattern = (text: string) => text.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&');
const PLACEHOLDER = /\{([^}]+)\}/g;

export function openDocument(documentPath: string): OpenApiIndex {
  const document = JSON.parse(readFileSync(documentPath, 'utf8')) as OpenApiDocument;
  decideUnions(document, document.components.schemas);
  // Its other formats (int32, snowflake...) say no more than its types and patterns do.
  const ajv = new Ajv2020({ strict: false, allErrors: true, inlineRefs: false, logger: false });
  ajv.addFormat('date-time', (text: string) => RFC_3339.test(text) && !Number.isNaN(Date.parse(text)));
  ajv.addFormat('uri', (text: string) => URL.canParse(text));
  ajv.addSchema({ $id: DOCUMENT_ID, ...document });
  const validators = new Map<string, ValidateFunction>();

  const routes = Object.keys(document.paths)
    .map((template) => ({
      template,
      pattern: new RegExp(`^${escapePattern(template).replaceAll(PLACEHOLDER, '([^/]+)')}$`),
      names: [...template.matchAll(PLACEHOLDER)].map((match) => match[1]!),
    }))
    // Fixed parts win over parameters: /users/@me before /users/{user_id}.
    .sort((a, b) => a.names.length - b.names.length);

  function typeOf(schema: Schema | undefined): string | undefined {
    if (schema?.$ref === undefined) return [schema?.type].flat()[0];
    const parts = schema.$ref.split('/').slice(1);
    return typeOf(
      parts.reduce<unknown>((node, part) => (node as Record<string, unknown>)[part], document) as Schema,
    );
  }

  return {
    find(method, path) {
      const verb = method.toLowerCase();
      for (const { template, pattern, names } of routes) {
        const values = pattern.exec(path)?.slice(1);
        const item = document.paths[template];
        const operation = item?.[verb];
        if (!values || !operation) continue;
        const known = (at: string[], parameters: Parameter[] = []): KnownParameter[] =>
          parameters.map(({ name, in: place, required = false, schema }, index) => ({
            name,
            in: place,
            required,
            type: typeOf(schema),
            pointer: [...at, 'parameters', String(index), 'schema'],
            pathValue: place === 'path' ? values[names.indexOf(name)] : undefined,
          }));
        const pointer = ['paths', template, verb];
        const parameters = [
          ...known(['paths', template], item.parameters),
          ...known(pointer, operation.parameters),
        ];
        return { operation, pointer, parameters };
      }
      return undefined;
    },
    errors(pointer, value) {
      const ref = `${DOCUMENT_ID}#/${pointer.map(escapePointer).join('/')}`;
      const validate = validators.get(ref) ?? ajv.compile({ $ref: ref });
      validators.set(ref, validate);
      return validate(value) ? [] : (validate.errors ?? []);
    },
  };
}
