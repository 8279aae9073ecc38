/**
 * Holds requests against Discord's own OpenAPI document, when a copy is at hand. Operations are compiled when they are
 * first used: the whole document holds hundreds.
 */
import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { FormFault } from './errors.ts';

interface Operation {
  requestBody?: { required?: boolean; content?: Record<string, { schema?: unknown }> };
}
interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
}

export interface OpenApiCheck {
  /** Faults of a JSON body; undefined when the document does not know the operation. */
  faults(method: string, path: string, body: unknown): FormFault[] | undefined;
}

const DOCUMENT_ID = 'discord-openapi';
const escapePointer = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

/** Discord's own codes for the commonest faults; anything else keeps the validator's keyword. */
const CODES: Record<string, string> = {
  required: 'BASE_TYPE_REQUIRED',
  maxLength: 'BASE_TYPE_MAX_LENGTH',
  minLength: 'BASE_TYPE_MIN_LENGTH',
  maxItems: 'BASE_TYPE_MAX_LENGTH',
  enum: 'BASE_TYPE_CHOICES',
  type: 'BASE_TYPE_BAD_TYPE',
};

function toFault({ instancePath, keyword, message, params }: ErrorObject): FormFault {
  const missing = keyword === 'required' ? `.${(params as { missingProperty: string }).missingProperty}` : '';
  const path = `${instancePath.slice(1).replaceAll('/', '.')}${missing}`.replace(/^\./, '');
  return { path, code: CODES[keyword] ?? keyword.toUpperCase(), message: message ?? keyword };
}

/**
 * The document calls `default_member_permissions` an integer; Discord's prose (Application Commands, "Create Global
 * Application Command") says a string of the bit set, which is what it takes and what discord.js sends.
 */
const asTheProseSays = (key: string, value: unknown): unknown =>
  key === 'default_member_permissions' && typeof value === 'string' && /^\d+$/.test(value)
    ? Number(value)
    : value;

/** Faults deepest in the body first: an `anyOf` reports every branch, and the deepest is what the caller got wrong. */
function toFaults(errors: readonly ErrorObject[]): FormFault[] {
  const depth = ({ instancePath }: ErrorObject) => instancePath.split('/').length;
  const deepest = Math.max(...errors.map(depth));
  const seen = new Set<string>();
  const precise = errors.filter((error) => depth(error) === deepest && !/^(any|one)Of$/.test(error.keyword));
  return (precise.length > 0 ? precise : errors)
    .map(toFault)
    .filter(({ path, code }) => !seen.has(`${path} ${code}`) && seen.add(`${path} ${code}`));
}

/** Reads the document; undefined when there is none, and then nothing is checked. */
export function createOpenApiCheck(documentPath: string | undefined): OpenApiCheck | undefined {
  if (documentPath === undefined || !existsSync(documentPath)) return undefined;
  const document = JSON.parse(readFileSync(documentPath, 'utf8')) as OpenApiDocument;
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false, inlineRefs: false });
  ajv.addSchema({ $id: DOCUMENT_ID, ...document });
  // Fixed parts win over parameters: /users/@me before /users/{user_id}.
  const routes = Object.keys(document.paths)
    .map((template) => ({
      template,
      pattern: new RegExp(
        `^${template.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`,
      ),
      parameters: template.split('{').length,
    }))
    .sort((a, b) => a.parameters - b.parameters);
  const validators = new Map<string, ValidateFunction | undefined>();

  function validatorOf(method: string, template: string): ValidateFunction | undefined {
    const key = `${method} ${template}`;
    if (validators.has(key)) return validators.get(key);
    const content = document.paths[template]?.[method]?.requestBody?.content?.['application/json'];
    const pointer = ['paths', template, method, 'requestBody', 'content', 'application/json', 'schema'];
    const compiled =
      content?.schema === undefined
        ? undefined
        : ajv.compile({ $ref: `${DOCUMENT_ID}#/${pointer.map(escapePointer).join('/')}` });
    validators.set(key, compiled);
    return compiled;
  }

  return {
    faults(method, path, body) {
      const verb = method.toLowerCase();
      const route = routes.find(
        ({ pattern, template }) => pattern.test(path) && document.paths[template]?.[verb],
      );
      if (route === undefined) return undefined;
      const operation = document.paths[route.template]![verb]!;
      if (body === undefined)
        return operation.requestBody?.required
          ? [{ path: '', code: 'BASE_TYPE_REQUIRED', message: 'a body is required' }]
          : [];
      const validate = validatorOf(verb, route.template);
      const checked: unknown = JSON.parse(JSON.stringify(body), asTheProseSays);
      if (validate === undefined || validate(checked)) return [];
      return toFaults(validate.errors ?? []);
    },
  };
}
