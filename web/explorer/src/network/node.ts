import type { Hex } from 'viem';
import type { Receipt } from '../model/receipt';

/** A line of enigma_getTasks. */
export interface TaskLine {
  readonly node: number;
  readonly number: bigint;
  readonly realm: Hex;
  readonly taskId: Hex;
  readonly status: string;
  readonly acceptedAt?: number;
  readonly endedAt?: number;
  readonly outcome?: string;
  readonly code?: string;
  readonly receipt?: Receipt;
  readonly transactionHash?: Hex;
  readonly blockNumber?: number;
  readonly message?: string;
}

/** The answer of enigma_getTask, as far as the page shows it. */
export interface TaskReport {
  readonly taskId: Hex;
  readonly status: string;
  readonly outcome?: string;
  readonly code?: string;
  readonly result?: Hex;
  readonly receipt?: Receipt;
  readonly index?: number;
  readonly proof?: readonly Hex[];
  readonly batch?: { readonly receiptsRoot: Hex; readonly leaves: number; readonly headerNumber: number; readonly worker: number; readonly enclave: Hex };
  readonly transactionHash?: Hex;
  readonly blockNumber?: number;
  readonly message?: string;
}

export interface NodeStatus {
  readonly worker: number;
  readonly operator: Hex;
  readonly enclave: Hex;
  readonly headerNumber: number;
  readonly chainNumber: number;
  readonly mode: string;
  readonly headerSource: string;
  readonly epoch: number;
  readonly ready: boolean;
  readonly realms: number;
  readonly version: string;
}

export interface WorkerLine {
  readonly worker: number;
  readonly active: boolean;
  readonly admittedUntil: number;
  readonly endpoint?: string;
}

export type NodeState = 'connecting' | 'open' | 'lost';

/** A fault that a node names. */
export class NodeFault extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

type Json = Record<string, unknown>;

const number = (value: unknown): number => Number(value as string);
const optionalNumber = (json: Json, name: string) => (json[name] === undefined ? {} : { [name]: number(json[name]) });
const optional = (json: Json, name: string) => (json[name] === undefined ? {} : { [name]: json[name] });

function receiptOf(json: unknown): Receipt {
  const found = json as Record<string, string>;
  return {
    taskId: found['taskId'] as Hex,
    sequence: BigInt(found['sequence']!),
    outcome: number(found['outcome']),
    gasCharged: BigInt(found['gasCharged']!),
    resultHash: found['resultHash'] as Hex,
    callbackHash: found['callbackHash'] as Hex,
  };
}

const optionalReceipt = (json: Json) => (json['receipt'] === undefined ? {} : { receipt: receiptOf(json['receipt']) });

export function taskLine(json: Json, node: number): TaskLine {
  return {
    node,
    number: BigInt(json['number'] as string),
    realm: json['realm'] as Hex,
    taskId: json['taskId'] as Hex,
    status: json['status'] as string,
    ...optionalNumber(json, 'acceptedAt'),
    ...optionalNumber(json, 'endedAt'),
    ...optional(json, 'outcome'),
    ...optional(json, 'code'),
    ...optionalReceipt(json),
    ...optional(json, 'transactionHash'),
    ...optionalNumber(json, 'blockNumber'),
    ...optional(json, 'message'),
  };
}

export function taskReport(json: Json): TaskReport {
  const batch = json['batch'] as Json | undefined;
  return {
    taskId: json['taskId'] as Hex,
    status: json['status'] as string,
    ...optional(json, 'outcome'),
    ...optional(json, 'code'),
    ...optional(json, 'result'),
    ...optionalReceipt(json),
    ...optionalNumber(json, 'index'),
    ...optional(json, 'proof'),
    ...(batch
      ? {
          batch: {
            receiptsRoot: batch['receiptsRoot'] as Hex,
            leaves: number(batch['leaves']),
            headerNumber: number(batch['headerNumber']),
            worker: number(batch['worker']),
            enclave: batch['enclave'] as Hex,
          },
        }
      : {}),
    ...optional(json, 'transactionHash'),
    ...optionalNumber(json, 'blockNumber'),
    ...optional(json, 'message'),
  };
}

export interface NodeListener {
  state(node: number, state: NodeState): void;
  status(node: number, status: NodeStatus): void;
  workers(node: number, workers: readonly WorkerLine[]): void;
  tasks(lines: readonly TaskLine[]): void;
}

const TIMEOUT = 15_000;
const STATUS = 3_000;
const LONGEST_WAIT = 10_000;

/** A node's JSON-RPC over WebSocket, connected again when it is lost. */
export class NodeLink {
  readonly url: string;
  readonly #index: number;
  readonly #listener: NodeListener;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(problem: Error): void; timer: ReturnType<typeof setTimeout> }>();
  #socket: WebSocket | undefined;
  #lastId = 0;
  #wait = 1_000;
  #closed = false;
  #poll: ReturnType<typeof setInterval> | undefined;

  constructor(url: string, index: number, listener: NodeListener) {
    this.url = url;
    this.#index = index;
    this.#listener = listener;
  }

  start(): void {
    if (this.#closed) return;
    this.#listener.state(this.#index, 'connecting');
    const socket = new WebSocket(`${this.url.replace(/^http/, 'ws').replace(/\/$/, '')}/ws`);
    this.#socket = socket;
    socket.onopen = () => {
      this.#wait = 1_000;
      this.#listener.state(this.#index, 'open');
      void this.#begin();
    };
    socket.onmessage = (event) => this.#take(String(event.data));
    socket.onclose = () => {
      clearInterval(this.#poll);
      for (const [id, each] of this.#waiting) {
        this.#waiting.delete(id);
        clearTimeout(each.timer);
        each.reject(new NodeFault('CONNECTION_LOST', 'the connection to the node was lost'));
      }
      if (this.#closed) return;
      this.#listener.state(this.#index, 'lost');
      setTimeout(() => this.start(), this.#wait);
      this.#wait = Math.min(LONGEST_WAIT, this.#wait * 2);
    };
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  async #begin(): Promise<void> {
    clearInterval(this.#poll);
    this.#poll = setInterval(() => void this.#look(), STATUS);
    await this.#look();
    try {
      await this.call('enigma_subscribe', ['tasks', {}]);
      const { tasks } = (await this.call('enigma_getTasks', [{}])) as { tasks: Json[] };
      this.#listener.tasks(tasks.map((line) => taskLine(line, this.#index)));
    } catch {
      // A node without this list still shows in the status of nodes.
    }
  }

  async #look(): Promise<void> {
    try {
      const status = (await this.call('enigma_status', [])) as Json;
      this.#listener.status(this.#index, {
        worker: number(status['worker']),
        operator: status['operator'] as Hex,
        enclave: status['enclave'] as Hex,
        headerNumber: number(status['headerNumber']),
        chainNumber: number(status['chainNumber']),
        mode: status['mode'] as string,
        headerSource: status['headerSource'] as string,
        epoch: number(status['epoch']),
        ready: status['ready'] === true,
        realms: number(status['realms']),
        version: status['version'] as string,
      });
      const workers = (await this.call('enigma_workers', [])) as Json[];
      this.#listener.workers(
        this.#index,
        workers.map((worker) => ({
          worker: number(worker['worker']),
          active: worker['active'] === true,
          admittedUntil: number(worker['admittedUntil']),
          ...optional(worker, 'endpoint'),
        })),
      );
    } catch {
      // The next look, or the end of the connection, tells.
    }
  }

  /** Calls a method. */
  call(method: string, params: readonly unknown[]): Promise<unknown> {
    const socket = this.#socket;
    if (!socket || socket.readyState !== WebSocket.OPEN) {
      return Promise.reject(new NodeFault('CONNECTION_LOST', 'the node is not connected'));
    }
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new NodeFault('TIMEOUT', 'the node does not answer'));
      }, TIMEOUT);
      this.#waiting.set(id, { resolve, reject, timer });
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    });
  }

  async task(realm: Hex, taskId: Hex): Promise<TaskReport> {
    return taskReport((await this.call('enigma_getTask', [{ realm, taskId }])) as Json);
  }

  #take(text: string): void {
    const message = JSON.parse(text) as Json;
    if (message['method'] === 'enigma_subscription') {
      const result = (message['params'] as Json)['result'] as Json;
      if (result['taskId'] !== undefined) this.#listener.tasks([taskLine(result, this.#index)]);
      return;
    }
    const waiting = this.#waiting.get(message['id'] as number);
    if (!waiting) return;
    this.#waiting.delete(message['id'] as number);
    clearTimeout(waiting.timer);
    const error = message['error'] as Json | undefined;
    if (error) waiting.reject(new NodeFault(String((error['data'] as Json | undefined)?.['code'] ?? error['code']), String(error['message'])));
    else waiting.resolve(message['result']);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#poll);
    this.#socket?.close();
  }
}
