/** Connections to an S3 server: one set for listeners, whose number nobody knows, and one for work, which they must not hold up. */
import { createHash } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { S3Client } from '@aws-sdk/client-s3';
import type { S3Settings } from './s3-settings.ts';

export interface S3ClientOptions {
  /** Tries of one request, the first included. */
  maxAttempts?: number;
  connectWithinMs?: number;
  /** A connection on which nothing moves for so long is given up. */
  idleMs?: number;
  /** Milliseconds that this machine's clock is said to be behind: for tests. */
  clockOffsetMs?: number;
}

export interface S3Clients {
  reader: S3Client;
  writer: S3Client;
  /** By how much the store's clock was ahead of ours in its last answer; undefined before the first. */
  clockAheadMs(): number | undefined;
  close(): void;
}

export function createS3Clients(settings: S3Settings, options: S3ClientOptions = {}): S3Clients {
  const { maxAttempts = 3, connectWithinMs = 5000, idleMs = 30_000, clockOffsetMs } = options;
  let aheadMs: number | undefined;
  const create = (maxSockets: number, patienceMs: number) => {
    const agent = { keepAlive: true, maxSockets };
    const client = new S3Client({
      region: settings.region,
      ...(settings.endpoint !== undefined && { endpoint: settings.endpoint }),
      forcePathStyle: settings.pathStyle,
      credentials: { accessKeyId: settings.accessKeyId, secretAccessKey: settings.secretAccessKey },
      // By default the SDK streams bodies in a framing with checksums at their end. Ceph 16 refuses that (411), and others
      // store the framing. No server but Amazon's looks at its checksums; all of them look at Content-MD5, see below.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      maxAttempts,
      ...(clockOffsetMs !== undefined && { systemClockOffset: clockOffsetMs }),
      requestHandler: {
        connectionTimeout: connectWithinMs,
        socketTimeout: patienceMs,
        httpAgent: new HttpAgent(agent),
        httpsAgent: new HttpsAgent(agent),
      },
    });
    client.middlewareStack.add(
      (next) => async (args) => {
        const { body, headers } = args.request as { body?: unknown; headers: Record<string, string> };
        if (body instanceof Uint8Array || (typeof body === 'string' && body !== ''))
          headers['content-md5'] ??= createHash('md5').update(body).digest('base64');
        return next(args);
      },
      // Before the signature is made, which covers it.
      { step: 'build', name: 'contentMd5', priority: 'low' },
    );
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const { headers } = result.response as { headers: Record<string, string | undefined> };
        const theirs = Date.parse(headers['date'] ?? '');
        if (!Number.isNaN(theirs)) aheadMs = theirs - Date.now();
        return result;
      },
      { step: 'deserialize', name: 'clock', priority: 'low' },
    );
    return client;
  };
  // A stalled listener holds its connection: their number has no bound here, but in the web server.
  const reader = create(Infinity, idleMs);
  // Completing a large upload may take the server a while, in which nothing moves.
  const writer = create(16, 4 * idleMs);
  return {
    reader,
    writer,
    clockAheadMs: () => aheadMs,
    close() {
      reader.destroy();
      writer.destroy();
    },
  };
}
