/**
 * Large files from outside into a folder: what was fetched before a break is kept and the rest asked for, under the condition
 * that the file is still the same (RFC 9110, sections 13.1.5 and 14).
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { OutsideRules } from './agents.ts';
import { OutsideError, statusError } from './error.ts';
import { type OutsideAnswer, requestOutside } from './request.ts';

export interface DownloadRequest {
  /** Holds what was fetched so far, from try to try. Two downloads of one address at once must not share it. */
  folder: string;
  mostBytes: number;
  signal?: AbortSignal | undefined;
  patienceMs?: number;
  /** From the first question to the last byte. */
  withinMs?: number;
  /** Bytes of this file that are here now. */
  onProgress?: ((bytes: number) => void) | undefined;
}

export interface Download {
  path: string;
  bytes: number;
  contentType: string | undefined;
  /** Remove it once it is stored elsewhere. */
  forget(): Promise<void>;
}

/** What is known of a file that is here in part or whole. */
interface Known {
  address: string;
  /** A strong ETag, or a date: what may stand in If-Range. */
  validator: string | undefined;
  contentType: string | undefined;
  isWhole: boolean;
}

/** Whoever sends a byte now and then for longer than this sends no episode. */
const WITHIN_MS = 3 * 60 * 60_000;

/** Throws OutsideError. What came until then stays for the next try. */
export async function downloadOutside(
  address: string,
  rules: OutsideRules,
  { withinMs = WITHIN_MS, signal, ...request }: DownloadRequest,
): Promise<Download> {
  const within = AbortSignal.timeout(withinMs);
  const both = signal === undefined ? within : AbortSignal.any([signal, within]);
  try {
    return await download(address, rules, { ...request, signal: both });
  } catch (error) {
    if (within.aborted && !signal?.aborted)
      throw new OutsideError('too-slow', `${address} took longer than ${Math.round(withinMs / 60_000)} min.`);
    throw error;
  }
}

async function download(
  address: string,
  rules: OutsideRules,
  request: Omit<DownloadRequest, 'withinMs'>,
): Promise<Download> {
  const { folder, signal } = request;
  const name = createHash('sha256').update(address).digest('hex').slice(0, 32);
  const [file, notes] = [path.join(folder, `${name}.part`), path.join(folder, `${name}.json`)];
  await mkdir(folder, { recursive: true });
  const known = await readKnown(notes, address);
  const here = known === undefined ? 0 : await sizeOf(file);
  const done = (contentType: string | undefined, bytes: number): Download => ({
    ...{ path: file, bytes, contentType },
    forget: async () => {
      await rm(file, { force: true });
      await rm(notes, { force: true });
    },
  });
  if (known?.isWhole === true && here > 0) return done(known.contentType, here);

  const resume =
    known?.validator !== undefined && here > 0 ? { validator: known.validator, from: here } : undefined;
  const answer = await ask(address, rules, request, resume);
  if (answer.status === 416 && resume !== undefined) {
    answer.close();
    // Whole already when it broke off, and nobody had noted it (RFC 9110, section 15.5.17).
    if (answer.headers['content-range'] === `bytes */${here}`) {
      await writeKnown(notes, { ...known!, isWhole: true });
      return done(known?.contentType, here);
    }
    await rm(file, { force: true });
    await rm(notes, { force: true });
    return download(address, rules, request);
  }
  const isRest = answer.status === 206 && resume !== undefined && startOf(answer) === resume.from;
  if (!isRest && answer.status !== 200) {
    answer.close();
    throw statusError(answer.url, answer.status);
  }
  const contentType = answer.headers['content-type'];
  const from = isRest ? here : 0;
  const note = (isWhole: boolean) =>
    writeKnown(notes, { address, validator: validatorOf(answer), contentType, isWhole });
  await note(false);
  const bytes = await take(answer, file, { ...request, from });
  await note(true);
  signal?.throwIfAborted();
  return done(contentType, bytes);
}

const ask = (
  address: string,
  rules: OutsideRules,
  { signal, patienceMs }: DownloadRequest,
  resume: { validator: string; from: number } | undefined,
): Promise<OutsideAnswer> =>
  requestOutside(address, rules, {
    ...{ signal, ...(patienceMs !== undefined && { patienceMs }) },
    headers: {
      // Bytes are counted and continued as they are stored.
      'Accept-Encoding': 'identity',
      ...(resume && { Range: `bytes=${resume.from}-`, 'If-Range': resume.validator }),
    },
  });

/** Writes what comes behind `from`; answers how long the file is then. Throws when it is not as long as it was said to be. */
async function take(
  answer: OutsideAnswer,
  file: string,
  { from, mostBytes, onProgress }: DownloadRequest & { from: number },
): Promise<number> {
  const said = answer.headers['content-length'];
  const wholeBytes = said === undefined ? undefined : from + Number(said);
  const tooLarge = () => new OutsideError('too-large', `${answer.url} has more than ${mostBytes} bytes.`);
  if (wholeBytes !== undefined && wholeBytes > mostBytes) {
    answer.close();
    throw tooLarge();
  }
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    answer.close();
    throw new OutsideError(
      'refused',
      `${answer.url} comes in an encoding that nobody asked for: ${encoding}.`,
    );
  }
  const handle = await open(file, from === 0 ? 'w' : 'r+');
  let at = from;
  try {
    for await (const piece of answer.body) {
      if (at + piece.length > mostBytes) throw tooLarge();
      await handle.write(piece, 0, piece.length, at);
      at += piece.length;
      onProgress?.(at);
    }
    await handle.truncate(at);
    await handle.sync();
  } finally {
    answer.close();
    await handle.close();
  }
  if (wholeBytes !== undefined && at !== wholeBytes)
    throw new OutsideError('unreachable', `${answer.url} broke off after ${at} of ${wholeBytes} bytes.`);
  if (at === 0) throw new OutsideError('refused', `${answer.url} is an empty file.`);
  return at;
}

/** RFC 9110 section 13.1.5: no weak tag, and a date only where there is no tag. */
function validatorOf({ headers }: OutsideAnswer): string | undefined {
  const { etag } = headers;
  if (etag !== undefined) return etag.startsWith('W/') ? undefined : etag;
  return headers['last-modified'];
}

const startOf = ({ headers }: OutsideAnswer): number | undefined => {
  const [, first] = /^bytes (\d+)-\d+\/(?:\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
  return first === undefined ? undefined : Number(first);
};

async function readKnown(notes: string, address: string): Promise<Known | undefined> {
  const text = await readFile(notes, 'utf8').catch(() => undefined);
  try {
    const known = JSON.parse(text ?? 'null') as Known | null;
    return known?.address === address ? known : undefined;
  } catch {
    // Cut short when it was written: the file begins anew.
    return undefined;
  }
}

async function writeKnown(notes: string, known: Known): Promise<void> {
  await writeFile(`${notes}.new`, JSON.stringify(known), { flush: true });
  await rename(`${notes}.new`, notes);
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );
