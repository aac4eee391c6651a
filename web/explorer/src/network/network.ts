import { enigmaAbi } from '@enigma-network/enigma-js';
import type { ContractFunctionReturnType, Hex, Transaction } from 'viem';
import { History } from '../model/history';
import { allTasks, isFurther, type TaskView } from '../model/task';
import type { Addresses } from './addresses';
import { readAddresses } from './addresses';
import { ChainFollower, reason, type ChainState, type Head } from './chain';
import { NodeLink, type NodeState, type NodeStatus, type TaskLine, type TaskReport, type WorkerLine } from './node';

export interface NodeView {
  readonly url: string;
  state: NodeState;
  status?: NodeStatus;
}

export type Parameters = ContractFunctionReturnType<typeof enigmaAbi, 'view', 'parameters'>;
export type NetworkCounters = ContractFunctionReturnType<typeof enigmaAbi, 'view', 'network'>;

export type Phase = { readonly kind: 'loading' } | { readonly kind: 'failed'; readonly why: string } | { readonly kind: 'ready' };

const KEPT_LINES = 5_000;
/** How long a question to the nodes waits for the first of them. */
const PATIENCE = 5_000;
/** With more tasks than this the page is drawn less often. */
const BUSY = 300;

/** All the page knows of the network: from Ethereum at the user's endpoint, and from the nodes. A store for React. */
export class Network {
  phase: Phase = { kind: 'loading' };
  addresses: Addresses | undefined;
  endpoint = '';
  chainState: ChainState = 'connecting';
  chainProblem: string | undefined;
  /** The whole history up to `head` has been read once. */
  synced = false;
  head: Head | undefined;
  /** When the last head came, in milliseconds since 1970. */
  headAt = 0;
  history = new History();
  nodes: NodeView[] = [];
  active = new Map<number, WorkerLine>();
  lines = new Map<Hex, TaskLine>();
  parameters: Parameters | undefined;
  counters: NetworkCounters | undefined;
  version = 0;

  #chain: ChainFollower | undefined;
  #links: NodeLink[] = [];
  #generation = 0;
  #scheduled = false;
  readonly #views = new Map<string, { version: number; tasks: TaskView[] }>();
  readonly #times = new Map<number, Promise<number>>();
  readonly #transactions = new Map<Hex, Promise<Transaction>>();
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): number => this.version;

  /** Begins, or begins again with other endpoints. */
  async start(ownEthereum = ''): Promise<void> {
    this.stop();
    const generation = ++this.#generation;
    this.phase = { kind: 'loading' };
    this.history = new History();
    this.lines.clear();
    this.synced = false;
    this.head = undefined;
    this.#changed();
    try {
      const answer = await fetch('/addresses.json', { cache: 'no-store' });
      if (!answer.ok) throw new Error(`the page’s server answers ${answer.status}`);
      const addresses = readAddresses(await answer.json());
      if (generation !== this.#generation) return;
      this.addresses = addresses;
      this.endpoint = ownEthereum || addresses.ethereum;
      this.phase = { kind: 'ready' };
      this.#follow(addresses);
    } catch (problem) {
      if (generation !== this.#generation) return;
      this.phase = { kind: 'failed', why: reason(problem) };
    }
    this.#changed();
  }

  #follow(addresses: Addresses): void {
    this.#chain = new ChainFollower(this.endpoint, addresses.enigma, {
      events: (events, head) => {
        for (const event of events) this.history.apply(event);
        this.head = head;
        this.headAt = Date.now();
        void this.#count();
        this.#changed();
      },
      rolledBack: (block) => {
        this.history = this.history.before(block);
        this.#times.clear();
        this.#changed();
      },
      state: (state, why) => {
        if (state === 'live' || state === 'polling') this.synced = true;
        if (state === this.chainState && why === this.chainProblem && this.synced) return;
        this.chainState = state;
        this.chainProblem = why;
        this.#changed();
      },
    });
    this.#chain.start();
    this.nodes = addresses.nodes.map((url) => ({ url, state: 'connecting' as const }));
    this.#links = addresses.nodes.map(
      (url, index) =>
        new NodeLink(url, index, {
          state: (node, state) => {
            this.nodes[node]!.state = state;
            this.#changed();
          },
          status: (node, status) => {
            this.nodes[node]!.status = status;
            this.#changed();
          },
          workers: (_node, workers) => {
            this.active = new Map(workers.map((worker) => [worker.worker, worker]));
            this.#changed();
          },
          tasks: (lines) => {
            for (const line of lines) this.#take(line);
            this.#changed();
          },
        }),
    );
    for (const link of this.#links) link.start();
    void this.#readParameters();
  }

  #take(line: TaskLine): void {
    const known = this.lines.get(line.taskId);
    // Of two nodes' words the one that accepted it says more, unless another has taken over and got further.
    if (known && known.node !== line.node && known.acceptedAt !== undefined && line.acceptedAt === undefined && !isFurther(line.status, known.status)) return;
    this.lines.delete(line.taskId);
    this.lines.set(line.taskId, { ...known, ...line });
    if (this.lines.size > KEPT_LINES) this.lines.delete(this.lines.keys().next().value!);
  }

  async #readParameters(): Promise<void> {
    const chain = this.#chain;
    try {
      const parameters = await this.read('parameters');
      if (chain === this.#chain) this.parameters = parameters;
      this.#changed();
    } catch {
      // Read again with the next counters.
    }
  }

  async #count(): Promise<void> {
    try {
      this.counters = await this.read('network');
      if (!this.parameters) await this.#readParameters();
      this.#changed();
    } catch {
      // The next block brings another chance; a lost endpoint is shown already.
    }
  }

  /** All tasks known, the latest first; put together once for each change. */
  tasks(realm?: Hex): readonly TaskView[] {
    const key = realm ?? '';
    const known = this.#views.get(key);
    if (known?.version === this.version) return known.tasks;
    const tasks = allTasks(this.history, this.lines, realm);
    if (this.#views.size > 20) this.#views.clear();
    this.#views.set(key, { version: this.version, tasks });
    return tasks;
  }

  /** Reads a view of Enigma that takes no arguments. */
  read<N extends 'parameters' | 'network'>(functionName: N): Promise<ContractFunctionReturnType<typeof enigmaAbi, 'view', N>> {
    return this.client.readContract({ address: this.addresses!.enigma, abi: enigmaAbi, functionName }) as Promise<
      ContractFunctionReturnType<typeof enigmaAbi, 'view', N>
    >;
  }

  get client() {
    if (!this.#chain) throw new Error('not connected');
    return this.#chain.client;
  }

  /** A transaction, asked for once. */
  transaction(hash: Hex): Promise<Transaction> {
    let found = this.#transactions.get(hash);
    if (!found) {
      found = this.client.getTransaction({ hash });
      found.catch(() => this.#transactions.delete(hash));
      this.#transactions.set(hash, found);
    }
    return found;
  }

  /** The time of a block in seconds, asked for once. */
  timeOf(block: number): Promise<number> {
    let found = this.#times.get(block);
    if (!found) {
      found = this.client.getBlock({ blockNumber: BigInt(block) }).then((each) => Number(each.timestamp));
      found.catch(() => this.#times.delete(block));
      this.#times.set(block, found);
    }
    return found;
  }

  /** What the nodes know of a task: the first that knows it. */
  async task(realm: Hex, taskId: Hex): Promise<TaskReport> {
    await this.#connected();
    let last: TaskReport | undefined;
    let problem: unknown;
    for (const link of this.#links) {
      if (!link.isOpen) continue;
      try {
        const report = await link.task(realm, taskId);
        if (report.status !== 'UNKNOWN') return report;
        last = report;
      } catch (failure) {
        problem = failure;
      }
    }
    if (last) return last;
    throw problem instanceof Error ? problem : new Error('no node is connected');
  }

  /** Waits until a node is connected, all are lost, or some seconds have passed. */
  #connected(): Promise<void> {
    const known = () => this.#links.some((link) => link.isOpen) || this.nodes.every((node) => node.state === 'lost');
    if (known()) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        unsubscribe();
        resolve();
      };
      const timer = setTimeout(finish, PATIENCE);
      const unsubscribe = this.subscribe(() => {
        if (known()) finish();
      });
    });
  }

  stop(): void {
    this.#chain?.close();
    this.#chain = undefined;
    for (const link of this.#links) link.close();
    this.#links = [];
  }

  /** Tells the listeners, at most once in a while: a busy network brings hundreds of tasks a second. */
  #changed(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setTimeout(
      () => {
        this.#scheduled = false;
        this.version++;
        for (const listener of this.#listeners) listener();
      },
      this.lines.size > BUSY ? 400 : 30,
    );
  }
}
