/** DISCORD_CA_FILE: certificates to trust besides the system's. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ConfigError } from '../config.ts';

/** As PEM texts. Throws ConfigError. */
export async function voiceCertificates(caFile: string | undefined): Promise<string[]> {
  if (caFile === undefined) return [];
  try {
    const pem = await readFile(caFile, 'utf8');
    new X509Certificate(pem);
    return [pem];
  } catch (cause) {
    throw new ConfigError([
      `DISCORD_CA_FILE is no certificate that can be read (${(cause as Error).message}). Correct the path, or leave it unset`,
    ]);
  }
}
