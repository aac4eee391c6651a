import { afterEach, beforeAll, expect, test } from 'vitest';
import { parseAbi, type Hex } from 'viem';
import type { SecretContract } from '../src/index.js';
import { artifact, connect } from './testnet.js';

const abi = parseAbi(['function submit(uint256 fortune)']);
const Real = globalThis.WebSocket;
const honest = globalThis.fetch;
let contract: SecretContract<typeof abi>;

beforeAll(async () => {
  const client = await connect(2);
  const { contract: deployed, task } = await client.deploy({ abi, bytecode: artifact('Millionaires').bytecode });
  await task.result();
  contract = deployed;
  client.close();
});

afterEach(() => {
  globalThis.WebSocket = Real;
  globalThis.fetch = honest;
});

/** No node answers when it is asked about a task. */
function silenceQuestions(): void {
  globalThis.fetch = (input, init) =>
    String(init?.body ?? '').includes('enigma_getTask') ? Promise.reject(new Error('not answered')) : honest(input, init);
}

/** Changes what comes through a WebSocket. */
function between(alter: (text: string, socket: WebSocket) => string): { opened: () => number } {
  let opened = 0;
  globalThis.WebSocket = class extends Real {
    constructor(url: string | URL) {
      super(url);
      opened++;
    }
    override set onmessage(listener: (event: MessageEvent) => void) {
      super.onmessage = (event) => listener(new MessageEvent('message', { data: alter(String(event.data), this) }));
    }
  };
  return { opened: () => opened };
}

test('this runtime has WebSockets', () => expect(Real).toBeTypeOf('function'));

test('a node tells of a task that it is not asked about', async () => {
  const client = await connect(2);
  silenceQuestions();
  const task = await client.contract(contract).write.submit([1n]);

  expect((await task.result({ stage: 'FINAL' })).outcome).toBe('EXECUTED');
  client.close();
});

test('many tasks share one connection', async () => {
  const { opened } = between((text) => text);
  const client = await connect(2);
  silenceQuestions();
  const tasks = await Promise.all([2n, 3n, 4n, 5n].map((fortune) => client.contract(contract).write.submit([fortune])));

  for (const task of tasks) expect((await task.result()).outcome).toBe('EXECUTED');
  expect(opened()).toBe(1);
  client.close();
});

test('a client told not to subscribe asks', async () => {
  const { opened } = between((text) => text);
  const client = await connect(2, { subscribe: false });
  const task = await client.contract(contract).write.submit([6n]);

  expect((await task.result({ stage: 'FINAL' })).outcome).toBe('EXECUTED');
  expect(opened()).toBe(0);
  client.close();
});

test('a runtime without WebSockets asks', async () => {
  globalThis.WebSocket = undefined as never;
  const client = await connect(2);
  const task = await client.contract(contract).write.submit([7n]);

  expect((await task.result({ stage: 'FINAL' })).outcome).toBe('EXECUTED');
  client.close();
});

test.each<[string, (text: string, socket: WebSocket) => string]>([
  ['that is lost at the first word', (text, socket) => (socket.close(), text)],
  ['that says nothing of use', () => '{"jsonrpc":"2.0"}'],
  ['that does not speak JSON', () => 'hello'],
  ['of a node that does not offer it', (text) => JSON.stringify({ ...JSON.parse(text), result: undefined, method: undefined, error: { code: -32601, message: 'no such method' } })],
])('a connection %s costs no task', async (_, alter) => {
  const { opened } = between(alter);
  const client = await connect(2);
  const task = await client.contract(contract).write.submit([8n]);

  expect((await task.result({ stage: 'FINAL' })).outcome).toBe('EXECUTED');
  expect(opened()).toBeGreaterThan(0);
  client.close();
});

test('what a node tells is believed no more than what it answers', async () => {
  const other = (hex: Hex): Hex => `${hex.slice(0, -1)}${hex.endsWith('0') ? '1' : '0'}` as Hex;
  between((text) => {
    const message = JSON.parse(text);
    const told = message.params?.result;
    return told?.result === undefined ? text : JSON.stringify({ ...message, params: { ...message.params, result: { ...told, result: other(told.result) } } });
  });
  const client = await connect(2);
  silenceQuestions();
  const task = await client.contract(contract).write.submit([9n]);

  await expect(task.outcome()).rejects.toEqual(expect.objectContaining({ code: 'BAD_PROOF' }));
  client.close();
});
