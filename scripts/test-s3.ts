/**
 * `npm run test:s3`: the media store and publishing on a real S3 server. Starts a Ceph Object Gateway of its own in a temporary
 * folder on free loopback ports, runs the suites that need one, and removes all of it. `npm run setup -- --with s3` installs one.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { missingPrograms, startObjectGateway } from './object-gateway.ts';

const missing = missingPrograms();
if (missing.length > 0) {
  console.error(
    `test:s3: no Ceph Object Gateway here (${missing.join(', ')} missing); npm run setup -- --with s3 installs one.`,
  );
  process.exit(1);
}

// What ends us must not leave the server running: it is stopped when this process exits.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
const startedMs = performance.now();
const gateway = await startObjectGateway();
console.log(`An S3 server stands after ${((performance.now() - startedMs) / 1000).toFixed(1)} s.`);
try {
  const tests = spawn('vitest', ['run', '--project', 'rooms', 's3'], {
    stdio: 'inherit',
    env: {
      ...process.env,
      TEST_S3_ENDPOINT: gateway.endpoint,
      TEST_S3_ACCESS_KEY_ID: gateway.accessKeyId,
      TEST_S3_SECRET_ACCESS_KEY: gateway.secretAccessKey,
      TEST_S3_USER_ID: gateway.userId,
      TEST_S3_CEPH_CONF: gateway.configurationFile,
    },
  });
  process.once('exit', () => tests.kill());
  const [code] = (await once(tests, 'close')) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  await gateway.stop();
}
