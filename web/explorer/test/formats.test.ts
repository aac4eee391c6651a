import { encodeFunctionData, concat, pad, toHex, type Hex } from 'viem';
import { enigmaAbi } from '@enigma-network/enigma-js';
import { describe, expect, it } from 'vitest';
import { batchesOf, envelopeHead, postedEnvelope } from '../src/model/batch';
import { ago, bytes, count, eng, hexDump, shortHash, span } from '../src/model/format';
import { LineReader, matches, parseLine } from '../src/model/logline';
import { leafOf, rootOf } from '../src/model/receipt';
import { readRecord } from '../src/model/record';
import { read } from '../src/model/search';
import { isLocal, readAddresses } from '../src/network/addresses';
import { match } from '../src/routes';
import { vectors } from './vectors';

describe('numbers for people', () => {
  it('writes ENG with its eight decimals and no more than needed', () => {
    expect(eng(0n)).toBe('0');
    expect(eng(238n)).toBe('0.00000238');
    expect(eng(150_000_000n)).toBe('1.5');
    expect(eng(1_234_567_00000000n)).toBe('1 234 567');
    expect(eng(-5n)).toBe('−0.00000005');
  });

  it('writes spans, sizes and counts', () => {
    expect([span(12), span(1_250), span(65_000), span(3_700_000)]).toEqual(['12 ms', '1.3 s', '1 min 5 s', '1 h 1 min']);
    expect([bytes(1), bytes(160), bytes(1404), bytes(64 * 1024 * 1024)]).toEqual(['1 byte', '160 bytes', '1.4 KiB', '64.0 MiB']);
    expect(count(1234567)).toBe('1 234 567');
    expect([ago(0, 100), ago(0, 59_000), ago(0, 120_000)]).toEqual(['just now', '59 s ago', '2 min ago']);
    expect(shortHash('0x0123456789abcdef')).toBe('0x012345…cdef');
  });

  it('cuts a dump of bytes where it is asked to', () => {
    expect(hexDump('0x00010203', 3)).toEqual([{ offset: '0000', line: '00 01 02' }]);
    expect(hexDump(`0x${'ff'.repeat(17)}`, 100).map((line) => line.offset)).toEqual(['0000', '0010']);
  });
});

describe('receipts (rule C14)', () => {
  interface Tree {
    readonly root: Hex;
    readonly receipts: readonly { taskId: Hex; sequence: string; outcome: string; gasCharged: string; resultHash: Hex; callbackHash: Hex; leaf: Hex; path: readonly Hex[] }[];
  }
  it.each(vectors<{ trees: Tree[] }>('merkle').trees.map((tree) => [tree.receipts.length, tree] as const))('lead to the root of %i', (_count, tree) => {
    tree.receipts.forEach((receipt, index) => {
      const leaf = leafOf({
        taskId: receipt.taskId,
        sequence: BigInt(receipt.sequence),
        outcome: Number(receipt.outcome),
        gasCharged: BigInt(receipt.gasCharged),
        resultHash: receipt.resultHash,
        callbackHash: receipt.callbackHash,
      });
      expect(leaf).toBe(receipt.leaf);
      expect(rootOf(leaf, index, tree.receipts.length, receipt.path)).toBe(tree.root);
      if (receipt.path.length > 0) {
        expect(rootOf(leaf, index, tree.receipts.length, receipt.path.slice(1))).toBeUndefined();
        expect(rootOf(leaf, index, tree.receipts.length, [leaf, ...receipt.path.slice(1)])).not.toBe(tree.root);
      }
      expect(rootOf(leaf, tree.receipts.length, tree.receipts.length, receipt.path)).toBeUndefined();
    });
  });
});

describe('what calldata shows', () => {
  const word = (n: number): Hex => pad(toHex(n), { size: 32 });
  const payer = pad('0x05', { size: 20 });
  const batch = {
    realm: word(1),
    kind: 0,
    lease: 1n,
    tenure: 1n,
    firstSequence: 7n,
    count: 1n,
    headerNumber: 9n,
    headerHash: word(2),
    deltaHash: word(3),
    receiptsRoot: word(4),
    charges: concat([payer, toHex(238n, { size: 8 })]),
    outcomes: concat([word(5), '0x01', toHex(105, { size: 2 }), toHex(77n, { size: 8 })]),
    callbacks: [{ taskId: word(5), secretContract: payer, target: payer, gas: 1000, data: '0x0102' as Hex }],
    payee: payer,
  };
  const commitment = { batch, worker: 1, signature: '0x' as Hex, acknowledgements: concat([toHex(2, { size: 4 }), pad('0x', { size: 65 })]), overdue: word(0), delta: '0x' as Hex, grants: [] };
  const commit = encodeFunctionData({ abi: enigmaAbi, functionName: 'commit', args: [[commitment]] });

  it('reads charges, outcomes, callbacks and backups of a batch', () => {
    const [found] = batchesOf(commit);
    expect(found).toMatchObject({
      firstSequence: 7n,
      charges: [{ payer, amount: 238n }],
      outcomes: [{ taskId: word(5), outcome: 1, code: 105, fee: 77n }],
      callbacks: [{ gas: 1000, data: '0x0102' }],
      backups: [2],
    });
  });

  it('finds commits inside a multicall, and nothing in other calls', () => {
    expect(batchesOf(encodeFunctionData({ abi: enigmaAbi, functionName: 'multicall', args: [[commit, commit]] }))).toHaveLength(2);
    expect(batchesOf(encodeFunctionData({ abi: enigmaAbi, functionName: 'assign', args: [word(1)] }))).toEqual([]);
    expect(batchesOf('0x12345678')).toEqual([]);
  });

  it('finds the envelope that was posted with an order', () => {
    const order = { sender: payer, realm: word(1), target: payer, kind: 1, codeHash: word(0), inputHash: word(8), gasLimit: 1n, gasPrice: 1n, expiry: 9n, salt: word(9) };
    const posted = encodeFunctionData({ abi: enigmaAbi, functionName: 'post', args: [order, '0x0100647a0000000100000002ffff'] });
    expect(postedEnvelope(posted, word(8))).toBe('0x0100647a0000000100000002ffff');
    expect(postedEnvelope(posted, word(7))).toBeUndefined();
    expect(envelopeHead('0x0100647a0000000100000002ffff')).toEqual({ version: 1, sealed: true, suite: 0x647a, generation: 1, tenure: 2, length: 14 });
    expect(envelopeHead('0x01')).toBeUndefined();
  });
});

describe('records of tasks', () => {
  const sender = `0x${'11'.repeat(20)}`;
  const order = concat([
    sender as Hex,
    `0x${'22'.repeat(32)}`,
    `0x${'33'.repeat(20)}`,
    '0x01',
    `0x${'00'.repeat(32)}`,
    `0x${'44'.repeat(32)}`,
    toHex(5_000_000n, { size: 8 }),
    toHex(1n, { size: 8 }),
    toHex(99n, { size: 8 }),
    `0x${'55'.repeat(32)}`,
  ]);
  const java = {
    taskId: `0x${'66'.repeat(32)}`,
    order,
    envelope: '0x00',
    responseKey: `00000003aabbcc00000002ddee`,
    contract: `0x${'33'.repeat(20)}`,
    signature: 'richest()',
    outputs: '(address,uint256)',
    abi: '[]',
    posted: false,
  };

  it('are read as the Java client writes them', () => {
    expect(readRecord(JSON.stringify(java))).toMatchObject({
      taskId: java.taskId,
      sender,
      realm: `0x${'22'.repeat(32)}`,
      target: `0x${'33'.repeat(20)}`,
      gasLimit: 5_000_000n,
      gasPrice: 1n,
      response: { encapsulation: '0xaabbcc', secret: '0xddee' },
      call: 'richest()',
      outputs: [{ type: 'address' }, { type: 'uint256' }],
    });
    expect(readRecord(JSON.stringify({ ...java, outputs: '()' })).outputs).toEqual([]);
  });

  it('are read as enigma-js writes them', () => {
    const record = {
      order: { sender, realm: `0x${'22'.repeat(32)}`, target: `0x${'33'.repeat(20)}`, gasLimit: '0x5', gasPrice: '0x1' },
      response: { encapsulation: '0xaabb', secret: '0xcc' },
      call: 'get()',
      output: { outputs: [{ name: 'value', type: 'uint256' }] },
      abi: [],
    };
    expect(readRecord(JSON.stringify(record))).toMatchObject({ sender, gasLimit: 5n, call: 'get()', outputs: [{ name: 'value', type: 'uint256' }] });
  });

  it('are refused without a word of what is in them', () => {
    const secret = 'c0ffee'.repeat(6);
    for (const wrong of ['', 'nonsense', '[]', '{}', JSON.stringify({ ...java, order: `0x${secret}` }), JSON.stringify({ ...java, responseKey: `zz${secret}` })]) {
      expect(() => readRecord(wrong)).toThrow(/no record of a task/);
      try {
        readRecord(wrong);
      } catch (problem) {
        expect(String(problem)).not.toContain(secret);
      }
    }
  });
});

describe('logs', () => {
  it('are taken apart where they have parts', () => {
    expect(parseLine('host', '2026-11-25T23:55:54.846 WARN  [realm-holder] n.e.n.c.Committer committed 1 batches')).toMatchObject({
      time: '23:55:54.846',
      level: 'warn',
      source: 'Committer',
      text: 'committed 1 batches',
    });
    expect(parseLine('chain', 'eth_getLogs')).toMatchObject({ text: 'eth_getLogs' });
  });

  it('the chain’s lines about one block or transaction become one, also when they come in pieces', () => {
    const reader = new LineReader('chain');
    const lines = ['eth_call', '', '    Transaction: 0xaa', '    Gas used: 92865', '', '    Block Number: 187', '    Block Hash: 0xbb', '    Block Time: "Thu, 26 Nov 2026 02:52:33 +0000"', ''];
    const read = [...reader.read(lines.slice(0, 6)), ...reader.read(lines.slice(6))].filter(({ text }) => text !== '');
    expect(read).toMatchObject([
      { text: 'eth_call' },
      { source: 'transaction', text: '0xaa, gas used 92865' },
      { source: 'block', text: '187, 0xbb', time: '02:52:33' },
    ]);
    expect(new LineReader('host').read(['  Key: 5'])).toMatchObject([{ text: '  Key: 5' }]);
  });

  it('are filtered by text, level and noise', () => {
    const filter = { text: '', warningsOnly: false, withoutPolling: false };
    const call = parseLine('chain', 'eth_getLogs');
    expect(matches(call, filter)).toBe(true);
    expect(matches(call, { ...filter, withoutPolling: true })).toBe(false);
    expect(matches(call, { ...filter, warningsOnly: true })).toBe(false);
    expect(matches(parseLine('host', 'Realm 0xAB is lost'), { ...filter, text: '0xab' })).toBe(true);
    expect(matches(parseLine('host', 'Realm 0xAB is lost'), { ...filter, text: '0xcd' })).toBe(false);
  });
});

describe('the search field', () => {
  it('knows what a text names', () => {
    expect(read(' 1 234 ')).toEqual({ kind: 'block', number: 1234 });
    expect(read('worker 3')).toEqual({ kind: 'worker', number: 3 });
    expect(read(`0x${'aB'.repeat(20)}`)).toEqual({ kind: 'address', address: `0x${'ab'.repeat(20)}` });
    expect(read('ab'.repeat(32))).toEqual({ kind: 'hash', hash: `0x${'ab'.repeat(32)}` });
    expect(read('0x1234')).toMatchObject({ kind: 'nothing', why: expect.stringContaining('4 hex digits') as unknown });
    expect(read('hello')).toMatchObject({ kind: 'nothing' });
    expect(read('')).toMatchObject({ kind: 'nothing' });
  });
});

describe('routes', () => {
  const realm = `0x${'aB'.repeat(32)}`;
  it('lead to pages', () => {
    expect(match('/')).toEqual({ page: 'overview' });
    expect(match('/workers/')).toEqual({ page: 'workers' });
    expect(match('/workers/2')).toEqual({ page: 'worker', number: 2 });
    expect(match(`/realms/${realm}`)).toEqual({ page: 'realm', realm: realm.toLowerCase() });
    expect(match(`/realms/${realm}/tasks/${realm}`)).toMatchObject({ page: 'task' });
    expect(match('/logs?filter=0x1')).toEqual({ page: 'logs', filter: '0x1' });
    expect(match('/search?for=a%20b')).toEqual({ page: 'search', text: 'a b' });
  });

  it.each(['/nonsense', '/workers/x', '/realms/0x12', `/realms/${realm}/tasks`, `/realms/${realm}/tasks/${realm}/more`, '/overview'])('%s leads nowhere', (path) => {
    expect(match(path)).toEqual({ page: 'unknown' });
  });
});

describe('addresses.json', () => {
  const good = {
    mode: 'SIMULATION',
    chainId: 31337,
    ethereum: 'http://localhost:8545',
    nodes: ['http://localhost:3346'],
    enigma: `0x${'11'.repeat(20)}`,
    token: `0x${'22'.repeat(20)}`,
    forwarder: `0x${'33'.repeat(20)}`,
    startedAt: 5,
  };
  it('is read, and what is wrong with it is named', () => {
    expect(readAddresses(good)).toMatchObject({ chainId: 31337, nodes: good.nodes });
    expect(() => readAddresses({ ...good, enigma: '0x1' })).toThrow(/enigma/);
    expect(() => readAddresses({ ...good, nodes: 'none' })).toThrow(/nodes/);
    expect(() => readAddresses(null)).toThrow(/no object/);
  });

  it('only endpoints of this machine can be called', () => {
    expect(isLocal('http://127.0.0.1:8545')).toBe(true);
    expect(isLocal('http://localhost:1')).toBe(true);
    expect(isLocal('https://example.com')).toBe(false);
    expect(isLocal('http://localhost.evil.example')).toBe(false);
    expect(isLocal('nonsense')).toBe(false);
  });
});
