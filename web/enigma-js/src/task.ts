import type { Address, Hex } from 'viem';
import { EnigmaError, type ErrorCode } from './errors.js';
import type { Outcome } from './protocol/batch.js';

/** How far a task has come; the four words every part of Enigma uses. */
export const TASK_STAGES = ['ACCEPTED', 'ANCHORED', 'COMMITTED', 'FINAL'] as const;
export type TaskStage = (typeof TASK_STAGES)[number];

/** How a task ended. Everything here was checked: the enclave's signature, the receipt's place in the batch, the result's hash. */
export interface TaskResult<Value = unknown> {
  readonly taskId: Hex;
  readonly outcome: Outcome;
  /** Why it was refused, or how the executed call failed; undefined on success. */
  readonly failure: ErrorCode | undefined;
  /** In words, where there is a failure. */
  readonly reason: string;
  /** What the function returned, by its ABI; undefined on failure. */
  readonly value: Value;
  /** What it returned, encoded. */
  readonly output: Hex;
  /** Lines the contract logged with `console.log`, also where the call failed; on development networks only. */
  readonly console: readonly string[];
  /** Its place in the realm's history. */
  readonly sequence: bigint;
  /** What the execution used exactly; only the sender knows it. */
  readonly gasUsed: bigint;
  /** What it was charged for, public. */
  readonly gasCharged: bigint;
  /** In 10⁻⁸ ENG. */
  readonly fee: bigint;
  /** The enclave that signed the batch. */
  readonly enclave: Address;
  /** Of the commit, from COMMITTED on. */
  readonly transactionHash: Hex | undefined;
  readonly blockNumber: bigint | undefined;
}

/** News of a task. */
export interface TaskProgress<Value = unknown> {
  readonly taskId: Hex;
  readonly stage: TaskStage;
  /** Since the order was sent. */
  readonly elapsedMillis: number;
  /** From ANCHORED on. */
  readonly result: TaskResult<Value> | undefined;
}

/** Why a task has not got further, when it takes longer than usual. */
export interface TaskDelay {
  /**
   * - `NODES_SILENT`: no node that the client knows answers;
   * - `LATE`: the realm's worker has not given the result;
   * - `CHALLENGED`: the worker has to show work on Ethereum, or the next in turn may take the realm over;
   * - `OVERDUE`: the same, because the task was posted a while ago;
   * - `TAKEN_OVER`: another worker holds the realm now.
   */
  readonly kind: 'NODES_SILENT' | 'LATE' | 'CHALLENGED' | 'OVERDUE' | 'TAKEN_OVER';
  /** The worker that holds the realm; undefined while nothing can be asked. */
  readonly worker: number | undefined;
  /** The worker whose turn is next, if there is one. */
  readonly next: number | undefined;
  /** The block from which it may take over. */
  readonly turnAtBlock: bigint | undefined;
  /** All of it in plain words. */
  readonly text: string;
}

// Inside, a task does not know what its value is, so that a Task<X> is a Task.
type Listener = (progress: TaskProgress<any>) => void; // eslint-disable-line @typescript-eslint/no-explicit-any

interface Waiting {
  readonly stage: TaskStage;
  resolve: Listener;
  reject(problem: EnigmaError): void;
}

const includes = (stage: TaskStage, other: TaskStage) => TASK_STAGES.indexOf(stage) >= TASK_STAGES.indexOf(other);

/** The result if the call succeeded; throws the refusal or the contract's failure otherwise. */
export function orThrow<Value>(result: TaskResult<Value>): TaskResult<Value> {
  if (result.failure !== undefined) throw new EnigmaError(result.failure, result.reason);
  if (result.outcome === 'DUPLICATE') throw new EnigmaError('USED_SALT', "the order had run before; its result is the first run's");
  return result;
}

/**
 * A task that was sent. Its stages can be followed as an async iterator, by event or by waiting:
 *
 * ```ts
 * for await (const { stage } of task) console.log(stage); // ACCEPTED, ANCHORED, COMMITTED, FINAL
 * const { value } = await task.result();
 * ```
 */
export class Task<out Value = unknown> implements AsyncIterable<TaskProgress<Value>> {
  readonly taskId: Hex;
  readonly realm: Hex;
  readonly #sentAt: number;
  readonly #patienceMillis: number;
  readonly #listeners = new Set<Listener>();
  readonly #failed = new Set<(problem: EnigmaError) => void>();
  readonly #delayed = new Set<(delay: TaskDelay | undefined) => void>();
  readonly #waiting = new Set<Waiting>();
  #latest: TaskProgress<Value> | undefined;
  #failure: EnigmaError | undefined;
  #delay: TaskDelay | undefined;

  /** @internal */
  constructor(taskId: Hex, realm: Hex, sentAt: number, patienceMillis: number) {
    this.taskId = taskId;
    this.realm = realm;
    this.#sentAt = sentAt;
    this.#patienceMillis = patienceMillis;
  }

  /** The latest stage, undefined before ACCEPTED. */
  get stage(): TaskStage | undefined {
    return this.#latest?.stage;
  }

  /** The latest news. */
  get progress(): TaskProgress<Value> | undefined {
    return this.#latest;
  }

  /** Why the task is late; undefined while it is not. */
  get delay(): TaskDelay | undefined {
    return this.#delay;
  }

  /**
   * Calls back for every change from now on, and at once for what is known already. Returns what ends it.
   *
   * `delay` tells why a task is late, and undefined when it goes on.
   */
  on(event: 'progress', listener: (progress: TaskProgress<Value>) => void): () => void;
  on(event: 'error', listener: (problem: EnigmaError) => void): () => void;
  on(event: 'delay', listener: (delay: TaskDelay | undefined) => void): () => void;
  on(
    event: 'progress' | 'error' | 'delay',
    listener: ((progress: TaskProgress<Value>) => void) & ((problem: EnigmaError) => void) & ((delay: TaskDelay | undefined) => void),
  ): () => void {
    if (event === 'delay') {
      this.#delayed.add(listener);
      if (this.#delay !== undefined) listener(this.#delay);
      return () => void this.#delayed.delete(listener);
    }
    if (event === 'progress') {
      this.#listeners.add(listener);
      if (this.#latest !== undefined) listener(this.#latest);
      return () => void this.#listeners.delete(listener);
    }
    this.#failed.add(listener);
    if (this.#failure !== undefined) listener(this.#failure);
    return () => void this.#failed.delete(listener);
  }

  /**
   * Waits until a stage is reached.
   *
   * @throws {@link EnigmaError} TIMEOUT, TASK_EXPIRED, RESULT_MISSING, BAD_PROOF and others
   */
  reached(stage: TaskStage, options: { timeoutMillis?: number } = {}): Promise<TaskProgress<Value>> {
    if (this.#latest !== undefined && includes(this.#latest.stage, stage)) return Promise.resolve(this.#latest);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const atMost = options.timeoutMillis ?? this.#patienceMillis;
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
      };
      const waiting: Waiting = {
        stage,
        resolve: (progress) => (end(), resolve(progress)),
        reject: (problem) => (end(), reject(problem)),
      };
      const timer = setTimeout(
        () =>
          waiting.reject(
            new EnigmaError('TIMEOUT', `task ${this.taskId} is ${this.stage ?? 'not ACCEPTED'} after ${atMost / 1000} s and not yet ${stage}`),
          ),
        atMost,
      );
      this.#waiting.add(waiting);
    });
  }

  /** Waits until the result is there and will not change, or for a later stage; throws when the call failed. */
  async result(options: { stage?: Exclude<TaskStage, 'ACCEPTED'>; timeoutMillis?: number } = {}): Promise<TaskResult<Value>> {
    return orThrow(await this.outcome(options));
  }

  /** As `result`, but a call that failed is an answer too. */
  async outcome(options: { stage?: Exclude<TaskStage, 'ACCEPTED'>; timeoutMillis?: number } = {}): Promise<TaskResult<Value>> {
    return (await this.reached(options.stage ?? 'ANCHORED', options)).result!;
  }

  /** Each stage as it is reached, until FINAL; throws what ends the task otherwise. */
  async *[Symbol.asyncIterator](): AsyncGenerator<TaskProgress<Value>, void, void> {
    const news: TaskProgress<Value>[] = [];
    let wake: () => void = () => {};
    const stops = [this.on('progress', (progress) => (news.push(progress), wake())), this.on('error', () => wake())];
    try {
      for (;;) {
        const next = news.shift();
        if (next !== undefined) {
          yield next;
          if (next.stage === 'FINAL') return;
        } else if (this.#failure !== undefined) {
          throw this.#failure;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      stops.forEach((stop) => stop());
    }
  }

  /** Says why the task is late, or that it no longer is. @internal */
  hold(delay: TaskDelay | undefined): void {
    if (this.#delay?.text === delay?.text) return;
    this.#delay = delay;
    for (const listener of [...this.#delayed]) listener(delay);
  }

  /** Moves to a stage: forward, or back after a reorganisation. @internal */
  move(stage: TaskStage, result: TaskResult<Value> | undefined): void {
    if (this.#latest?.stage === stage) return;
    this.hold(undefined);
    const progress: TaskProgress<Value> = { taskId: this.taskId, stage, elapsedMillis: Date.now() - this.#sentAt, result };
    this.#latest = progress;
    // Listeners first: who waits for a stage finds that they have heard of it.
    for (const listener of [...this.#listeners]) listener(progress);
    for (const waiting of [...this.#waiting]) if (includes(stage, waiting.stage)) waiting.resolve(progress);
  }

  /** @internal */
  fail(problem: EnigmaError): void {
    this.hold(undefined);
    this.#failure = problem;
    for (const listener of [...this.#failed]) listener(problem);
    for (const waiting of [...this.#waiting]) waiting.reject(problem);
  }
}
