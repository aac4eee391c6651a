import { keccak256, parseAbi } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isOpenUpgrade, type ClientEvent, type EnigmaClient, type SecretContract } from '../src/index.js';
import { account, artifact, connect } from './testnet.js';

/* Millionaires is replaced by Stamp, whose only variable lies where Millionaires has its first. */
const abi = parseAbi(['function submit(uint256 fortune)', 'function count() view returns (uint256)']);
const stamp = { abi: parseAbi(['function next(string text) returns (uint256 number)']), bytecode: artifact('Stamp').bytecode, name: 'Stamp' };
const codeOf = (code: string) => expect.objectContaining({ name: 'EnigmaError', code });

const clients: EnigmaClient[] = [];
const opened = (client: EnigmaClient) => (clients.push(client), client);
const { bytecode } = artifact('Millionaires');
let deployer: EnigmaClient;
let authority: EnigmaClient;

const deploy = async (delay?: bigint): Promise<SecretContract<typeof abi>> => {
  const { contract, task } = await deployer.deploy({ abi, bytecode, name: 'Millionaires', authority: authority.address, delay });
  await task.result();
  return contract;
};

beforeAll(async () => {
  deployer = opened(await connect(6));
  authority = opened(await connect(5));
});

afterAll(() => clients.forEach((client) => client.close()));

test('the authority changes the code, and everybody sees it', async () => {
  const contract = await deploy();
  await (await contract.write.submit([5n])).result();
  expect((await contract.code()).codeHash).toBe(keccak256(bytecode));

  const { contract: upgraded, task } = await authority.contract(contract).upgrade(stamp);
  await task.result({ stage: 'COMMITTED' });

  expect(upgraded.address).toBe(contract.address);
  expect((await (await upgraded.write.next(['hello'])).result()).value).toBeGreaterThan(0n);
  const code = await contract.code();
  expect(code.codeHash).toBe(keccak256(stamp.bytecode));
  expect(code.terms?.codeHash).toBe(keccak256(bytecode));
  expect(code.authority).toEqual({ account: account(5).address, delay: 0n });
  expect(code.upgrades).toEqual([expect.objectContaining({ stage: 'EXECUTED', taskId: task.taskId, codeHash: keccak256(stamp.bytecode) })]);
});

test('nobody else changes it, and nothing is lost by trying', async () => {
  const contract = await deploy();
  const before = await deployer.balance();
  await expect(contract.upgrade(stamp)).rejects.toEqual(codeOf('UPGRADE_NOT_ALLOWED'));
  await expect(contract.announceUpgrade(stamp.bytecode)).rejects.toEqual(codeOf('UPGRADE_NOT_ALLOWED'));
  expect(await deployer.balance()).toBe(before);
  expect((await contract.code()).upgrades).toEqual([]);

  const { contract: fixed, task } = await deployer.deploy({ abi, bytecode });
  await task.result();
  expect(await fixed.authority()).toBeUndefined();
  await expect(fixed.upgrade(stamp)).rejects.toEqual(codeOf('UPGRADE_NOT_ALLOWED'));
});

test('an announcement waits in the open and can be taken back', async () => {
  const contract = await deploy(1_000n);
  const own = authority.contract(contract);
  await expect(own.upgrade(stamp)).rejects.toEqual(codeOf('UPGRADE_NOT_READY'));

  const [announced] = (await contract.code()).upgrades.filter(isOpenUpgrade);
  expect(announced).toMatchObject({ stage: 'WAITING', codeHash: keccak256(stamp.bytecode) });
  expect(await own.announceUpgrade(stamp.bytecode)).toBe(announced!.readyAt);

  await own.cancelUpgrade(keccak256(stamp.bytecode));
  expect((await contract.code()).upgrades.map(({ stage }) => stage)).toEqual(['TAKEN_BACK']);
  await expect(own.cancelUpgrade(keccak256(stamp.bytecode))).rejects.toEqual(codeOf('UPGRADE_NOT_READY'));
});

test('users are told before they first send something, or send nothing', async () => {
  const contract = await deploy();
  const events: ClientEvent[] = [];
  const told = opened(await connect(8, { listener: (event) => events.push(event) }));
  await (await told.contract(contract).write.submit([1n])).result();
  await told.contract(contract).read.count();
  const names = events.map(({ type }) => type);
  expect(names.filter((name) => name === 'code-may-change')).toHaveLength(1);
  expect(names.indexOf('code-may-change')).toBeLessThan(names.indexOf('sent'));
  expect(events).toContainEqual({ type: 'code-may-change', contract: contract.address, authority: { account: account(5).address, delay: 0n } });

  const strict = opened(await connect(8, { upgradable: 'refuse' }));
  await expect(strict.contract(contract).write.submit([2n])).rejects.toEqual(codeOf('CODE_MAY_CHANGE'));
  await expect(strict.contract(contract).read.count()).rejects.toEqual(codeOf('CODE_MAY_CHANGE'));
});

test('a posted deployment arrives with its code', async () => {
  const { contract, task } = await deployer.deploy({ abi, bytecode }, { route: 'posted' });
  await task.result();
  expect((await contract.code()).codeHash).toBe(keccak256(bytecode));
});
