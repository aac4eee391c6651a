import { afterEach, describe, expect, test } from 'vitest';
import { parseAbi, size, toHex, type Hex } from 'viem';
import { type EnigmaClient, type rpc, type SecretContract } from '../src/index.js';
import { artifact, connect } from './testnet.js';

const abi = parseAbi(['function submit(uint256 fortune)', 'function count() view returns (uint256)']);
const honest = globalThis.fetch;

/** Has every node answer a method with something else. */
function lie(method: string, alter: (result: any) => unknown): void {
  globalThis.fetch = async (input, init) => {
    const response = await honest(input, init);
    if (JSON.parse(String(init?.body ?? '{}')).method !== method) return response;
    const answer = await response.json();
    return new Response(JSON.stringify(answer.result === undefined ? answer : { ...answer, result: alter(answer.result) }));
  };
}

const other = (hex: Hex): Hex => `${hex.slice(0, -1)}${hex.endsWith('0') ? '1' : '0'}` as Hex;

describe('a node that lies', () => {
  let client: EnigmaClient;
  let contract: SecretContract<typeof abi>;

  afterEach(() => {
    globalThis.fetch = honest;
  });

  test('a client deploys while nodes are honest', async () => {
    // What nodes tell without being asked has tests of its own.
    client = await connect(3, { subscribe: false });
    const deployment = await client.deploy({ abi, bytecode: artifact('Millionaires').bytecode });
    await deployment.task.result();
    contract = deployment.contract;
  });

  /** Changes a task's answer once it has a receipt. */
  const anchored = (alter: (task: Required<rpc.Task>) => rpc.Task) => (task: rpc.Task) =>
    task.receipt === undefined ? task : alter(task as Required<rpc.Task>);

  test.each<[string, (task: Required<rpc.Task>) => rpc.Task, string]>([
    ['another result', (task) => ({ ...task, result: other(task.result) }), 'BAD_PROOF'],
    ['no result', ({ result: _, ...task }) => task, 'BAD_PROOF'],
    ['a dearer receipt', (task) => ({ ...task, receipt: { ...task.receipt, gasCharged: '0x7fffffff' } }), 'BAD_PROOF'],
    ['the receipt of another task', (task) => ({ ...task, receipt: { ...task.receipt, taskId: other(task.receipt.taskId) } }), 'BAD_PROOF'],
    ['a refusal that nobody signed', (task) => ({ ...task, code: 'OUT_OF_GAS', receipt: { ...task.receipt, outcome: '0x1' } }), 'BAD_PROOF'],
    ['another place in the batch', (task) => ({ ...task, index: '0x1' }), 'BAD_PROOF'],
    ['a batch of another realm', (task) => ({ ...task, batch: { ...task.batch, realm: other(task.batch.realm) } }), 'BAD_PROOF'],
    ['another root', (task) => ({ ...task, batch: { ...task.batch, receiptsRoot: other(task.batch.receiptsRoot) } }), 'UNTRUSTED_ENCLAVE'],
    ['another history', (task) => ({ ...task, batch: { ...task.batch, previousStateHash: other(task.batch.previousStateHash) } }), 'UNTRUSTED_ENCLAVE'],
    ['no signature', (task) => ({ ...task, batch: { ...task.batch, signature: toHex(new Uint8Array(65)) } }), 'BAD_SIGNATURE'],
    ['a batch without its parts', ({ batch: _, ...task }) => task, 'BAD_PROOF'],
    ['numbers that are none', (task) => ({ ...task, batch: { ...task.batch, lease: 'many' as Hex } }), 'BAD_PROOF'],
  ])('%s is not believed', async (_, alter, code) => {
    lie('enigma_getTask', anchored(alter));
    const task = await contract.write.submit([5n]);

    await expect(task.outcome()).rejects.toEqual(expect.objectContaining({ name: 'EnigmaError', code }));
  });

  test('an acceptance signed by somebody else is no acceptance', async () => {
    lie('enigma_submit', (result: rpc.Submission) => ({
      ...result,
      acceptance: { ...result.acceptance!, headerNumber: '0x1' },
    }));

    await expect(contract.write.submit([5n])).rejects.toEqual(expect.objectContaining({ code: 'UNTRUSTED_ENCLAVE' }));
  });

  test('an answer that was not sealed for the question does not open', async () => {
    lie('enigma_query', (result: rpc.Answer) => ({ ...result, result: other(result.result) }));

    await expect(contract.read.count()).rejects.toEqual(expect.objectContaining({ code: 'RESULT_UNREADABLE' }));
  });

  test('nothing that leaves the client holds an argument in the clear, nor its length', async () => {
    const bodies: string[] = [];
    globalThis.fetch = (input, init) => {
      bodies.push(String(init?.body ?? ''));
      return honest(input, init);
    };
    const fortune = 0x5ec2e7f02704e5ec2e7f02704en;
    await (await contract.write.submit([fortune])).result();
    await contract.read.count();

    const sent = bodies.join('\n');
    expect(sent).toContain('enigma_submit');
    expect(sent).not.toContain(fortune.toString(16));
    expect(sent).not.toContain(fortune.toString());
    const [submitted] = bodies.filter((body) => body.includes('enigma_submit'));
    // 1,120 bytes of encapsulation, 12 of header, 16 of tag, and 256 of padded input.
    expect(size(JSON.parse(submitted!).params[0].envelope)).toBe(1120 + 12 + 16 + 256);
    client.close();
  });
});
