import { keccak256, toHex, type Address, type Hex } from 'viem';
import { describe, expect, test } from 'vitest';
import { contractAddress, ZERO_ADDRESS } from '../src/protocol/ids.js';
import { TaskKind } from '../src/protocol/messages.js';
import { authorityOf, checkedTerms, isOpenUpgrade, upgradeHistory, upgradeWarning, type UpgradeEvent } from '../src/upgrades.js';

const word = (label: string): Hex => keccak256(toHex(label));
const address = (label: string): Address => `0x${word(label).slice(26)}`;
const target = address('contract');
const code = word('code');

const announced = (block: bigint, readyAt: bigint, of = target, codeHash = code): UpgradeEvent => ({ name: 'UpgradeAnnounced', block, target: of, codeHash, readyAt });
const cancelled = (block: bigint, codeHash = code): UpgradeEvent => ({ name: 'UpgradeCancelled', block, target, codeHash });
const posted = (block: bigint, task: string, kind: number = TaskKind.UPGRADE, of = target): UpgradeEvent => ({ name: 'TaskPosted', block, target: of, kind, codeHash: code, taskId: word(task) });
const settled = (block: bigint, task: string, outcome: number): UpgradeEvent => ({ name: 'TaskSettled', block, taskId: word(task), outcome });
const stages = (events: UpgradeEvent[], block = 100n) => upgradeHistory(target, events, block).map(({ stage }) => stage);

describe('the history of upgrades', () => {
  test('an announcement waits until its block and is ready from then on', () => {
    expect(stages([announced(10n, 12n)], 11n)).toEqual(['WAITING']);
    expect(stages([announced(10n, 12n)], 12n)).toEqual(['READY']);
    expect(upgradeHistory(target, [announced(10n, 12n)], 1_000_000n).every(isOpenUpgrade)).toBe(true);
  });

  test('it ends by being taken back or by an order’s outcome', () => {
    const history = upgradeHistory(
      target,
      [
        announced(10n, 10n),
        cancelled(11n),
        announced(12n, 12n),
        posted(13n, 'first'),
        settled(14n, 'first', 0),
        announced(15n, 15n),
        posted(16n, 'second'),
        settled(17n, 'second', 1),
        announced(18n, 18n),
        posted(19n, 'third'),
        { name: 'TaskExpired', block: 20n, taskId: word('third') },
        announced(21n, 21n),
        posted(22n, 'fourth'),
      ],
      100n,
    );
    expect(history.map(({ stage }) => stage)).toEqual(['TAKEN_BACK', 'EXECUTED', 'REFUSED', 'EXPIRED', 'POSTED']);
    expect(history[1]!.taskId).toBe(word('first'));
    expect(history.filter(isOpenUpgrade)).toHaveLength(1);
  });

  test('other contracts, other code and other tasks change nothing', () => {
    const other = address('another contract');
    expect(
      stages([
        announced(10n, 10n, other),
        announced(10n, 10n),
        cancelled(11n, word('other code')),
        posted(12n, 'task', TaskKind.UPGRADE, other),
        posted(13n, 'task', TaskKind.CALL),
        settled(14n, 'task', 0),
      ]),
    ).toEqual(['READY']);
  });
});

describe('what an enclave says', () => {
  const realm = word('realm');
  const terms = { deployer: address('deployer'), salt: word('salt'), codeHash: code, dialect: 0, authority: address('authority'), delay: 50_400n };
  const contract = contractAddress({ ...terms, realm });

  test('is believed only where it leads to the address', () => {
    expect(checkedTerms(realm, contract, { kind: 'deployed', terms, codeHash: code })).toEqual({ ...terms, realm });
    const hidden = { ...terms, authority: ZERO_ADDRESS };
    expect(() => checkedTerms(realm, contract, { kind: 'deployed', terms: hidden, codeHash: code })).toThrow(expect.objectContaining({ code: 'BAD_PROOF' }));
    expect(() => checkedTerms(word('another realm'), contract, { kind: 'deployed', terms, codeHash: code })).toThrow(expect.objectContaining({ code: 'BAD_PROOF' }));
    expect(() => checkedTerms(realm, contract, { kind: 'nothing' })).toThrow(expect.objectContaining({ code: 'NO_SUCH_CONTRACT' }));
    expect(checkedTerms(realm, contract, { kind: 'made' })).toBeUndefined();
  });

  test('names who may change the code, and with which delay', () => {
    expect(authorityOf(terms, 0)).toEqual({ account: terms.authority, delay: 50_400n });
    expect(authorityOf({ ...terms, delay: 1n }, 100)).toEqual({ account: terms.authority, delay: 100n });
    expect(authorityOf({ ...terms, authority: ZERO_ADDRESS }, 100)).toBeUndefined();
    expect(authorityOf(undefined, 100)).toBeUndefined();
    expect(upgradeWarning({ account: terms.authority, delay: 0n })).toBe(`account ${terms.authority} may change this contract's code, at any time`);
    expect(upgradeWarning({ account: terms.authority, delay: 7n })).toContain('7 blocks after announcing it');
  });
});
