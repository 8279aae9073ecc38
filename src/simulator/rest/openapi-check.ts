/** Holds requests, and our own answers, against Discord's OpenAPI document when a copy is at hand. */
import type { ErrorObject } from 'ajv/dist/2020.js';
import type { FormFault } from './errors.ts';
import { openDocument, type KnownParameter } from './openapi-document.ts';

export interface CheckedRequest {
  method: string;
  /** Below `/api/v10`, without the query. */
  path: string;
  query?: URLSearchParams;
  body: unknown;
}

export interface OpenApiCheck {
  /** Faults of parameters and JSON body; undefined when the document does not know the operation. */
  faults(request: CheckedRequest): FormFault[] | undefined;
  /** Compiles what the next such request is held against, so that its own time is not spent on it. */
  prepare(method: string, path: string): void;
  /** Faults of an answer that we give; undefined when the document does not know the operation or the status. */
  answerFaults(request: CheckedRequest, status: number, answer: unknown): FormFault[] | undefined;
}

/** Discord's own codes for the commonest faults; anything else keeps the validator's keyword. */
const CODES: Record<string, string> = {
  required: 'BASE_TYPE_REQUIRED',
  maxLength: 'BASE_TYPE_MAX_LENGTH',
  minLength: 'BASE_TYPE_MIN_LENGTH',
  maxItems: 'BASE_TYPE_MAX_LENGTH',
  maximum: 'NUMBER_TYPE_MAX',
  minimum: 'NUMBER_TYPE_MIN',
  enum: 'BASE_TYPE_CHOICES',
  const: 'BASE_TYPE_CHOICES',
  type: 'BASE_TYPE_BAD_TYPE',
};

function toFault({ instancePath, keyword, message, params }: ErrorObject): FormFault {
  const missing = keyword === 'required' ? `.${(params as { missingProperty: string }).missingProperty}` : '';
  const path = `${instancePath.slice(1).replaceAll('/', '.')}${missing}`.replace(/^\./, '');
  return { path, code: CODES[keyword] ?? keyword.toUpperCase(), message: message ?? keyword };
}

/** These only say that something below them is wrong. */
const COMPOUND = new Set(['if', 'oneOf', 'anyOf', 'allOf']);

/**
 * Every fault once. Where a union could not be decided all its branches complain: then the deepest faults alone, since the
 * branch that got furthest into the body is the one that was meant.
 */
function toFaults(errors: readonly ErrorObject[]): FormFault[] {
  const depth = ({ instancePath }: ErrorObject) => instancePath.split('/').length;
  const telling = errors.filter(({ keyword }) => !COMPOUND.has(keyword));
  const deepest = Math.max(...telling.map(depth));
  const isUndecided = errors.some(({ keyword }) => keyword === 'oneOf' || keyword === 'anyOf');
  const seen = new Set<string>();
  const precise = isUndecided ? telling.filter((error) => depth(error) === deepest) : telling;
  return (precise.length > 0 ? precise : errors)
    .map(toFault)
    .filter(({ path, code }) => !seen.has(`${path} ${code}`) && seen.add(`${path} ${code}`));
}

/**
 * The document calls `default_member_permissions` an integer; Discord's prose (Application Commands, "Create Global
 * Application Command") says a string of the bit set, which is what it takes and what discord.js sends.
 */
const asTheProseSays = (key: string, value: unknown): unknown =>
  key === 'default_member_permissions' && typeof value === 'string' && /^\d+$/.test(value)
    ? Number(value)
    : value;

const REQUEST_SCHEMA = ['requestBody', 'content', 'application/json', 'schema'];

/** A text of the URL as the value that the schema speaks of; what does not read as one is left for it to refuse. */
function fromUrl(type: string | undefined, texts: readonly string[]): unknown {
  if (type === 'array') return texts;
  const [text] = texts;
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text ?? '')) return Number(text);
  if (type === 'boolean' && /^(true|false)$/i.test(text ?? '')) return text?.toLowerCase() === 'true';
  return text;
}

/** Reads the document. Throws when it cannot be read, or is none. */
export function createOpenApiCheck(documentPath: string): OpenApiCheck {
  const document = openDocument(documentPath);

  function parameterFaults(parameter: KnownParameter, query: URLSearchParams): FormFault[] {
    const { name, type, pointer, pathValue, required } = parameter;
    const texts = pathValue === undefined ? query.getAll(name) : [pathValue];
    if (texts.length === 0)
      return required ? [{ path: name, code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }] : [];
    return toFaults(document.errors(pointer, fromUrl(type, texts)))
      .slice(0, 1)
      .map(({ code, message }) =>
        code === 'PATTERN'
          ? {
              path: name,
              code: 'NUMBER_TYPE_COERCE',
              message: `Value "${texts[0] ?? ''}" is not snowflake.`,
            }
          : { path: name, code, message },
      );
  }

  return {
    faults({ method, path, query = new URLSearchParams(), body }) {
      const found = document.find(method, path);
      if (found === undefined) return undefined;
      const { operation, pointer, parameters } = found;
      const faults = parameters.flatMap((parameter) => parameterFaults(parameter, query));
      if (faults.length > 0) return faults;
      if (body === undefined)
        return operation.requestBody?.required
          ? [{ path: '', code: 'BASE_TYPE_REQUIRED', message: 'a body is required' }]
          : [];
      if (operation.requestBody?.content?.['application/json']?.schema === undefined) return [];
      const checked: unknown = JSON.parse(JSON.stringify(body), asTheProseSays);
      return toFaults(document.errors([...pointer, ...REQUEST_SCHEMA], checked));
    },
    prepare(method, path) {
      const found = document.find(method, path);
      if (found) document.errors([...found.pointer, ...REQUEST_SCHEMA], undefined);
    },
    answerFaults({ method, path }, status, answer) {
      const found = document.find(method, path);
      const response = found?.operation.responses?.[String(status)];
      if (found === undefined || response === undefined) return undefined;
      if (response.content?.['application/json']?.schema === undefined)
        return answer === undefined
          ? []
          : [{ path: '', code: 'NO_CONTENT', message: 'the document knows no body' }];
      const schema = [...found.pointer, 'responses', String(status), 'content', 'application/json', 'schema'];
      return toFaults(document.errors(schema, answer));
    },
  };
}
