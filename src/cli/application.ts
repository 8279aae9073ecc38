/** The application as the recorder's child: messages over IPC, and an orderly end when the recorder says so or is gone. */
import type { RecorderPort } from '../bot/recorder-link.ts';
import { startApplication, type Application } from '../app.ts';
import type { Config } from '../config.ts';
import { FolderInUseError } from '../../recorder/folder-lock.ts';
import { toApplication } from '../../recorder/protocol.ts';
import type { Role } from './roles.ts';
import { STOP_SIGNALS } from './signals.ts';
import { upSentence } from './up.ts';

/** The IPC channel to the recorder. A send to a recorder that is gone is dropped: `disconnect` follows at once. */
function ipcPort(): RecorderPort {
  return {
    send: (message) => {
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
    },
    onMessage: (listener) => {
      process.on('message', listener);
      return () => process.off('message', listener);
    },
  };
}

/** Runs until the recorder says `close` (0) or disappears (1), or cannot begin yet (1). Signals are the recorder's to handle. */
export async function runForked(config: Config, roles: readonly Role[]): Promise<number> {
  for (const signal of STOP_SIGNALS) process.on(signal, () => undefined);
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  process.once('disconnect', () => end(1));
  process.on('message', (message) => {
    const parsed = toApplication.safeParse(message);
    if (parsed.success && parsed.data.type === 'close') end(0);
  });
  let application: Application;
  try {
    application = await startApplication(config, roles, ipcPort(), () => end(1));
  } catch (error) {
    if (!(error instanceof FolderInUseError)) throw error;
    // An application that outlived its recorder may still be closing the catalog: the recorder forks again.
    console.error(error.message);
    return 1;
  }
  console.error(upSentence(config, roles));
  const exitCode = await ended;
  await application.close();
  return exitCode;
}
