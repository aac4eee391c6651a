import { LineReader, PARTS, type LogLine, type Part } from '../model/logline';

export type LogsState = 'connecting' | 'live' | 'lost';

const KEPT = 2_000;

/** The three logs, live; a store for React. */
export class LogFeed {
  readonly lines: Record<Part, LogLine[]> = { chain: [], enclave: [], host: [] };
  readonly missing: Record<Part, boolean> = { chain: false, enclave: false, host: false };
  state: LogsState = 'connecting';
  version = 0;
  #source: EventSource | undefined;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#open();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#close();
    };
  };

  readonly snapshot = (): number => this.version;

  #open(): void {
    for (const part of PARTS) this.lines[part] = [];
    this.#set('connecting');
    const readers = { chain: new LineReader('chain'), enclave: new LineReader('enclave'), host: new LineReader('host') };
    const source = new EventSource('/logs/events');
    this.#source = source;
    source.onopen = () => this.#set('live');
    source.onerror = () => this.#set('lost');
    source.addEventListener('missing', (event) => {
      this.missing[(JSON.parse(event.data as string) as { part: Part }).part] = true;
      this.#changed();
    });
    source.addEventListener('lines', (event) => {
      const { part, lines } = JSON.parse(event.data as string) as { part: Part; lines: string[] };
      this.missing[part] = false;
      this.lines[part] = [...this.lines[part], ...readers[part].read(lines)].slice(-KEPT);
      this.#changed();
    });
  }

  #close(): void {
    this.#source?.close();
    this.#source = undefined;
  }

  #set(state: LogsState): void {
    this.state = state;
    this.#changed();
  }

  #changed(): void {
    this.version++;
    for (const listener of this.#listeners) listener();
  }
}
