/**
 * A body out of an S3 server that goes on where it broke off. A listener who pauses stops the reading, and servers close
 * connections on which nothing moves; that must not look to the listener's app as if the file ended there.
 */
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { statusOf } from './s3-fault.ts';

/** Tries in a row that bring nothing. */
const MOST_FAILURES = 4;
const FIRST_PAUSE_MS = 200;

export class ResumingBody extends Readable {
  private readonly bytes: number;
  private readonly openAt: (offset: number) => Promise<Readable>;
  private source: Readable | undefined;
  private passed = 0;
  private failures = 0;
  /** Whether somebody waits for more: a paused listener has nothing opened anew. */
  private wanted = false;
  private broken = false;

  /** @param openAt - opens the same version of the same object again, from so many bytes after where `source` began */
  constructor(source: Readable, bytes: number, openAt: (offset: number) => Promise<Readable>) {
    super({ highWaterMark: 256 * 1024 });
    this.bytes = bytes;
    this.openAt = openAt;
    this.follow(source);
  }

  private follow(source: Readable): void {
    if (this.destroyed) {
      source.destroy();
      return;
    }
    this.source = source;
    source.pause();
    source.on('data', (chunk: Uint8Array) => {
      this.failures = 0;
      this.passed += chunk.length;
      if (this.push(chunk)) return;
      this.wanted = false;
      source.pause();
    });
    source.once('error', () => undefined);
    const ended = () => {
      if (this.source !== source) return;
      this.source = undefined;
      if (this.passed >= this.bytes) this.push(null);
      else if (this.failures >= MOST_FAILURES) this.giveUp(new Error('It closes the connection at once.'));
      else if (this.wanted) void this.resumeReading();
      else this.broken = true;
    };
    // It follows the end as well as every error, and also where a connection is closed without either.
    if (source.closed) ended();
    else source.once('close', ended);
  }

  private async resumeReading(): Promise<void> {
    try {
      this.failures += 1;
      await sleep(FIRST_PAUSE_MS * 2 ** (this.failures - 1));
      if (this.destroyed) return;
      const source = await this.openAt(this.passed);
      this.follow(source);
      if (this.wanted) source.resume();
    } catch (error) {
      // Replaced or removed meanwhile, it will not come back.
      const isGone = [404, 412].includes(statusOf(error) ?? 0);
      if (this.failures < MOST_FAILURES && !isGone) return this.resumeReading();
      this.giveUp(error);
    }
  }

  private giveUp(cause: unknown): void {
    const missing = this.bytes - this.passed;
    this.destroy(new Error(`The media store broke off with ${missing} bytes to go.`, { cause }));
  }

  override _read(): void {
    this.wanted = true;
    this.source?.resume();
    if (!this.broken) return;
    this.broken = false;
    void this.resumeReading();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const { source } = this;
    this.source = undefined;
    source?.destroy();
    callback(error);
  }
}
