import 'fake-indexeddb/auto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createPublicClient,
  createWalletClient,
  custom,
  encodeFunctionData,
  encodeFunctionResult,
  http,
  parseAbi,
  type EIP1193Provider,
  type Hex,
} from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  callNode,
  createEnigmaClient,
  enigmaAbi,
  EnigmaError,
  formatEng,
  indexedDbStore,
  memoryStore,
  parseEng,
  type ClientEvent,
  type EnigmaClient,
  type SecretContract,
} from '../src/index.js';
import { fileStore } from '../src/node.js';
import { account, artifact, common, connect, newestBlock, testnet } from './testnet.js';

const abi = parseAbi([
  'error NobodySubmitted()',
  'function submit(uint256 fortune)',
  'function count() view returns (uint256)',
  'function richest() view returns (address person)',
  'function announceRichest(address board) returns (address person)',
]);

const clients: EnigmaClient[] = [];
const opened = (client: EnigmaClient) => (clients.push(client), client);
const codeOf = (code: string) => expect.objectContaining({ name: 'EnigmaError', code });

let alice: EnigmaClient;
let bob: EnigmaClient;
let millionaires: SecretContract<typeof abi>;

beforeAll(async () => {
  alice = opened(await connect(7, { store: indexedDbStore('alice') }));
  bob = opened(await connect(8));
  const { contract, task } = await alice.deploy({ abi, bytecode: artifact('Millionaires').bytecode, name: 'Millionaires' });
  await task.result();
  millionaires = contract;
});

afterAll(() => clients.forEach((client) => client.close()));

/** What a browser wallet is to a page: a provider that signs for one account, and counts how often it was asked. */
function wallet(index: number, answer: (method: string) => 'sign' | 'decline' = () => 'sign') {
  const endpoint = createPublicClient({ transport: http(testnet.ethereum) });
  const signer = account(index);
  const asked: string[] = [];
  const request = async ({ method, params }: { method: string; params?: readonly unknown[] }) => {
    if (method === 'eth_requestAccounts' || method === 'eth_accounts') return [signer.address];
    if (method === 'eth_signTypedData_v4' || method === 'eth_sendTransaction') {
      asked.push(method);
      if (answer(method) === 'decline') throw Object.assign(new Error('User rejected the request.'), { code: 4001 });
    }
    if (method === 'eth_signTypedData_v4') {
      const message = JSON.parse(params![1] as string);
      delete message.types.EIP712Domain;
      return signer.signTypedData(message);
    }
    if (method === 'eth_sendTransaction') {
      const { gas, ...transaction } = params![0] as { gas?: Hex; to: Hex; data: Hex };
      const sender = createWalletClient({ account: signer, transport: http(testnet.ethereum) });
      return sender.sendTransaction({ ...transaction, chain: null, gas: gas === undefined ? undefined : BigInt(gas) } as never);
    }
    return endpoint.request({ method, params } as never);
  };
  return { provider: { request, on: () => {}, removeListener: () => {} } as unknown as EIP1193Provider, asked };
}

describe('calls and queries', () => {
  test('a direct task goes through the four stages in order, as iterator and as events', async () => {
    const task = await millionaires.write.submit([1_000_000n]);
    const heard: string[] = [];
    task.on('progress', ({ stage }) => heard.push(stage));
    const seen: string[] = [];
    for await (const progress of task) seen.push(progress.stage);

    expect(seen).toEqual(['ACCEPTED', 'ANCHORED', 'COMMITTED', 'FINAL']);
    expect(heard).toEqual(seen);
    const result = await task.result({ stage: 'FINAL' });
    expect(result.outcome).toBe('EXECUTED');
    expect(result.gasUsed).toBeGreaterThan(20_000n);
    expect(result.gasCharged).toBeGreaterThanOrEqual(result.gasUsed);
    const receipt = await alice.chain.public.getTransactionReceipt({ hash: result.transactionHash! });
    expect(receipt.blockNumber).toBe(result.blockNumber);
    expect(receipt.to?.toLowerCase()).toBe(testnet.enigma.toLowerCase());
  });

  test('two users learn who is richest, and a value comes back in its type', async () => {
    await (await bob.contract(millionaires).write.submit([9_000_000n])).result();

    expect(await millionaires.read.richest()).toBe(account(8).address);
    const limit = await bob.gasOfPastCalls(millionaires.address, 'submit(uint256)');
    expect(limit).toBeGreaterThan(20_000n);
    expect(limit).toBeLessThan(1_000_000n);
    expect(await bob.gasOfPastCalls(millionaires.address, 'announceRichest(address)')).toBeUndefined();
    expect(await millionaires.read.count([], { as: 'nobody' })).toBe(2n);
    const asked = await millionaires.query.count();
    expect(asked.value).toBe(2n);
    expect(asked.sequence).toBeGreaterThanOrEqual(2n);
  });

  test('a posted order needs no node to take it', async () => {
    const posting = opened(await connect(8, { nodes: testnet.nodes }));
    const task = await posting.contract(millionaires).write.submit([5n], { route: 'posted' });
    const { outcome, transactionHash } = await task.result({ stage: 'COMMITTED' });

    expect(outcome).toBe('EXECUTED');
    expect(transactionHash).toMatch(/^0x[0-9a-f]{64}$/);
    expect(await bob.contract(millionaires).read.richest()).toBe(account(7).address);
  });

  test('a client without an account reads in nobody’s name and cannot write', async () => {
    const reader = opened(await createEnigmaClient(common()));
    const contract = reader.contract(millionaires);

    expect(await contract.read.count()).toBeGreaterThan(0n);
    await expect(contract.write.submit([1n])).rejects.toEqual(codeOf('INVALID_ARGUMENT'));
  });
});

describe('realms', () => {
  test('are opened as their owner wants, and are not renewed before the time', async () => {
    const realm = await alice.open({ resultsWaitForCommit: true, ownerPaysRenewals: true });
    await alice.realmKey(realm);
    expect((await alice.chain.realm(realm)).options).toBe(3);
    expect((await alice.chain.realm(millionaires.realm)).options).toBe(0);
    await expect(bob.renew(realm)).rejects.toThrow(/TenureRunning/);
  });
});

describe('money', () => {
  test('ENG moves in with a permit, is set aside, and leaves again', async () => {
    const realm = await bob.open();
    const tokens = await bob.tokens();
    await bob.deposit(parseEng('1.5'));
    expect(await bob.tokens()).toBe(tokens - parseEng('1.5'));

    await bob.allocate(realm, parseEng('2'));
    expect(formatEng(await bob.allocated(realm))).toBe('2');
    await bob.leave(realm, parseEng('0.5'));
    expect(await bob.allocated(realm)).toBe(parseEng('1.5'));
  });

  test('a client told not to move money says what is missing', async () => {
    const careful = opened(await connect(6, { fund: false }));
    await expect(careful.contract(millionaires).write.submit([1n])).rejects.toEqual(codeOf('ALLOCATION_TOO_SMALL'));
  });

  test('calls that start together set money aside once and all run', async () => {
    const events: ClientEvent[] = [];
    const carol = opened(await connect(5, { listener: (event) => events.push(event) }));
    const contract = carol.contract(millionaires);
    const tasks = await Promise.all([1n, 2n, 3n, 4n].map((fortune) => contract.write.submit([fortune])));
    const results = await Promise.all(tasks.map((task) => task.result()));

    expect(results.map(({ outcome }) => outcome)).toEqual(Array(4).fill('EXECUTED'));
    expect(events.filter(({ type }) => type === 'allocated')).toHaveLength(1);
  });
});

describe('wallets and sessions', () => {
  test('a session asks the wallet once and then never', async () => {
    const { provider, asked } = wallet(4);
    const owner = opened(await createEnigmaClient({ ...common(), wallet: provider, store: indexedDbStore('session') }));
    await owner.allocate(millionaires.realm, parseEng('50'));
    asked.length = 0;

    const session = await owner.session({ realm: millionaires.realm, maxFee: parseEng('5') });
    expect(asked).toEqual(['eth_signTypedData_v4']);
    const contract = session.contract(millionaires);
    await (await contract.write.submit([77n])).result();
    await (await contract.write.submit([78n])).result();
    expect(await contract.read.richest()).toMatch(/^0x/);
    expect(asked).toHaveLength(1);
    expect(session.address).toBe(account(4).address);

    // As after a reload: the key comes back from the store, and the wallet stays silent.
    const reloaded = opened(await createEnigmaClient({ ...common(), wallet: provider, store: indexedDbStore('session') }));
    const restored = await reloaded.restoreSession(millionaires.realm);
    await (await restored!.contract(millionaires).write.submit([79n])).result();
    expect(asked).toHaveLength(1);

    await owner.revokeSessions(millionaires.realm);
    expect(await reloaded.restoreSession(millionaires.realm)).toBeUndefined();
    await newestBlock();
    await expect(restored!.contract(millionaires).write.submit([80n])).rejects.toEqual(codeOf('SESSION_REVOKED'));
  });

  test('a session cannot spend more on an order than it may, nor move money', async () => {
    const session = await alice.session({ realm: millionaires.realm, maxFee: 1n });
    await expect(session.contract(millionaires).write.submit([1n])).rejects.toEqual(codeOf('SESSION_FEE_EXCEEDED'));
    await expect(session.deposit(1n)).rejects.toEqual(codeOf('NOT_PERMITTED'));
  });

  test('a permit is signed once for many queries', async () => {
    const { provider, asked } = wallet(7);
    const reader = opened(await createEnigmaClient({ ...common(), wallet: provider }));
    const contract = reader.contract(millionaires);
    await contract.read.richest();
    await contract.read.count();
    expect(asked).toEqual(['eth_signTypedData_v4']);
  });

  test('a wallet on another chain is asked to come over, and told apart when it stays', async () => {
    const { provider } = wallet(7);
    /** A wallet that does not know the chain yet, and what its owner says to adding it. */
    const elsewhere = (adding: () => void): EIP1193Provider => {
      let chain = '0x1';
      const request = async (call: { method: string; params?: readonly any[] }) => {
        if (call.method === 'eth_chainId') return chain;
        if (call.method === 'wallet_switchEthereumChain') throw Object.assign(new Error('unknown chain'), { code: 4902 });
        if (call.method !== 'wallet_addEthereumChain') return provider.request(call as never);
        adding();
        chain = call.params![0].chainId;
        return null;
      };
      return { ...provider, request } as EIP1193Provider;
    };

    const client = opened(await createEnigmaClient({ ...common(), wallet: elsewhere(() => {}) }));
    await (await client.contract(millionaires).write.submit([4n])).result();
    const refusing = elsewhere(() => {
      throw new Error('this wallet adds no chains');
    });
    await expect(createEnigmaClient({ ...common(), wallet: refusing })).rejects.toEqual(codeOf('CHAIN_MISMATCH'));
    const declining = elsewhere(() => {
      throw Object.assign(new Error('no'), { code: 4001 });
    });
    await expect(createEnigmaClient({ ...common(), wallet: declining })).rejects.toEqual(codeOf('SIGNATURE_DECLINED'));
  });

  test('a declined signature is told by its code and leaves nothing behind', async () => {
    const { provider } = wallet(7, () => 'decline');
    const store = memoryStore();
    const client = opened(await createEnigmaClient({ ...common(), wallet: provider, store }));
    await expect(client.contract(millionaires).write.submit([1n])).rejects.toEqual(codeOf('SIGNATURE_DECLINED'));
    await expect(client.contract(millionaires).read.richest()).rejects.toEqual(codeOf('SIGNATURE_DECLINED'));
    expect(await store.keys('')).toEqual([]);
  });
});

describe('after a reload', () => {
  test('a task goes on in the next page, and what opens it was never readable in the database', async () => {
    const store = indexedDbStore('reload');
    const before = await connect(7, { store });
    const task = await before.contract(millionaires).write.submit([123_456_789n]);
    before.close();

    const after = opened(await connect(7, { store: indexedDbStore('reload') }));
    const [unfinished] = await after.unfinished();
    expect(unfinished).toMatchObject({ taskId: task.taskId, realm: millionaires.realm, call: 'submit(uint256)' });
    const resumed = await after.resume(task.taskId);
    const result = await resumed.result({ stage: 'FINAL' });
    expect(result.outcome).toBe('EXECUTED');
    expect(await after.unfinished()).toEqual([]);
    await expect(after.resume(task.taskId)).rejects.toEqual(codeOf('UNKNOWN_TASK'));
  });

  test('the result of a worker that is none of the realm’s any more is believed once the contract took its batch', async () => {
    const store = memoryStore();
    const before = await connect(7, { store });
    const task = await before.contract(millionaires).write.submit([8n]);
    const [key] = await store.keys('task/');
    const record = await store.get(key!);
    await task.reached('FINAL');
    before.close();
    await store.set(key!, record!);

    // The chain as it will be when all three workers have left: none of them is known.
    const endpoint = createPublicClient({ transport: http(testnet.ethereum) });
    const getWorker = encodeFunctionData({ abi: enigmaAbi, functionName: 'getWorker', args: [1] }).slice(0, 10);
    const later = custom({
      request: async ({ method, params }: { method: string; params?: any }) => {
        const answer = (await endpoint.request({ method, params } as never)) as Hex;
        return method === 'eth_call' && params[0].data.startsWith(getWorker) ? `0x${'0'.repeat(answer.length - 2)}` : answer;
      },
    });
    const after = opened(await connect(7, { store, transport: later }));
    const resumed = await after.resume(task.taskId);
    expect((await resumed.result({ stage: 'COMMITTED' })).outcome).toBe('EXECUTED');
  });

  test('in Node, files that only the user can read keep a task', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'enigma-js-'));
    try {
      const before = await connect(7, { store: fileStore(directory) });
      const task = await before.contract(millionaires).write.submit([3n]);
      before.close();
      const [name] = (await readdir(directory)).filter((each) => each.startsWith(Buffer.from('task/').toString('hex')));
      expect((await stat(directory)).mode & 0o077).toBe(0);
      expect((await stat(join(directory, name!))).mode & 0o077).toBe(0);
      expect(await readFile(join(directory, name!), 'utf8')).toContain('submit(uint256)');

      const after = opened(await connect(7, { store: fileStore(directory) }));
      expect((await (await after.resume(task.taskId)).result({ stage: 'FINAL' })).outcome).toBe('EXECUTED');
      expect(await fileStore(directory).keys('task/')).toEqual([]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

/** The chain as it is before any operator has published where its node is reached. */
function withoutRegistry() {
  const endpoint = createPublicClient({ transport: http(testnet.ethereum) });
  const asked = encodeFunctionData({ abi: enigmaAbi, functionName: 'getEndpoint', args: [testnet.enigma] }).slice(0, 10);
  return custom({
    request: ({ method, params }: { method: string; params?: any }) =>
      method === 'eth_call' && params[0].data.startsWith(asked)
        ? Promise.resolve(encodeFunctionResult({ abi: enigmaAbi, functionName: 'getEndpoint', result: { url: '', peer: '' } }))
        : endpoint.request({ method, params } as never),
  });
}

describe('nodes that the contract names', () => {
  test('need not be given, and are those of the realm’s workers first', async () => {
    const stranger = opened(await connect(7, { nodes: [] }));
    expect(stranger.nodes).toEqual([]);
    expect((await (await stranger.contract(millionaires).write.submit([7n])).result()).outcome).toBe('EXECUTED');

    const urls = await stranger.learnNodes(millionaires.realm);
    const slash = (url: string) => url.replace(/\/?$/, '/');
    expect(urls.map(slash).sort()).toEqual(testnet.nodes.map(slash).sort());
    const { worker } = await stranger.chain.realm(millionaires.realm);
    const holder = await callNode(urls[0]!, 'enigma_status', undefined);
    expect(Number(holder.worker)).toBe(worker);
  });

  test('are asked when none of the given ones answers', async () => {
    const client = opened(await connect(7, { nodes: ['http://127.0.0.1:1'] }));
    expect(await client.contract(millionaires).read.count()).toBeGreaterThan(0n);
    expect(client.nodes.length).toBe(1 + testnet.nodes.length);
  });
});

describe('errors', () => {
  test('a revert is told in the contract’s words', async () => {
    const { contract, task } = await alice.deploy({ abi, bytecode: artifact('Millionaires').bytecode, realm: millionaires.realm });
    await task.result();
    await expect(contract.read.richest()).rejects.toEqual(codeOf('EXECUTION_REVERTED'));
    await expect(contract.read.richest()).rejects.toThrow('richest(): NobodySubmitted()');
    const announcing = await contract.write.announceRichest([account(0).address]);
    const outcome = await announcing.outcome();
    expect(outcome).toMatchObject({ outcome: 'EXECUTED', failure: 'EXECUTION_REVERTED', value: undefined });
    await expect(announcing.result()).rejects.toThrow('NobodySubmitted()');
  });

  test('too little gas is told inside the result, impossible limits before anything is sent', async () => {
    const { task } = await alice.deploy(
      { abi, bytecode: artifact('Millionaires').bytecode, realm: millionaires.realm },
      { gasLimit: BigInt(alice.parameters.baseGas) },
    );
    expect((await task.outcome()).failure).toBe('OUT_OF_GAS');
    await expect(millionaires.write.submit([1n], { gasLimit: 1n })).rejects.toEqual(codeOf('GAS_LIMIT_TOO_LOW'));
    await expect(millionaires.write.submit([1n], { gasLimit: 1n << 62n })).rejects.toEqual(codeOf('GAS_LIMIT_TOO_HIGH'));
  });

  test('wrong arguments, functions and addresses have their codes', async () => {
    await expect(millionaires.write.submit(['five' as never])).rejects.toEqual(codeOf('ABI_MISMATCH'));
    await expect(alice.contract({ ...millionaires, realm: `0x${'11'.repeat(32)}` }).read.count()).rejects.toEqual(codeOf('UNKNOWN_REALM'));
    await expect(
      createEnigmaClient({ ...common(), enigma: '0x00000000000000000000000000000000000000aa' }),
    ).rejects.toEqual(codeOf('WRONG_ADDRESS_BOOK'));
    await expect(createEnigmaClient({ ...common(), allowSimulated: false })).rejects.toEqual(codeOf('SIMULATED_NETWORK'));
    await expect(createEnigmaClient({ ...common(), transport: http('http://127.0.0.1:1', { retryCount: 0 }) })).rejects.toEqual(
      codeOf('CHAIN_UNREACHABLE'),
    );
  });

  test('a node that does not answer is left for the next, and none that answers is an error', async () => {
    const events: ClientEvent[] = [];
    // The order is the first thing that nodes are asked.
    const nodes = ['http://127.0.0.1:1', ...testnet.nodes];
    const patient = opened(await connect(7, { nodes, upgradable: 'accept', listener: (event) => events.push(event) }));
    await (await patient.contract(millionaires).write.submit([6n])).result();
    expect(events).toContainEqual(expect.objectContaining({ type: 'not-accepted', next: 'next node' }));

    const alone = opened(await connect(7, { nodes: ['http://127.0.0.1:1'], transport: withoutRegistry() }));
    const problem = await alone.contract(millionaires).write.submit([6n]).catch((thrown: unknown) => thrown);
    expect(problem).toBeInstanceOf(EnigmaError);
    expect(problem).toEqual(codeOf('NODE_UNREACHABLE'));
    // Where no node answers, the order can go through Ethereum, and the result is found as soon as one does.
    const task = await alone.contract(millionaires).write.submit([6n], { route: 'direct-else-posted' });
    expect(task.stage).toBe('ACCEPTED');
  });
});
