/** The machine: programs, the receive buffer, the port. Each look touches the real thing. */
import { createSocket } from 'node:dgram';
import { ListenError, requireFreePort } from '../../../publisher/listen.ts';
import { enlargeReceiveBuffer, type GrantedBuffer } from '../../../recorder/voice/receive-buffer.ts';
import type { Config } from '../../config.ts';
import { FfmpegMissingError, ffmpegVersion, MINIMUM_FFMPEG_VERSION } from '../../mastering/ffmpeg.ts';
import type { Finding } from './finding.ts';

export function checkNode(version: string): Finding {
  const good = Number(version.split('.')[0]) >= 26;
  return good
    ? { topic: 'Node.js', verdict: 'good', seen: version }
    : {
        topic: 'Node.js',
        verdict: 'fault',
        seen: version,
        remedy: 'start through npm (npm start), which brings Node 26',
      };
}

export async function checkFfmpeg({ ffmpegPath, ffprobePath }: Config): Promise<Finding[]> {
  const tools = [
    ['ffmpeg', ffmpegPath],
    ['ffprobe', ffprobePath],
  ] as const;
  return Promise.all(
    tools.map(async ([topic, path]): Promise<Finding> => {
      try {
        const { version, recent } = await ffmpegVersion(path);
        const remedy = `install ${topic} ${MINIMUM_FFMPEG_VERSION} or later: npm run setup`;
        return recent
          ? { topic, verdict: 'good', seen: version }
          : { topic, verdict: 'fault', seen: version, remedy };
      } catch (error) {
        const isMissing = error instanceof FfmpegMissingError;
        return {
          topic,
          verdict: 'fault',
          seen: isMissing ? `"${path}" could not be started` : String(error),
          remedy: `npm run setup installs it; or set ${topic.toUpperCase()}_PATH to where it is`,
        };
      }
    }),
  );
}

/** What a granted buffer means. Pure. */
export function receiveBufferFinding({ grantedBytes, wantedBytes, enough }: GrantedBuffer): Finding {
  const topic = 'receive buffer';
  const seen = `${(grantedBytes / 2 ** 20).toFixed(1)} MiB granted for UDP`;
  if (enough) return { topic, verdict: 'good', seen };
  const remedy = `sysctl -w net.core.rmem_max=${wantedBytes} lets the recorder ride out stalls of the machine`;
  return { topic, verdict: 'warning', seen, remedy };
}

/** Asks the system for the buffer that the recorder asks for, and reads back what was granted. */
export async function checkReceiveBuffer(): Promise<Finding> {
  const socket = createSocket('udp4');
  try {
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return receiveBufferFinding(enlargeReceiveBuffer(socket));
  } finally {
    socket.close();
  }
}

export async function checkPort({ host, port }: Config['http']): Promise<Finding> {
  const topic = 'web port';
  try {
    await requireFreePort({ host, port });
    return { topic, verdict: 'good', seen: `${host}:${port} is free` };
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    const seen = error.message;
    return error.code === 'EADDRINUSE'
      ? { topic, verdict: 'warning', seen, remedy: 'fine if Stagecast runs now' }
      : { topic, verdict: 'fault', seen, remedy: 'correct it in .env' };
  }
}
