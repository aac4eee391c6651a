import type { Hex } from 'viem';
import type { TaskLine, TaskReport } from '../network/node';
import type { ChainTask, Commit, History, Realm } from './history';
import { outcomeOf } from './words';

export type Status = 'POSTED' | 'ACCEPTED' | 'ANCHORED' | 'COMMITTED' | 'FINAL' | 'EXPIRED' | 'UNKNOWN';

/** What is known of a task from Ethereum and from the nodes together. */
export interface TaskView {
  readonly id: Hex;
  readonly realm: Hex;
  readonly way: 'posted' | 'direct';
  readonly status: Status;
  readonly outcome: string | undefined;
  readonly chain: ChainTask | undefined;
  readonly line: TaskLine | undefined;
  readonly report: TaskReport | undefined;
  readonly commit: Commit | undefined;
  /** What to sort by: milliseconds since 1970 where known, else the block's place. */
  readonly at: number;
}

const ORDER: readonly Status[] = ['UNKNOWN', 'POSTED', 'ACCEPTED', 'ANCHORED', 'COMMITTED', 'FINAL'];

export const reached = (task: TaskView, status: Status): boolean => ORDER.indexOf(task.status) >= ORDER.indexOf(status);

/** Whether a status, of a node's word, is later than another. */
export const isFurther = (status: string, than: string): boolean =>
  status === 'EXPIRED' ? than !== 'EXPIRED' : ORDER.indexOf(status as Status) > ORDER.indexOf(than as Status);

/** Puts together what is known of a task. */
export function viewOf(history: History, realm: Hex, id: Hex, line: TaskLine | undefined, report?: TaskReport): TaskView {
  const chain = history.task(id);
  const receipt = report?.receipt ?? line?.receipt;
  const committedAt = chain?.settled?.place;
  const commit =
    receipt !== undefined
      ? history.commitOf(realm, receipt.sequence)
      : committedAt && history.realm(realm)?.commits.find((each) => each.place.transaction === committedAt.transaction);
  const fromNode = (report && report.status !== 'UNKNOWN' ? report.status : line?.status) as Status | undefined;
  let status: Status = fromNode ?? (chain?.order ? 'POSTED' : 'UNKNOWN');
  if (chain?.expired) status = 'EXPIRED';
  else if (commit && status !== 'FINAL') status = 'COMMITTED';
  // A callback names a direct task that no node here remembers.
  else if (status === 'UNKNOWN' && chain?.callbacks.length) status = 'COMMITTED';
  const outcome =
    status === 'EXPIRED'
      ? 'EXPIRED'
      : (report?.outcome ?? line?.outcome ?? (chain?.settled ? outcomeOf(chain.settled.outcome) : undefined));
  const time = chain?.postedAt?.time ?? commit?.place.time;
  return {
    id,
    realm,
    way: chain?.order ? 'posted' : 'direct',
    status,
    outcome,
    chain,
    line,
    report,
    commit: commit || undefined,
    at: line?.acceptedAt ?? (time === undefined ? 0 : time * 1_000),
  };
}

/** All tasks known, the latest first. */
export function allTasks(history: History, lines: ReadonlyMap<Hex, TaskLine>, realm?: Hex): TaskView[] {
  const ids = new Map<Hex, Hex>();
  for (const line of lines.values()) if (!realm || line.realm === realm) ids.set(line.taskId, line.realm);
  for (const task of history.tasks.values()) if (!realm || task.realm === realm) ids.set(task.id, task.realm);
  return [...ids].map(([id, of]) => viewOf(history, of, id, lines.get(id))).sort((a, b) => b.at - a.at);
}

/**
 * Why a task waits for a worker, or which one ran it in another's stead (rule C5); undefined where neither is so.
 *
 * @param failoverBlocks how many blocks a turn lasts
 */
export function heldUp(task: TaskView, realm: Realm | undefined, failoverBlocks: number | undefined): string | undefined {
  if (realm === undefined || task.status === 'EXPIRED') return undefined;
  const takeOver = realm.takeOvers.findLast(({ place }) =>
    task.commit
      ? // The first tasks that the new worker brought to Ethereum are those that had waited for it.
        task.commit === realm.commits.find((each) => each.kind === 'TASKS' && (each.place.transaction === place.transaction || each.place.block > place.block))
      : task.at > 0 && place.time !== undefined && place.time * 1_000 >= task.at,
  );
  if (takeOver) return `Worker ${takeOver.to} took over from worker ${takeOver.from}, which had fallen silent.`;
  if (reached(task, 'ANCHORED')) return undefined;
  const challenge = realm.challenges.findLast((each) => each.endedAt === undefined);
  if (challenge === undefined) return undefined;
  const ranks = realm.tenures.findLast((each) => each.announced !== undefined)?.selection?.ranks ?? [];
  const turn = ranks.indexOf(realm.worker) + 1;
  const next = turn > 0 ? ranks[turn] : undefined;
  const silent = `Worker ${realm.worker} has fallen silent and was asked in block ${challenge.place.block} to show that it works.`;
  if (next === undefined) return `${silent} No other worker was drawn for this realm.`;
  const when = failoverBlocks === undefined ? '' : ` from block ${challenge.place.block + turn * failoverBlocks} on`;
  return `${silent} If it does not, worker ${next} may take over${when}.`;
}

export interface Step {
  readonly number: number;
  readonly title: string;
  readonly state: 'done' | 'waiting' | 'never';
  /** What it rests on. */
  readonly text: string;
  readonly block?: number;
  /** Milliseconds since 1970. */
  readonly time?: number;
  /** Milliseconds since the step before whose time is known; of times of blocks, which are whole seconds, roughly. */
  readonly took?: number;
  readonly roughly?: boolean;
}

/**
 * The five steps of a task (docs/protocol.md §1) with what shows each.
 *
 * @param hold what {@link heldUp} says
 */
export function stepsOf(task: TaskView, hold?: string): Step[] {
  const { chain, line, report, commit } = task;
  const over = task.status === 'EXPIRED';
  const state = (done: boolean): Step['state'] => (done ? 'done' : over ? 'never' : 'waiting');
  const posted = chain?.postedAt;
  const accepted = line?.acceptedAt !== undefined || reached(task, 'ACCEPTED');
  const anchored = reached(task, 'ANCHORED');
  const committed = commit !== undefined;
  const header = report?.batch?.headerNumber ?? commit?.header;
  const final = task.status === 'FINAL';
  const callbacks = chain?.callbacks ?? [];
  const steps: Step[] = [
    { number: 1, title: 'Started', state: 'done', text: 'The call was encoded in the user’s own program. Nobody else saw it in clear.' },
    {
      number: 2,
      title: 'Sealed and signed',
      state: 'done',
      text: posted ? 'The sealed input’s hash and the fee are in the order on Ethereum.' : 'The order names the sealed input’s hash. The fee is held in the sender’s allocation.',
      ...(posted ? { block: posted.block, ...(posted.time === undefined ? {} : { time: posted.time * 1_000 }) } : {}),
    },
    {
      number: 3,
      title: 'Handed over',
      state: state(accepted),
      text: accepted ? 'The holder’s node stored the order: ACCEPTED.' : 'No node has said that it accepted the order.',
      ...(line?.acceptedAt === undefined ? {} : { time: line.acceptedAt }),
    },
    {
      number: 4,
      title: 'Run and anchored',
      state: state(anchored),
      text: [
        hold,
        anchored
          ? `The enclave ran it, the key managers acknowledged the new state: ANCHORED${header === undefined ? '' : `, on block ${header}`}.`
          : hold === undefined && 'The enclave has not released a result.',
      ]
        .filter(Boolean)
        .join(' '),
      ...(line?.endedAt === undefined || over ? {} : { time: line.endedAt }),
    },
    {
      number: 5,
      title: 'Committed',
      state: state(committed),
      text: committed
        ? `The batch is on Ethereum, the worker is paid${callbacks.length ? `, ${callbacks.filter((each) => each.done).length} of ${callbacks.length} callbacks ran` : ''}: ${final ? 'FINAL' : 'COMMITTED'}.`
        : over
          ? 'It was not committed in time.'
          : 'The batch is not on Ethereum yet.',
      ...(commit ? { block: commit.place.block, ...(commit.place.time === undefined ? {} : { time: commit.place.time * 1_000 }) } : {}),
    },
  ];
  let before: Step | undefined;
  return steps.map((step) => {
    if (step.time === undefined) return step;
    const last = before;
    before = step;
    if (last?.time === undefined) return step;
    const roughly = step.block !== undefined || last.block !== undefined;
    return { ...step, took: Math.max(0, step.time - last.time), roughly };
  });
}
