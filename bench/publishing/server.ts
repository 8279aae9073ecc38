/** Servers in processes of their own, and nginx beside them. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WrkMissingError } from './wrk.ts';

export type Serving =
  | { kind: 'ours'; folder: string }
  | {
      kind: 'bare';
      bodyFile: string;
      whole: Record<string, string>;
      unchanged: Record<string, string>;
    };

export interface Served {
  url: string;
  /** Resident memory, MB. */
  rssMb(): number;
  /** Of all its threads so far. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

const served = (child: ChildProcess, port: number): Served => ({
  url: `http://127.0.0.1:${port}`,
  rssMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid!}/status`, 'utf8'))?.[1]) / 1000,
  cpuSeconds() {
    // proc_pid_stat(5): utime and stime are fields 14 and 15, in hundredths; the second field may hold spaces.
    const fields = readFileSync(`/proc/${child.pid!}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  },
  async stop() {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill();
    await ended;
  },
});

export async function startServer(serving: Serving): Promise<Served> {
  const child = fork(path.join(import.meta.dirname, 'server-process.ts'), [JSON.stringify(serving)]);
  const port = await Promise.race([
    once(child, 'message').then(([message]) => message as number),
    once(child, 'exit').then(() => {
      throw new Error(`The server of the bench (${serving.kind}) did not start`);
    }),
  ]);
  return served(child, port);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** One worker, as Debian packages it, on the files of a folder. */
export async function startNginx(root: string, scratch: string): Promise<Served> {
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const lines = [
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    'worker_processes 1; daemon off; pid nginx.pid; error_log stderr error;',
    'events { worker_connections 1024; }',
    'http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; default_type audio/mpeg;',
    ...temporary.map((name) => `${name}_temp_path ${name};`),
    `server { listen 127.0.0.1:${port}; root ${root}; } }`,
  ];
  const file = path.join(scratch, 'nginx.conf');
  await writeFile(file, lines.join('\n'));
  const child = spawn('nginx', ['-p', scratch, '-c', file], { stdio: ['ignore', 'ignore', 'inherit'] });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', () => reject(new WrkMissingError()));
    child.once('exit', () => reject(new Error('nginx did not start')));
  });
  const nginx = served(child, port);
  const answers = async () => {
    while (!(await fetch(nginx.url).then(Boolean, () => false))) await sleep(50);
  };
  await Promise.race([answers(), failed]);
  failed.catch(() => undefined);
  return nginx;
}
