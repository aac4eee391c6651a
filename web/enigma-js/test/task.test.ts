import { expect, test } from 'vitest';
import { EnigmaError, formatEng, orThrow, parseEng, Task, type TaskResult } from '../src/index.js';

const ID = `0x${'ab'.repeat(32)}` as const;
const start = (patienceMillis = 5_000) => new Task<bigint>(ID, ID, Date.now(), patienceMillis);
const result = (more: Partial<TaskResult<bigint>> = {}): TaskResult<bigint> => ({
  taskId: ID,
  outcome: 'EXECUTED',
  failure: undefined,
  reason: '',
  value: 5n,
  output: '0x',
  console: [],
  sequence: 1n,
  gasUsed: 1n,
  gasCharged: 1n,
  fee: 1n,
  enclave: '0x0000000000000000000000000000000000000001',
  transactionHash: undefined,
  blockNumber: undefined,
  ...more,
});
const codeOf = (code: string) => expect.objectContaining({ code });

test('a later stage includes the earlier ones', async () => {
  const task = start();
  const [accepted, committed] = [task.reached('ACCEPTED'), task.reached('COMMITTED')];
  task.move('COMMITTED', result());

  expect((await accepted).stage).toBe('COMMITTED');
  expect((await committed).result?.value).toBe(5n);
  expect((await task.reached('ANCHORED')).stage).toBe('COMMITTED');
});

test('an iterator begins with what is known, hears of going back, and ends with FINAL', async () => {
  const task = start();
  task.move('ANCHORED', result());
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { stage } of task) seen.push(stage);
  })();
  task.move('ACCEPTED', undefined);
  task.move('ANCHORED', result());
  task.move('ANCHORED', result());
  task.move('FINAL', result());
  await reading;

  expect(seen).toEqual(['ANCHORED', 'ACCEPTED', 'ANCHORED', 'FINAL']);
});

test('what ends a task otherwise reaches everybody who follows it', async () => {
  const task = start();
  const heard: string[] = [];
  task.on('error', ({ code }) => heard.push(code));
  const waiting = task.reached('ANCHORED');
  const reading = (async () => {
    for await (const _ of task);
  })();
  task.fail(new EnigmaError('TASK_EXPIRED', 'too late'));

  await expect(waiting).rejects.toEqual(codeOf('TASK_EXPIRED'));
  await expect(reading).rejects.toEqual(codeOf('TASK_EXPIRED'));
  await expect(task.result()).rejects.toEqual(codeOf('TASK_EXPIRED'));
  task.on('error', ({ code }) => heard.push(code));
  expect(heard).toEqual(['TASK_EXPIRED', 'TASK_EXPIRED']);
});

test('waiting has an end, which says how far the task came', async () => {
  const task = start(10);
  task.move('ACCEPTED', undefined);

  await expect(task.result()).rejects.toThrow(/is ACCEPTED after 0.01 s and not yet ANCHORED/);
});

test('a listener can be taken off', () => {
  const task = start();
  const seen: string[] = [];
  const stop = task.on('progress', ({ stage }) => seen.push(stage));
  task.move('ACCEPTED', undefined);
  stop();
  task.move('ANCHORED', result());

  expect(seen).toEqual(['ACCEPTED']);
});

test('a result that is none is thrown as what it is', () => {
  expect(orThrow(result()).value).toBe(5n);
  expect(() => orThrow(result({ failure: 'OUT_OF_GAS', reason: 'f(): too little' }))).toThrow('f(): too little');
  expect(() => orThrow(result({ outcome: 'DUPLICATE' }))).toThrow(EnigmaError);
});

test('amounts of ENG are read and written with eight digits', () => {
  expect(parseEng('1.00000001')).toBe(100_000_001n);
  expect(formatEng(100_000_001n)).toBe('1.00000001');
  expect(formatEng(parseEng('20'))).toBe('20');
  for (const wrong of ['', '-1', '1.', '1.000000001', '1e3', '0x1', ' 1']) expect(() => parseEng(wrong), wrong).toThrow(EnigmaError);
});
