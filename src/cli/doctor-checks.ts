/** One function per thing the doctor looks at. Each touches the real thing and answers with a finding. */
import { createSocket } from 'node:dgram';
import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Config } from '../config.ts';
import { FfmpegMissingError, ffmpegVersion, MINIMUM_FFMPEG_VERSION } from '../mastering/ffmpeg.ts';
import type { Finding } from './doctor.ts';

const GIB = 2 ** 30;
/** Below this nobody should start a recording: an hour of ten speakers is about 0.3 GiB raw, mastering needs scratch space. */
const COMFORTABLE_FREE_BYTES = 5 * GIB;
/** Twice the size asked for is granted on Linux (socket(7), SO_RCVBUF); 4 MiB rides out a stall of a second at 100 speakers. */
const WANTED_RECEIVE_BUFFER_BYTES = 4 * 2 ** 20;

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

export async function checkDataFolder(folder: string): Promise<Finding> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    const seen = `${folder}, ${((bavail * bsize) / GIB).toFixed(1)} GiB free`;
    return bavail * bsize >= COMFORTABLE_FREE_BYTES
      ? { topic: 'data folder', verdict: 'good', seen }
      : {
          topic: 'data folder',
          verdict: 'warning',
          seen,
          remedy: 'free some space, or set DATA_FOLDER to a larger disk',
        };
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    return {
      topic: 'data folder',
      verdict: 'fault',
      seen,
      remedy: 'set DATA_FOLDER to a folder this user may write',
    };
  }
}

/** Asks the system for the buffer that the recorder asks for, and reads back what was granted. */
export async function checkReceiveBuffer(): Promise<Finding> {
  const socket = createSocket('udp4');
  try {
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    socket.setRecvBufferSize(WANTED_RECEIVE_BUFFER_BYTES);
    const granted = socket.getRecvBufferSize();
    const seen = `${(granted / 2 ** 20).toFixed(1)} MiB granted for UDP`;
    return granted >= WANTED_RECEIVE_BUFFER_BYTES
      ? { topic: 'receive buffer', verdict: 'good', seen }
      : {
          topic: 'receive buffer',
          verdict: 'warning',
          seen,
          remedy: `sysctl -w net.core.rmem_max=${WANTED_RECEIVE_BUFFER_BYTES} lets the recorder ride out stalls of the machine`,
        };
  } finally {
    socket.close();
  }
}

export async function checkPort({ host, port }: Config['http']): Promise<Finding> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
    return { topic: 'web port', verdict: 'good', seen: `${host}:${port} is free` };
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    return {
      topic: 'web port',
      verdict: 'warning',
      seen,
      remedy: 'fine if Stagecast runs now; otherwise set HTTP_PORT',
    };
  } finally {
    server.close();
  }
}

/** The bot's own account by REST: the token is right, and Discord can be reached. */
export async function checkDiscord({ discord }: Config): Promise<Finding> {
  const topic = 'Discord';
  if (discord.token === undefined)
    return {
      topic,
      verdict: 'warning',
      seen: 'no DISCORD_TOKEN',
      remedy: 'without it only the demo runs; README.md, "Your own bot", says how to get one',
    };
  try {
    const response = await fetch(`${discord.apiUrl}/v10/users/@me`, {
      headers: { authorization: `Bot ${discord.token}` },
      signal: AbortSignal.timeout(10_000),
    });
    if (response.status === 401)
      return {
        topic,
        verdict: 'fault',
        seen: 'the token is refused',
        remedy: 'reset it in the Developer Portal (Bot, Reset Token) and put the new one into DISCORD_TOKEN',
      };
    if (!response.ok) throw new Error(`${discord.apiUrl} answered ${response.status}`);
    const { username } = (await response.json()) as { username: string };
    return { topic, verdict: 'good', seen: `logged in as ${username}` };
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    return {
      topic,
      verdict: 'fault',
      seen,
      remedy: 'check the connection to discord.com and any proxy between',
    };
  }
}
