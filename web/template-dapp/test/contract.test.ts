import type { EnigmaClient, SecretContract } from '@enigma-network/enigma-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { abi, bytecode, name } from '../src/generated/contract';
import { account, connect } from './network';

let people: EnigmaClient[];
let contract: SecretContract<typeof abi>;

beforeAll(async () => {
  people = await Promise.all([1, 2, 3].map(connect));
  const deployment = await people[0]!.deploy({ abi, bytecode, name });
  await deployment.task.result();
  contract = deployment.contract;
});

afterAll(() => people?.forEach((client) => client.close()));

test('before anybody has submitted, the contract says so', async () => {
  await expect(contract.read.richest()).rejects.toThrow('NobodySubmitted');
});

test('three people submit sealed fortunes, and everybody learns who is richest', async () => {
  const fortunes = [3_000n, 9_000n, 5_000n];
  const tasks = await Promise.all(people.map((person, i) => person.contract(contract).write.submit([fortunes[i]!])));
  await Promise.all(tasks.map((task) => task.result()));

  for (const person of people) expect(await person.contract(contract).read.richest()).toBe(account(2).address);
  expect(await contract.read.count()).toBe(3n);
});

test('a new fortune replaces the old one', async () => {
  await (await people[2]!.contract(contract).write.submit([10_000n])).result();

  expect(await contract.read.richest()).toBe(account(3).address);
});
