import type { Ledger } from './ledger.js';
import type { Task, TaskDelay } from './task.js';

/** A task that has no result after this long is late, and its user is told why. */
const LATE_MILLIS = 3_000;
const LOOK_MILLIS = 1_000;

/** Finds out, at the user's own Ethereum endpoint, why a task has no result yet (rule C5), and tells the task. */
export class DelayWatch {
  readonly #ledger: Ledger;
  readonly #failoverBlocks: bigint;
  readonly #task: Task;
  readonly #since = Date.now();
  #lookedAt = 0;
  /** Who held the realm when the task was first seen to be late. */
  #firstWorker: number | undefined;

  constructor(ledger: Ledger, failoverBlocks: bigint, task: Task) {
    this.#ledger = ledger;
    this.#failoverBlocks = failoverBlocks;
    this.#task = task;
  }

  get late(): boolean {
    return Date.now() - this.#since >= LATE_MILLIS;
  }

  /** Milliseconds until the task is late, or until the next look. */
  get patience(): number {
    return this.late ? LOOK_MILLIS : Math.max(20, this.#since + LATE_MILLIS - Date.now());
  }

  /** @param answered whether any node said something about the task */
  async look(answered: boolean): Promise<void> {
    if (!this.late || Date.now() - this.#lookedAt < LOOK_MILLIS) return;
    this.#lookedAt = Date.now();
    this.#task.hold(await this.#reason(answered));
  }

  async #reason(answered: boolean): Promise<TaskDelay> {
    const { realm, taskId } = this.#task;
    const [view, block, posted] = await Promise.all([this.#ledger.realm(realm), this.#ledger.blockNumber(), this.#ledger.postedTask(realm, taskId)]);
    const holder = view.worker;
    this.#firstWorker ??= holder;
    const turn = view.ranks.indexOf(holder) + 1;
    const next = turn === 0 ? undefined : view.ranks.slice(turn).find((rank) => rank !== 0);
    const common = { worker: holder, next };
    const whoNext = next === undefined ? 'No other worker was drawn for this realm; it waits for this one.' : undefined;
    if (holder !== this.#firstWorker) {
      return {
        ...common,
        kind: 'TAKEN_OVER',
        turnAtBlock: undefined,
        text: `Worker ${holder} has taken over from worker ${this.#firstWorker}, which fell silent, and runs the task.`,
      };
    }
    if (view.challenged) {
      // Nobody leaves a challenge open for longer than four times the blocks a turn takes.
      const oldest = block - 8n * this.#failoverBlocks;
      const since = await this.#ledger.challengedAt(realm, oldest < 0n ? 0n : oldest);
      const turnAtBlock = since === undefined ? undefined : since + BigInt(turn) * this.#failoverBlocks;
      return {
        ...common,
        kind: 'CHALLENGED',
        turnAtBlock,
        text: `Worker ${holder} has fallen silent and was asked on Ethereum to show that it works. ${whoNext ?? takesOver(next!, turnAtBlock, block)}`,
      };
    }
    if (posted.countsAsOverdue && posted.payer !== undefined && BigInt(posted.payer) !== 0n) {
      const turnAtBlock = BigInt(posted.postedAt) + BigInt(turn) * this.#failoverBlocks;
      return {
        ...common,
        kind: 'OVERDUE',
        turnAtBlock,
        text: `Worker ${holder} has not run the task yet. ${whoNext ?? takesOver(next!, turnAtBlock, block)}`,
      };
    }
    if (!answered) {
      return {
        ...common,
        kind: 'NODES_SILENT',
        turnAtBlock: undefined,
        text: 'No node answers at the moment. The order is not lost, and they are asked again every second.',
      };
    }
    return {
      ...common,
      kind: 'LATE',
      turnAtBlock: undefined,
      text:
        `Worker ${holder} has not given the result yet. The order is kept by other workers too. ` +
        (whoNext ?? `If worker ${holder} stays silent, worker ${next} takes over after ${this.#failoverBlocks} blocks.`),
    };
  }
}

function takesOver(next: number, turnAtBlock: bigint | undefined, block: bigint): string {
  if (turnAtBlock === undefined) return `If it does not, worker ${next} takes over.`;
  const left = turnAtBlock - block;
  if (left <= 0n) return `It is worker ${next}’s turn now: it takes over and runs the task.`;
  return `If it does not, worker ${next} takes over at block ${turnAtBlock}, ${left === 1n ? '1 block' : `${left} blocks`} from now.`;
}
