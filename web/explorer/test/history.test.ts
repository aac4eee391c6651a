import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import type { Happening } from '../src/model/events';
import { History } from '../src/model/history';
import { rhythm } from '../src/model/rhythm';
import { locate } from '../src/model/search';
import { allTasks, heldUp, isFurther, stepsOf, viewOf } from '../src/model/task';
import type { TaskLine } from '../src/network/node';

const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`;
const address = (n: number): Hex => `0x${n.toString(16).padStart(40, '0')}`;
const REALM = hash(0xaa);
const TASK = hash(0xbb);

let block = 0;
function event(eventName: string, args: Record<string, unknown>, at = ++block): Happening {
  return { eventName, args, place: { block: at, time: 1_000 + at, transaction: hash(0x1000 + at), index: 0 } } as unknown as Happening;
}

const registered = (worker: number) =>
  event('WorkerRegistered', {
    worker,
    operator: address(worker),
    enclave: address(100 + worker),
    measurement: hash(1),
    tee: 0,
    platformHash: hash(2),
    tcbNumber: 1,
    notAfter: 10_000n,
    evidence: '0x0102',
  });
const seeded = (epoch: number, seats: number) => event('Seeded', { epoch: BigInt(epoch), seed: hash(0x51ee + epoch), seats, postedBy: address(9), reward: 0n });
const seat = (worker: number, index: number) => event('SeatTaken', { worker, index });
const assigned = (epoch: number, tenure = 1) => event('Assigned', { realm: REALM, tenure: BigInt(tenure), epoch: BigInt(epoch), generation: 1, rank0: 1, rank1: 2, rank2: 0 });
const opened = () => event('RealmOpened', { realm: REALM, owner: address(7), salt: hash(3), options: 0, firstDrawEpoch: 1n });

function history(...events: Happening[]): History {
  const made = new History();
  for (const each of events) made.apply(each);
  return made;
}

describe('the history', () => {
  it('remembers the seats at the start of the epoch before a draw (rule C2)', () => {
    const told = history(
      registered(1),
      registered(2),
      seat(1, 0),
      seat(1, 1),
      seeded(1, 2),
      opened(),
      assigned(1),
      seat(2, 2),
      seeded(2, 2),
      assigned(2, 2),
      seeded(3, 3),
      assigned(3, 3),
    );
    // Seats taken in epoch 1 count from the draws of epoch 3 on; epoch 1 draws from its own seed's seats.
    expect(told.selections.map((each) => each.seatWorkers)).toEqual([
      [1, 1],
      [1, 1],
      [1, 1, 2],
    ]);
  });

  it('moves the last seat into the gap when one is given up', () => {
    const told = history(registered(1), registered(2), seat(1, 0), seat(1, 1), seat(2, 2), event('SeatDropped', { worker: 1, index: 0 }));
    expect(told.seats).toEqual([2, 1]);
    expect(told.workers.get(1)!.seats).toBe(1);
  });

  it('knows who might not be drawn, and why', () => {
    const told = history(registered(1), registered(2), seat(1, 0), seat(2, 1), event('LoggedOut', { worker: 2 }), seeded(1, 2), opened(), assigned(1));
    expect(told.selections[0]!.unfit).toEqual(new Map([[2, 'it had logged out']]));
  });

  it('knows where a worker’s node is reached, by its operator’s word', () => {
    const told = history(registered(1), registered(2), event('EndpointSet', { enclave: address(102), url: 'http://two.example', peer: '' }));
    expect([...told.workers.values()].map((worker) => worker.endpoint)).toEqual(['', 'http://two.example']);
  });

  it('forgets what came after a block when the chain goes back', () => {
    const told = history(registered(1), opened());
    const place = told.events.at(-1)!.place.block;
    expect(told.before(place).realms.size).toBe(1);
    expect(told.before(place - 1).realms.size).toBe(0);
    expect(told.before(place - 1).workers.size).toBe(1);
  });

  const posted = () =>
    event('TaskPosted', {
      realm: REALM,
      taskId: TASK,
      sender: address(5),
      target: address(6),
      kind: 1,
      codeHash: hash(0),
      inputHash: hash(4),
      gasLimit: 1_000n,
      gasPrice: 1n,
      expiry: 99n,
      salt: hash(5),
      withEnvelope: true,
    });
  const committed = (first: number, count: number) =>
    event('Committed', {
      realm: REALM,
      worker: 1,
      kind: 0,
      lease: 1n,
      tenure: 1n,
      firstSequence: BigInt(first),
      count: BigInt(count),
      headerNumber: 4n,
      stateHash: hash(0x57),
      receiptsRoot: hash(0x70),
      payee: address(1),
      paid: 12n,
    });
  const line = (status: string, more: Partial<TaskLine> = {}): TaskLine => ({ node: 0, number: 1n, realm: REALM, taskId: TASK, status, ...more });
  const receipt = { taskId: TASK, sequence: 3n, outcome: 0, gasCharged: 100n, resultHash: hash(6), callbackHash: hash(7) };

  it('finds the commit of a direct task by its sequence', () => {
    const told = history(registered(1), opened(), committed(1, 2), committed(3, 4));
    const task = viewOf(told, REALM, TASK, line('ANCHORED', { receipt, acceptedAt: 1_000, endedAt: 1_400 }));
    expect(task.commit?.first).toBe(3n);
    expect(task.status).toBe('COMMITTED');
    expect(task.way).toBe('direct');
  });

  it('shows a task that was only posted as such, and each step once it is done', () => {
    const told = history(registered(1), opened(), posted());
    const before = viewOf(told, REALM, TASK, undefined);
    expect(before.status).toBe('POSTED');
    expect(stepsOf(before).map((step) => step.state)).toEqual(['done', 'done', 'waiting', 'waiting', 'waiting']);

    told.apply(committed(3, 1));
    const after = viewOf(told, REALM, TASK, line('ANCHORED', { receipt, acceptedAt: 5_000_000, endedAt: 5_000_400 }));
    const steps = stepsOf(after);
    expect(steps.every((step) => step.state === 'done')).toBe(true);
    expect(steps[3]!.took).toBe(400);
  });

  it('ends the steps of an expired task', () => {
    const told = history(opened(), posted(), event('TaskExpired', { realm: REALM, taskId: TASK, payer: address(5), refund: 7n }));
    const task = viewOf(told, REALM, TASK, line('ACCEPTED', { acceptedAt: 1 }));
    expect(task.status).toBe('EXPIRED');
    expect(stepsOf(task).map((step) => step.state)).toEqual(['done', 'done', 'done', 'never', 'never']);
  });

  it('says which worker a task waits for, who may take over and when, and who did', () => {
    const key = event('KeyAnnounced', { realm: REALM, tenure: 1n, generation: 1, worker: 1, lease: 1n, suite: 0x20, inputKey: '0x01' });
    const told = history(registered(1), registered(2), seeded(1, 2), opened(), assigned(1), key);
    const seen = () => viewOf(told, REALM, TASK, line('ACCEPTED', { acceptedAt: 1_000 }));
    expect(heldUp(seen(), told.realm(REALM), 10)).toBeUndefined();

    const challenged = event('Challenged', { realm: REALM, challenger: address(9), deposit: 5n });
    told.apply(challenged);
    const since = challenged.place.block;
    expect(heldUp(seen(), told.realm(REALM), 10)).toBe(
      `Worker 1 has fallen silent and was asked in block ${since} to show that it works. If it does not, worker 2 may take over from block ${since + 10} on.`,
    );
    expect(stepsOf(seen(), 'why')[3]!.text).toBe('why');

    told.apply(event('FailedOver', { realm: REALM, from: 1, to: 2, overdue: hash(0) }, 500));
    told.apply({ ...committed(3, 1), place: { block: 500, time: 1_500, transaction: hash(0x1000 + 500), index: 1 } } as Happening);
    const after = viewOf(told, REALM, TASK, line('ANCHORED', { receipt, acceptedAt: 1_000, endedAt: 1_400 }));
    expect(heldUp(after, told.realm(REALM), 10)).toBe('Worker 2 took over from worker 1, which had fallen silent.');
    expect(heldUp(viewOf(told, REALM, hash(0xcc), undefined), told.realm(REALM), 10)).not.toContain('took over');
  });

  it('takes a later word about a task for the better one', () => {
    expect(isFurther('ANCHORED', 'ACCEPTED')).toBe(true);
    expect(isFurther('EXPIRED', 'ACCEPTED')).toBe(true);
    expect(isFurther('ACCEPTED', 'COMMITTED')).toBe(false);
    expect(isFurther('EXPIRED', 'EXPIRED')).toBe(false);
  });

  it('lists posted and direct tasks together, the latest first', () => {
    const told = history(opened(), posted());
    const direct = hash(0xcc);
    const lines = new Map([[direct, { ...line('ACCEPTED', { acceptedAt: 9_000_000_000 }), taskId: direct }]]);
    expect(allTasks(told, lines).map((task) => task.id)).toEqual([direct, TASK]);
  });

  it('replaces a failed callback by its retry', () => {
    const args = { realm: REALM, taskId: TASK, target: address(8), callbackHash: hash(8) };
    const told = history(opened(), event('CallbackFailed', { ...args, reason: hash(0), retryable: true }), event('CallbackDone', args));
    expect(told.task(TASK)!.callbacks).toMatchObject([{ done: true }]);
  });

  it('counts the steps of the last blocks, and nothing before them', () => {
    const told = history(registered(1), opened(), committed(1, 2), committed(3, 4));
    const head = told.commits.at(-1)!.place.block;
    const beats = rhythm(told.commits, told.epochs, head, 2);
    expect(beats.map((beat) => beat.steps)).toEqual([2, 4]);
    expect(rhythm(told.commits, told.epochs, head + 1, 2).map((beat) => beat.steps)).toEqual([4, 0]);
    expect(rhythm([], [], 0, 5)).toHaveLength(1);
  });

  it('leads from a hash to its page', () => {
    const told = history(registered(1), opened(), posted(), committed(1, 1));
    expect(locate(told, REALM)).toBe(`/realms/${REALM}`);
    expect(locate(told, TASK)).toBe(`/realms/${REALM}/tasks/${TASK}`);
    expect(locate(told, hash(0x57))).toBe(`/blocks/${told.commits[0]!.place.block}`);
    expect(locate(told, hash(0xdead))).toBeUndefined();
  });
});
