/** A recorder as the root of a process: logs to standard output, and ends with the code it is given. */
import path from 'node:path';
import { startRecorder } from '../../../recorder/main.ts';

const [dataFolder = '', behaviour = 'run'] = process.argv.slice(2);
const log =
  (level: string) =>
  (fields: object, message: string): void =>
    void process.stdout.write(`${JSON.stringify({ level, message, ...fields })}\n`);

const starting = startRecorder({
  dataFolder,
  logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
  closeTimeoutMs: 300,
  application: { modulePath: path.join(import.meta.dirname, 'application.ts'), args: [behaviour] },
});
if (behaviour === 'signalled') process.kill(process.pid, 'SIGTERM');
const recorder = await starting;
process.on('SIGUSR2', () => {
  setImmediate(() => {
    throw new Error('a fault in a timer of somebody else');
  });
});
process.stdout.write('{"message":"up"}\n');
const { exitCode } = await recorder.done;
process.exit(exitCode);
