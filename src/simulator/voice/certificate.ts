/** The certificate of the voice gateway: made at each start, good for loopback only. */
import { randomUUID } from 'node:crypto';
import { generate } from 'selfsigned';

export interface Certificate {
  readonly certPem: string;
  readonly keyPem: string;
}

/**
 * A certificate that signs itself and is its own authority: `wss://` is hard-coded in @discordjs/voice, so a client
 * must be able to trust it by `tls.setDefaultCACertificates`.
 */
export async function createCertificate(): Promise<Certificate> {
  // A name of its own: OpenSSL looks an issuer up by name, and a process may trust the certificates of several servers.
  const name = `Simulated voice server ${randomUUID()}`;
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { certPem: made.cert, keyPem: made.private };
}
