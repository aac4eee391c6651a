import { createPublicClient, createWalletClient, encodeAbiParameters, http, keccak256, parseAbi, parseAbiParameters, type Address } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallableContract, type EnigmaClient } from '../src/index.js';
import { account, artifact, connect, testnet } from './testnet.js';

const abi = parseAbi([
  'function assess(address applicant, uint256 income, uint256[] debts, bytes signature) pure returns (address signer, address applicant_, uint256 limit)',
  'function assessed(address signer, address applicant, uint256 limit)',
  'function limitOf(address applicant) view returns (uint256)',
]);
const ACCOUNT = 9;
const DEBTS = [10_000n, 5_000n];

const bank = privateKeyToAccount(generatePrivateKey());
const ethereum = createPublicClient({ transport: http(testnet.ethereum) });
const codeOf = (code: string) => expect.objectContaining({ name: 'EnigmaError', code });

let client: EnigmaClient;
let credit: CallableContract<typeof abi>;

beforeAll(async () => {
  client = await connect(ACCOUNT);
  const wallet = createWalletClient({ account: account(ACCOUNT), transport: http(testnet.ethereum) });
  const sample = artifact('CreditLine');
  const hash = await wallet.deployContract({
    abi: sample.abi,
    bytecode: sample.bytecode,
    args: [await client.chain.forwarder(), bank.address],
    chain: null,
  });
  const { contractAddress } = await ethereum.waitForTransactionReceipt({ hash });
  credit = await client.callable({ address: contractAddress!, realm: await client.open(), abi, name: 'CreditLine' });
});

afterAll(() => client.close());

/** The bank's statement about an applicant's income. */
const statement = (applicant: Address, income: bigint) =>
  bank.signMessage({
    message: { raw: keccak256(encodeAbiParameters(parseAbiParameters('address, uint256, uint256[]'), [applicant, income, DEBTS])) },
  });

const limitOf = (applicant: Address) => ethereum.readContract({ address: credit.address, abi, functionName: 'limitOf', args: [applicant] });

test('a callable runs on sealed arguments and its callback receives the result', async () => {
  const applicant = privateKeyToAccount(generatePrivateKey()).address;
  const task = await credit.deliver('assessed', 'assess', [applicant, 52_345n, DEBTS, await statement(applicant, 52_345n)]);
  const { value } = await task.result({ stage: 'COMMITTED' });
  expect(value).toEqual([bank.address, applicant, 7_000n]);
  expect(await limitOf(applicant)).toBe(7_000n);
});

test('without a callback the result is the sender’s alone', async () => {
  const applicant = privateKeyToAccount(generatePrivateKey()).address;
  const task = await credit.run('assess', [applicant, 30_000n, DEBTS, await statement(applicant, 30_000n)]);
  const { value } = await task.result({ stage: 'COMMITTED' });
  expect(value[2]).toBe(3_000n);
  expect(await limitOf(applicant)).toBe(0n);
});

test('what does not fit is refused before anything is sent', async () => {
  const applicant = account(ACCOUNT).address;
  const untyped = credit as unknown as { deliver(...all: unknown[]): Promise<unknown>; run(...all: unknown[]): Promise<unknown> };
  await expect(untyped.deliver('limitOf', 'assess', [applicant, 1n, [], '0x'])).rejects.toEqual(codeOf('ABI_MISMATCH'));
  await expect(untyped.run('assessed', [applicant, applicant, 1n])).rejects.toEqual(codeOf('ABI_MISMATCH'));
  await expect(client.callable({ address: applicant, realm: credit.realm, abi })).rejects.toEqual(codeOf('NO_SUCH_CONTRACT'));
});
