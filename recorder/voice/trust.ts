/** Certificates that voice gateways may present beside the publicly trusted ones. */
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/**
 * Trusts the given PEM certificates in this process, before its first join: @discordjs/voice hands its WebSocket no
 * options, so the default list is the only way in. Ones already trusted are not added again.
 */
export function trustCertificates(pems: readonly string[]): void {
  const trusted = getCACertificates('default');
  const added = pems.filter((pem) => !trusted.includes(pem));
  if (added.length > 0) setDefaultCACertificates([...trusted, ...added]);
}
