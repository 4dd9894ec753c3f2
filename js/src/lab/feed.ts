/** News of stores: server-sent events over fetch, one connection a store, shared by whoever listens. */
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import type { FeedEvent, RootPath } from '../contract/lab';
import { pauseAfter } from '../lib/backoff';
import { eventPieces } from '../lib/sse';
import { isRecord } from './fault';

export type Connect = (store: RootPath, signal: AbortSignal) => Promise<Response>;
export type Hear = (event: FeedEvent) => void;

/** A browser opens six connections to a server and no more, so a window that nobody sees gives its own back. Milliseconds. */
const UNSEEN = 10_000;

export class Feeds {
  private readonly lines = new Map<RootPath, Line>();

  constructor(private readonly connect: Connect) {}

  /** Hear `changed` with every new connection and whenever something was logged or decided, and progress while runs run. */
  listen(store: RootPath, hear: Hear): IDisposable {
    const line = this.lines.get(store) ?? new Line((signal) => this.connect(store, signal));
    this.lines.set(store, line);
    line.hearers.add(hear);
    return new DisposableDelegate(() => {
      line.hearers.delete(hear);
      if (line.hearers.size > 0 || this.lines.get(store) !== line) return;
      line.close();
      this.lines.delete(store);
    });
  }
}

class Line {
  readonly hearers = new Set<Hear>();
  private readonly ended = new AbortController();
  private connection: AbortController | null = null;
  private timer = 0;
  private failures = 0;

  constructor(private readonly connect: (signal: AbortSignal) => Promise<Response>) {
    const { signal } = this.ended;
    document.addEventListener('visibilitychange', () => this.seen(!document.hidden), { signal });
    window.addEventListener('online', () => this.again(0), { signal });
    if (!document.hidden) void this.open();
  }

  close(): void {
    this.ended.abort();
    this.drop();
  }

  private seen(on: boolean): void {
    if (!on) this.later(() => this.drop(), UNSEEN);
    else if (this.connection === null) this.again(0);
    else window.clearTimeout(this.timer);
  }

  private drop(): void {
    window.clearTimeout(this.timer);
    this.connection?.abort();
    this.connection = null;
  }

  private again(pause: number): void {
    if (this.ended.signal.aborted || document.hidden) return;
    this.later(() => {
      if (this.connection === null) void this.open();
    }, pause);
  }

  private later(act: () => void, pause: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(act, pause);
  }

  private async open(): Promise<void> {
    const mine = new AbortController();
    this.connection = mine;
    try {
      const answer = await this.connect(mine.signal);
      await this.read(answer);
    } catch {
      // A server that is gone or refuses: whoever asks it for something says so in its own words.
    }
    if (this.connection !== mine) return; // dropped, or another one is open
    this.connection = null;
    this.again(pauseAfter(++this.failures, Math.random()));
  }

  private async read(answer: Response): Promise<void> {
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    const pieces = eventPieces();
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) return;
      for (const data of pieces.add(value ?? '')) this.tell(data);
    }
  }

  private tell(data: string): void {
    const event = eventOf(data);
    if (!event) return;
    this.failures = 0;
    for (const hear of [...this.hearers]) hear(event);
  }
}

/** null for words that are not ours. */
export function eventOf(data: string): FeedEvent | null {
  let said: unknown;
  try {
    said = JSON.parse(data);
  } catch {
    return null;
  }
  if (!isRecord(said)) return null;
  if (said.tell === 'changed') return { tell: 'changed' };
  return said.tell === 'progress' && Array.isArray(said.runs) ? (said as FeedEvent) : null;
}
