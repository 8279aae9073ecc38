/** Where a copy of Discord's OpenAPI document may be, and what is said when the one that was named is of no use. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createOpenApiCheck, type OpenApiCheck } from './openapi-check.ts';

/** A document was asked for and cannot be used: without it nothing would be checked, and nobody would know. */
export class OpenApiDocumentError extends Error {
  override name = 'OpenApiDocumentError';
}

const BESIDE_THE_CHECKOUT = path.join(
  import.meta.dirname,
  ...['..', '..', '..', '..', 'shared', 'discord', 'openapi.json'],
);

/**
 * The check by the document at `named`, by default DISCORD_OPENAPI, then a copy beside the checkout; undefined where nobody
 * named one and there is none, and for `null`. Throws OpenApiDocumentError when it is not there or is something else.
 */
export function openApiCheck(named?: string | null): OpenApiCheck | undefined {
  if (named === null) return undefined;
  const documentPath = named ?? (process.env['DISCORD_OPENAPI']?.trim() || undefined);
  if (documentPath === undefined && !existsSync(BESIDE_THE_CHECKOUT)) return undefined;
  try {
    return createOpenApiCheck(documentPath ?? BESIDE_THE_CHECKOUT);
  } catch (cause) {
    throw new OpenApiDocumentError(
      `${documentPath ?? BESIDE_THE_CHECKOUT} cannot be read as Discord's OpenAPI document ` +
        `(${(cause as Error).message}). Set DISCORD_OPENAPI to a copy of it (README.md says where it is published), ` +
        'or leave it unset',
      { cause },
    );
  }
}
