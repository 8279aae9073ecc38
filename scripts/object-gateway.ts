/**
 * A Ceph Object Gateway on loopback, which is a real S3 server: one monitor, one store in memory, one gateway, all of them
 * children of this process with their files in a folder of their own. Nothing of it outlives `stop`.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const PROGRAMS = ['ceph', 'ceph-authtool', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin'];
const START_WITHIN_MS = 90_000;
const run = promisify(execFile);

export interface ObjectGateway {
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Of the user to whom the keys belong. */
  userId: string;
  /** With CEPH_CONF set to it, `radosgw-admin` speaks to this one. */
  configurationFile: string;
  stop(): Promise<void>;
}

/** Programs that are needed and not here. */
export const missingPrograms = (): string[] =>
  PROGRAMS.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/** Settings of a cluster of one store without copies (docs.ceph.com, "Manual deployment", "Configuration reference"). */
const configuration = (folder: string, monitorPort: number, gatewayPort: number) => `[global]
fsid=${randomUUID()}
mon host=[v2:127.0.0.1:${monitorPort}/0]
public addr=127.0.0.1
cluster addr=127.0.0.1
keyring=${folder}/keyring
auth allow insecure global id reclaim=false
osd pool default size=1
osd pool default min size=1
osd pool default pg num=1
osd pool default pgp num=1
osd pool default pg autoscale mode=off
mon allow pool size one=true
osd crush chooseleaf type=0
run dir=${folder}
log file=${folder}/$name.log
admin socket=
[mon.a]
mon data=${folder}/mon
[osd.0]
osd data=${folder}/osd
osd objectstore=memstore
memstore device bytes=4294967296
[client.rgw]
rgw frontends=beast endpoint=127.0.0.1:${gatewayPort}
rgw data=${folder}/rgw
rgw user quota bucket sync interval=1
rgw bucket quota ttl=1
rgw enable usage log=false
`;

/** Starts one; rejects when it does not answer in time, with what its logs say last. */
export async function startObjectGateway(): Promise<ObjectGateway> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'stagecast-s3-'));
  const children: ChildProcess[] = [];
  const env = { ...process.env, CEPH_CONF: path.join(folder, 'ceph.conf') };
  const keyring = path.join(folder, 'keyring');
  const call = async (program: string, ...words: string[]) =>
    (await run(program, words, { env, cwd: folder, timeout: START_WITHIN_MS })).stdout;
  /** In the foreground (-f), so that it is our child and nobody else's. */
  const start = (program: string, ...words: string[]) => {
    const child = spawn(program, [...words, '-f'], { env, cwd: folder, stdio: 'ignore' });
    child.on('error', () => undefined);
    children.push(child);
  };
  // However this process ends, but for a kill -9.
  const atExit = () => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', atExit);
  const stop = async () => {
    process.off('exit', atExit);
    // The gateway first: what it asks for must still be there when it says goodbye.
    for (const child of children.reverse()) {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(timer);
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (const name of ['mon', 'osd', 'rgw']) await mkdir(path.join(folder, name));
    const [monitorPort = 0, gatewayPort = 0] = await freePorts(2);
    const text = configuration(folder, monitorPort, gatewayPort);
    await writeFile(env.CEPH_CONF, text);
    const fsid = /^fsid=(.*)$/m.exec(text)![1]!;
    const monmap = path.join(folder, 'monmap');
    await call(
      'monmaptool',
      '--create',
      '--fsid',
      fsid,
      '--addv',
      'a',
      `[v2:127.0.0.1:${monitorPort}]`,
      monmap,
    );
    const key = (name: string, ...caps: string[]) =>
      call(
        'ceph-authtool',
        ...(name === 'mon.' ? ['--create-keyring'] : []),
        keyring,
        '--gen-key',
        '-n',
        name,
        ...caps,
      );
    await key('mon.', '--cap', 'mon', 'allow *');
    await key(
      'client.admin',
      '--cap',
      'mon',
      'allow *',
      '--cap',
      'osd',
      'allow *',
      '--cap',
      'mgr',
      'allow *',
    );
    await key('client.rgw', '--cap', 'mon', 'allow rw', '--cap', 'osd', 'allow rwx');
    await key('osd.0', '--cap', 'mon', 'allow profile osd', '--cap', 'osd', 'allow *');
    await call('ceph-mon', '-i', 'a', '--mkfs', '--monmap', monmap, '--keyring', keyring);
    start('ceph-mon', '-i', 'a');
    const osdId = randomUUID();
    await call('ceph', 'osd', 'new', osdId);
    await call('ceph', 'auth', 'import', '-i', keyring);
    await call('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', osdId);
    start('ceph-osd', '-i', '0');
    start('radosgw', '-n', 'client.rgw');
    const endpoint = `http://127.0.0.1:${gatewayPort}`;
    await untilItAnswers(endpoint, folder);
    const userId = 'stagecast';
    const accessKeyId = randomBytes(10).toString('hex').toUpperCase();
    const secretAccessKey = randomBytes(20).toString('hex');
    await call(
      'radosgw-admin',
      ...['user', 'create', `--uid=${userId}`, '--display-name=Stagecast'],
      ...[`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`],
    );
    return { endpoint, accessKeyId, secretAccessKey, userId, configurationFile: env.CEPH_CONF, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilItAnswers(endpoint: string, folder: string): Promise<void> {
  const deadlineMs = performance.now() + START_WITHIN_MS;
  for (;;) {
    const answer = await fetch(endpoint).catch(() => undefined);
    if (answer?.ok) return;
    if (performance.now() > deadlineMs) {
      const log = await readFile(path.join(folder, 'client.rgw.log'), 'utf8').catch(() => 'no log');
      throw new Error(`the object gateway does not answer:\n${log.slice(-2000)}`);
    }
    await sleep(50);
  }
}
