import { createPublicClient, http, numberToHex, webSocket, type Block, type Hex, type PublicClient } from 'viem';
import { decodeLog, type Happening, type RawLog } from '../model/events';

export interface Head {
  readonly number: number;
  readonly hash: Hex;
  /** Seconds since 1970. */
  readonly time: number;
}

export type ChainState = 'connecting' | 'live' | 'polling' | 'lost';

export interface ChainListener {
  events(events: readonly Happening[], head: Head): void;
  /** Blocks above this one are no longer part of the chain. */
  rolledBack(block: number): void;
  state(state: ChainState, why?: string): void;
}

const PIECE = 20_000;
/** How much of a long chain is read. */
const LONGEST = 200_000;
const DEEPEST = 128;
const LOOK = 4_000;
const RETRY = 2_000;
/** New blocks without news of them over WebSocket for so long mean that there is none. */
const SILENCE = 8_000;

/** Follows the events of Enigma at the user's own endpoint: new heads over WebSocket, by polling where there is none. */
export class ChainFollower {
  readonly client: PublicClient;
  readonly #heads: PublicClient;
  readonly #enigma: Hex;
  readonly #listener: ChainListener;
  #done: Head | undefined;
  #next = 0;
  #busy = false;
  #again = false;
  /** Whether heads come over WebSocket; believed until it fails or stays silent. */
  #live = true;
  #headCameAt = Date.now();
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unwatch: (() => void) | undefined;

  constructor(endpoint: string, enigma: Hex, listener: ChainListener) {
    this.client = createPublicClient({ transport: http(endpoint, { retryCount: 0, timeout: 10_000 }) });
    this.#heads = createPublicClient({
      transport: webSocket(endpoint.replace(/^http/, 'ws'), { retryCount: 0, reconnect: { delay: RETRY } }),
    });
    this.#enigma = enigma;
    this.#listener = listener;
  }

  start(): void {
    this.#listener.state('connecting');
    this.#watch();
    void this.#advance();
  }

  #watch(): void {
    this.#unwatch = this.#heads.watchBlockNumber({
      emitOnBegin: false,
      onBlockNumber: () => {
        this.#live = true;
        this.#headCameAt = Date.now();
        void this.#advance();
      },
      onError: () => {
        this.#live = false;
      },
    });
  }

  /** Takes up whatever is new; one run at a time. */
  async #advance(): Promise<void> {
    if (this.#closed) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    clearTimeout(this.#timer);
    let wait = LOOK;
    try {
      do {
        this.#again = false;
        await this.#catchUp();
      } while (this.#again && !this.#closed);
      this.#listener.state(this.#live ? 'live' : 'polling');
      if (!this.#live) wait = 1_000;
    } catch (problem) {
      this.#listener.state('lost', reason(problem));
      wait = RETRY;
    } finally {
      this.#busy = false;
      if (!this.#closed) this.#timer = setTimeout(() => void this.#advance(), wait);
    }
  }

  async #catchUp(): Promise<void> {
    const latest = headOf(await this.client.getBlock({ blockTag: 'latest' }));
    const done = this.#done;
    if (done && latest.hash === done.hash) return;
    if (Date.now() - this.#headCameAt > SILENCE) this.#live = false;
    if (done) {
      const same = latest.number > done.number && (await this.#hashOf(done.number)) === done.hash;
      if (!same) {
        const back = Math.max(0, Math.min(done.number, latest.number) - DEEPEST);
        this.#next = Math.min(this.#next, back + 1);
        this.#done = undefined;
        this.#listener.rolledBack(back);
      }
    } else if (this.#next === 0) {
      this.#next = Math.max(0, latest.number - LONGEST);
    }
    while (this.#next <= latest.number && !this.#closed) {
      const to = Math.min(latest.number, this.#next + PIECE - 1);
      const logs = (await this.client.request({
        method: 'eth_getLogs',
        params: [{ address: this.#enigma, fromBlock: numberToHex(this.#next), toBlock: numberToHex(to) }],
      })) as unknown as RawLog[];
      if (this.#closed) return;
      this.#next = to + 1;
      if (to === latest.number) this.#done = latest;
      this.#listener.events(
        logs.map(decodeLog).filter((event) => event !== undefined),
        to === latest.number ? latest : { ...latest, number: to },
      );
    }
  }

  async #hashOf(number: number): Promise<Hex | null> {
    try {
      return (await this.client.getBlock({ blockNumber: BigInt(number) })).hash;
    } catch {
      return null;
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#unwatch?.();
    void (this.#heads.transport as unknown as { getRpcClient?: () => Promise<{ close(): void }> })
      .getRpcClient?.()
      .then((client) => client.close())
      .catch(() => undefined);
  }
}

const headOf = (block: Block): Head => ({ number: Number(block.number), hash: block.hash!, time: Number(block.timestamp) });

/** The first line of what went wrong. */
export function reason(problem: unknown): string {
  if (problem instanceof Error) {
    const short = (problem as { shortMessage?: string }).shortMessage ?? problem.message;
    return short.split('\n')[0] ?? short;
  }
  return String(problem);
}
