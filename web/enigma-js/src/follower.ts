import type { Hex } from 'viem';
import { DelayWatch } from './delay.js';
import { EnigmaError } from './errors.js';
import { chainError, type Commit, type Ledger } from './ledger.js';
import { anotherMayHelp, type Nodes } from './nodes.js';
import type * as rpc from './generated/rpc.js';
import type { TaskNews, TaskSubscriptions } from './subscriptions.js';
import type { Task } from './task.js';
import { parseAnchored, type OpenTask, type TaskVerifier, type Verified } from './verifier.js';

const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 400;
/** Between two questions while a node tells of the task by itself: connections can be dead without being closed. */
const LIVE_PAUSE = 5_000;
const CHAIN_PAUSE = 400;
const OUTAGE_PAUSE = 1000;
/** How long nodes are asked for a result of old that they may just be looking for themselves. */
const ASKING = 15_000;

/** What a follower needs of the client it works for. */
export interface FollowerParts {
  readonly ledger: Ledger;
  readonly nodes: Nodes;
  readonly subscriptions: TaskSubscriptions;
  readonly verifier: TaskVerifier;
  readonly maxBatchAge: bigint;
  readonly maxOrderBlocks: bigint;
  readonly failoverBlocks: bigint;
  readonly simulated: boolean;
  readonly signal: AbortSignal;
}

/** The task followed, with what to do when a node has never seen it and when it is over. */
export interface Followed {
  readonly task: Task;
  readonly open: OpenTask;
  readonly expiry: bigint;
  /** Hands the order over again; nothing where that is not possible. */
  readonly resubmit: (() => Promise<void>) | undefined;
  readonly forget: () => Promise<void>;
}

/**
 * Follows one task from ACCEPTED to FINAL. The node's answer is verified once, at ANCHORED; commit and finality are read
 * from the chain; a commit that a reorganisation removes moves the task back.
 */
export async function follow(parts: FollowerParts, followed: Followed): Promise<void> {
  const { task } = followed;
  const news = parts.subscriptions.follow(task.realm, task.taskId);
  try {
    while (!parts.signal.aborted) {
      const verified = await awaitAnchor(parts, followed, news);
      if (verified === undefined) return;
      task.move('ANCHORED', verified.result);
      if (await awaitFinality(parts, followed, verified, news)) return;
    }
  } catch (problem) {
    if (parts.signal.aborted) return;
    task.fail(problem instanceof EnigmaError ? problem : new EnigmaError('INTERNAL', `the task cannot be followed: ${String(problem)}`, { cause: problem }));
  } finally {
    news.close();
  }
}

async function awaitAnchor(parts: FollowerParts, followed: Followed, news: TaskNews): Promise<Verified | undefined> {
  const { task } = followed;
  const delays = new DelayWatch(parts.ledger, parts.failoverBlocks, task);
  const asksSince = Date.now();
  let wait = FIRST_PAUSE;
  let resubmitted = false;
  let told: rpc.Task | undefined;
  while (!parts.signal.aborted) {
    // One node that does not know the task is no reason: the others are asked.
    const answer = told === undefined || told.status === 'UNKNOWN' ? await askQuietly(parts.nodes, task.realm, task.taskId) : told;
    if (answer !== undefined) {
      const anchored = parseAnchored(answer);
      if (anchored !== undefined) return parts.verifier.verify(task.realm, followed.open, anchored);
      if (answer.status === 'ACCEPTED') task.move('ACCEPTED', undefined);
      if (answer.status === 'UNKNOWN' && followed.resubmit !== undefined && !resubmitted) {
        resubmitted = true;
        await followed.resubmit();
        task.move('ACCEPTED', undefined);
      }
    }
    if (wait >= LONGEST_PAUSE / 2) await requireNotExpired(parts, followed, asksSince);
    await quietly(() => delays.look(answer !== undefined));
    const most = answer === undefined || delays.late ? OUTAGE_PAUSE : news.live ? LIVE_PAUSE : wait;
    told = await news.next(Math.min(most, delays.patience));
    wait = Math.min(LONGEST_PAUSE, wait * 1.5);
  }
  return undefined;
}

/** The node's answer; nothing while no node answers, which is no reason to give up a task. */
async function askQuietly(nodes: Nodes, realm: Hex, taskId: Hex): Promise<rpc.Task | undefined> {
  try {
    return await nodes.task(realm, taskId);
  } catch (problem) {
    if (anotherMayHelp(problem)) return undefined;
    throw problem;
  }
}

/**
 * Rule C11: what is not committed by expiry + maxBatchAge never will be. Nodes may keep quiet of what was: only a realm
 * that committed nothing meanwhile shows that the task did not run.
 */
async function requireNotExpired(parts: FollowerParts, followed: Followed, asksSince: number): Promise<void> {
  const { task, expiry } = followed;
  const last = expiry + parts.maxBatchAge;
  const block = await quietly(() => parts.ledger.blockNumber());
  if (block === undefined || block <= last) return;
  const first = expiry > parts.maxOrderBlocks ? expiry - parts.maxOrderBlocks : 0n;
  const mayHaveRun = await quietly(() => parts.ledger.committedBetween(task.realm, first, last));
  if (mayHaveRun === undefined || (mayHaveRun && Date.now() - asksSince < ASKING)) return;
  if (mayHaveRun) {
    throw new EnigmaError(
      'RESULT_MISSING',
      `no node gave a result of task ${task.taskId} by block ${last}, after which it cannot run; its realm committed batches meanwhile, so it may have run and been charged. Its record is kept: resume it once a node has the result`,
    );
  }
  await followed.forget();
  throw new EnigmaError('TASK_EXPIRED', `task ${task.taskId} was not committed by block ${last}; it is EXPIRED and costs nothing`);
}

/** True when the task is final, false when its head is gone and it has to be anchored again. */
async function awaitFinality(parts: FollowerParts, followed: Followed, verified: Verified, news: TaskNews): Promise<boolean> {
  const { task } = followed;
  const { ledger } = parts;
  while (!parts.signal.aborted) {
    const commit = await quietly(() => ledger.commit(task.realm, verified.stateHash, verified.headerNumber).then((found): Commit | null => found ?? null));
    if (commit !== undefined && commit !== null && commit.receiptsRoot === verified.receiptsRoot) {
      const result = { ...verified.result, transactionHash: commit.transactionHash, blockNumber: commit.blockNumber };
      task.move('COMMITTED', result);
      const finalized = parts.simulated ? commit.blockNumber : await quietly(() => ledger.finalizedBlock());
      if (finalized !== undefined && finalized >= commit.blockNumber) {
        // Before anybody hears of FINAL: nothing is left to resume.
        await followed.forget();
        task.move('FINAL', result);
        return true;
      }
    } else if (commit === null) {
      task.move('ANCHORED', verified.result);
      const block = await quietly(() => ledger.blockNumber());
      if (block !== undefined && block > verified.headerNumber + parts.maxBatchAge) {
        task.move('ACCEPTED', undefined);
        return false;
      }
    }
    // A node that tells of the commit is a reason to look, and no more.
    await news.next(CHAIN_PAUSE);
  }
  return true;
}

/** An endpoint that does not answer is no reason to give up a task. */
async function quietly<T>(question: () => Promise<T>): Promise<T | undefined> {
  try {
    return await question();
  } catch (problem) {
    const known = chainError(problem);
    if (known.code === 'CHAIN_UNREACHABLE') return undefined;
    throw known;
  }
}
