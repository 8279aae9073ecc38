/**
 * Makes unions of Discord's OpenAPI document decidable. A plain `oneOf` reports the faults of every branch, and the wrong
 * branch complains first ("type must be 1"); where branches differ by a constant only the one that was meant shall speak.
 */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  required?: string[];
  properties?: Record<string, Schema>;
  [keyword: string]: unknown;
}

type Schemas = Readonly<Record<string, Schema>>;

/** The fields by which Discord tells components, callbacks, options and events apart. */
const DISCRIMINATORS = ['type', 'entity_type'];
const UNIONS = ['oneOf', 'anyOf'] as const;

/** Rewrites, in place, each union below `node` whose branches can be told apart into `if` and `then`. */
export function decideUnions(node: unknown, schemas: Schemas): void {
  if (Array.isArray(node)) for (const each of node) decideUnions(each, schemas);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
  const schema = node as Schema;
  for (const value of Object.values(schema)) decideUnions(value, schemas);
  for (const keyword of UNIONS) {
    const branches = schema[keyword];
    const choice = Array.isArray(branches) ? choiceAmong(branches as Schema[], schemas) : undefined;
    if (choice === undefined) continue;
    Reflect.deleteProperty(schema, keyword);
    Object.assign(schema, choice);
  }
}

function choiceAmong(branches: readonly Schema[], schemas: Schemas): Schema | undefined {
  const others = branches.filter(({ type }) => type !== 'null');
  const choice = others.length === 1 ? others[0] : byConstant(others, schemas);
  if (choice === undefined || others.length === branches.length) return choice;
  return { if: { type: 'null' }, then: true, else: choice };
}

const constantsOf = (schema: Schema | undefined): unknown[] =>
  schema?.enum ?? (schema?.const === undefined ? [] : [schema.const]);

function byConstant(branches: readonly Schema[], schemas: Schemas): Schema | undefined {
  const targets = branches.map((branch) => schemas[branch.$ref?.split('/').at(-1) ?? ''] ?? branch);
  const property = DISCRIMINATORS.find((name) =>
    targets.every(
      ({ required, properties }) => required?.includes(name) && constantsOf(properties?.[name]).length > 0,
    ),
  );
  if (property === undefined) return undefined;
  const constants = targets.map(({ properties }) => constantsOf(properties?.[property]));
  if (new Set(constants.flat()).size < constants.flat().length) return undefined;
  return {
    type: 'object',
    required: [property],
    properties: { [property]: { enum: constants.flat() } },
    allOf: branches.map((branch, index) => ({
      if: { type: 'object', required: [property], properties: { [property]: { enum: constants[index] } } },
      then: branch,
    })),
  };
}
