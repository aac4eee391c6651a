import type { Hex } from 'viem';
import type * as rpc from './generated/rpc.js';
import type { Nodes } from './nodes.js';
import { MAXIMUM_ANSWER } from './nodes.js';

const FIRST_RETRY = 1_000;
const LONGEST_RETRY = 30_000;
/** A connection that is not there by then is given up. */
const OPENING_MILLIS = 5_000;
/** How long a connection outlives the last task that was followed through it. */
const IDLE_MILLIS = 1_000;

/** What nodes tell of one task without being asked. */
export interface TaskNews {
  /** Whether a node tells of every change at the moment. */
  readonly live: boolean;
  /** The latest that a node told of and was not taken yet; waits for it, at most so long, and less when the connection is lost. */
  next(millis: number): Promise<rpc.Task | undefined>;
  close(): void;
}

interface Ear extends TaskNews {
  readonly realm: Hex;
  readonly taskId: Hex;
  live: boolean;
  /** The subscription's id, once the node has named it. */
  subscription: string | undefined;
  hear(told: rpc.Task | undefined): void;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: unknown;
  readonly params?: { readonly subscription?: string; readonly result?: rpc.Task & { readonly error?: unknown } };
}

/**
 * Hears of tasks from a node through one WebSocket, opened when the first task is followed and closed after the last. While there
 * is none, because the runtime has no WebSocket, the node does not offer it or the connection was lost, nothing is heard: who
 * follows a task asks as well. Nothing heard is believed more than what is asked for.
 */
export class TaskSubscriptions {
  readonly #nodes: Nodes;
  readonly #ears = new Set<Ear>();
  readonly #asked = new Map<number, Ear>();
  #socket: WebSocket | undefined;
  #lastId = 0;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed: boolean;

  /** @param signal ends everything */
  constructor(nodes: Nodes, signal: AbortSignal, offered = true) {
    this.#nodes = nodes;
    this.#closed = !offered || typeof globalThis.WebSocket !== 'function' || signal.aborted;
    signal.addEventListener('abort', () => {
      this.#closed = true;
      clearTimeout(this.#timer);
      this.#socket?.close();
      for (const ear of this.#ears) ear.hear(undefined);
    });
  }

  /** Begins to hear of a task. */
  follow(realm: Hex, taskId: Hex): TaskNews {
    const ears = this.#ears;
    const close = () => this.#leave(ear);
    let heard: rpc.Task | undefined;
    let wake: (() => void) | undefined;
    const ear: Ear = {
      realm,
      taskId,
      live: false,
      subscription: undefined,
      hear(told) {
        heard = told ?? heard;
        wake?.();
      },
      async next(millis) {
        if (heard === undefined) {
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, millis);
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
          });
          wake = undefined;
        }
        const told = heard;
        heard = undefined;
        return told;
      },
      close,
    };
    ears.add(ear);
    if (this.#closed) return ear;
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#clearTimer();
      this.#subscribe(ear);
    } else if (this.#socket === undefined && this.#timer === undefined) {
      this.#connect();
    }
    return ear;
  }

  #clearTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #connect(): void {
    this.#clearTimer();
    const order = this.#nodes.inOrder;
    const url = order[this.#failures % Math.max(1, order.length)];
    if (this.#closed || url === undefined) return;
    let socket: WebSocket;
    try {
      socket = new WebSocket(`${url.replace(/^http/, 'ws').replace(/\/$/, '')}/ws`);
    } catch {
      // A page's policy may forbid it.
      this.#retry();
      return;
    }
    this.#socket = socket;
    const opening = setTimeout(() => socket.close(), OPENING_MILLIS);
    socket.onopen = () => {
      clearTimeout(opening);
      if (this.#ears.size === 0) socket.close();
      for (const ear of this.#ears) this.#subscribe(ear);
    };
    socket.onmessage = ({ data }) => this.#take(String(data));
    socket.onerror = () => {};
    socket.onclose = () => {
      clearTimeout(opening);
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#asked.clear();
      for (const ear of this.#ears) {
        ear.live = false;
        ear.subscription = undefined;
        ear.hear(undefined);
      }
      if (this.#ears.size > 0) this.#retry();
    };
  }

  #retry(): void {
    if (this.#closed) return;
    this.#clearTimer();
    const millis = Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** this.#failures++);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#ears.size > 0) this.#connect();
    }, millis);
  }

  #send(method: string, params: readonly unknown[]): number {
    const id = ++this.#lastId;
    this.#socket?.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    return id;
  }

  #subscribe(ear: Ear): void {
    this.#asked.set(this.#send('enigma_subscribe', ['task', { realm: ear.realm, taskId: ear.taskId }]), ear);
  }

  #take(text: string): void {
    if (text.length > MAXIMUM_ANSWER) return;
    let message: Message;
    try {
      message = JSON.parse(text) as Message;
    } catch {
      return;
    }
    if (message.method === 'enigma_subscription') {
      this.#hear(message.params?.subscription, message.params?.result);
      return;
    }
    const ear = message.id === undefined ? undefined : this.#asked.get(message.id);
    if (ear === undefined) return;
    this.#asked.delete(message.id!);
    // A node that refuses is asked, as if there were no connection.
    if (typeof message.result !== 'string') return;
    this.#failures = 0;
    ear.subscription = message.result;
    ear.live = true;
    if (!this.#ears.has(ear)) this.#send('enigma_unsubscribe', [ear.subscription]);
  }

  /** By the task it names: the first news may come before the subscription's id. */
  #hear(subscription: string | undefined, told: (rpc.Task & { error?: unknown }) | undefined): void {
    for (const ear of this.#ears) {
      if (told?.error !== undefined && ear.subscription === subscription) ear.live = false;
      else if (typeof told?.taskId === 'string' && told.taskId.toLowerCase() === ear.taskId.toLowerCase()) ear.hear(told);
    }
  }

  #leave(ear: Ear): void {
    if (!this.#ears.delete(ear)) return;
    if (ear.subscription !== undefined && this.#socket?.readyState === WebSocket.OPEN) {
      this.#send('enigma_unsubscribe', [ear.subscription]);
    }
    if (this.#ears.size > 0) return;
    this.#clearTimer();
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#ears.size === 0) socket.close();
    }, IDLE_MILLIS);
  }
}
