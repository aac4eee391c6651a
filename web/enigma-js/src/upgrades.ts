import { isAddressEqual, type Address, type Hex } from 'viem';
import { EnigmaError } from './errors.js';
import { OUTCOMES } from './protocol/batch.js';
import type { ContractDescription } from './protocol/description.js';
import { contractAddress, ZERO_ADDRESS, type ContractTerms } from './protocol/ids.js';
import { TaskKind } from './protocol/messages.js';
import { badProof } from './verifier.js';

/** Who may change a contract's code, and with it everything the contract does with what it was told in confidence (rule C7). */
export interface UpgradeAuthority {
  readonly account: Address;
  /** Blocks for which a change is announced on Ethereum before it can be carried out. */
  readonly delay: bigint;
}

/** The warning in one sentence, for people. */
export const upgradeWarning = ({ account, delay }: UpgradeAuthority): string =>
  `account ${account} may change this contract's code, ${delay === 0n ? 'at any time' : `${delay} blocks after announcing it`}`;

/**
 * What becomes of an announcement: `WAITING` while the delay runs; `READY` when the authority can carry it out, which it can for ever;
 * `TAKEN_BACK`; `POSTED` when an order to carry it out is on Ethereum; `EXECUTED` when that ran, which changed the code if the new
 * code's constructor succeeded; `REFUSED` or `EXPIRED` when it changed nothing.
 */
export type UpgradeStage = 'WAITING' | 'READY' | 'TAKEN_BACK' | 'POSTED' | 'EXECUTED' | 'REFUSED' | 'EXPIRED';

/** New code that a contract's authority announced on Ethereum. */
export interface AnnouncedUpgrade {
  readonly codeHash: Hex;
  readonly announcedAt: bigint;
  /** The first block at which it can be carried out. */
  readonly readyAt: bigint;
  readonly stage: UpgradeStage;
  /** Of the order that carries it out, once there is one. */
  readonly taskId?: Hex | undefined;
}

/**
 * Which code a contract runs and who may change it. Terms and authority are checked against the contract's address, which commits to
 * them; the code that runs now is the word of the enclave that holds the realm; what was announced is read from the client's own
 * Ethereum endpoint.
 */
export interface ContractCode {
  /** What the address commits to; undefined for a contract that another contract made. */
  readonly terms: ContractTerms | undefined;
  /** keccak256 of the creation code that it runs now; undefined as `terms`, and while no constructor has succeeded. */
  readonly codeHash: Hex | undefined;
  /** Who may change the code; undefined if nobody ever may. */
  readonly authority: UpgradeAuthority | undefined;
  /** What was announced, the oldest first. */
  readonly upgrades: readonly AnnouncedUpgrade[];
}

/** Whether an announcement may still change the code. */
export const isOpenUpgrade = ({ stage }: AnnouncedUpgrade): boolean => stage === 'WAITING' || stage === 'READY' || stage === 'POSTED';

/** An event of the Enigma contract about upgrades, as the ledger gives them. */
export type UpgradeEvent =
  | { readonly name: 'UpgradeAnnounced'; readonly block: bigint; readonly target: Address; readonly codeHash: Hex; readonly readyAt: bigint }
  | { readonly name: 'UpgradeCancelled'; readonly block: bigint; readonly target: Address; readonly codeHash: Hex }
  | { readonly name: 'TaskPosted'; readonly block: bigint; readonly target: Address; readonly kind: number; readonly codeHash: Hex; readonly taskId: Hex }
  | { readonly name: 'TaskSettled'; readonly block: bigint; readonly taskId: Hex; readonly outcome: number }
  | { readonly name: 'TaskExpired'; readonly block: bigint; readonly taskId: Hex };

/**
 * What events tell of one contract's upgrades.
 *
 * @param events in the order of the chain
 * @param block the latest
 */
export function upgradeHistory(target: Address, events: readonly UpgradeEvent[], block: bigint): AnnouncedUpgrade[] {
  const upgrades: AnnouncedUpgrade[] = [];
  // Code can be announced again only when its last announcement is over: at most one is changed.
  const change = (which: (each: AnnouncedUpgrade) => boolean, to: Partial<AnnouncedUpgrade>) =>
    upgrades.forEach((each, i) => which(each) && (upgrades[i] = { ...each, ...to }));
  const waiting = (codeHash: Hex) => (each: AnnouncedUpgrade) => each.stage === 'WAITING' && each.codeHash === codeHash;
  for (const event of events) {
    if ('target' in event && !isAddressEqual(event.target, target)) continue;
    switch (event.name) {
      case 'UpgradeAnnounced':
        upgrades.push({ codeHash: event.codeHash, announcedAt: event.block, readyAt: event.readyAt, stage: 'WAITING' });
        break;
      case 'UpgradeCancelled':
        change(waiting(event.codeHash), { stage: 'TAKEN_BACK' });
        break;
      case 'TaskPosted':
        if (event.kind === TaskKind.UPGRADE) change(waiting(event.codeHash), { stage: 'POSTED', taskId: event.taskId });
        break;
      case 'TaskSettled':
        change(({ taskId }) => taskId === event.taskId, { stage: OUTCOMES[event.outcome] === 'EXECUTED' ? 'EXECUTED' : 'REFUSED' });
        break;
      case 'TaskExpired':
        change(({ taskId }) => taskId === event.taskId, { stage: 'EXPIRED' });
        break;
    }
  }
  change(({ stage, readyAt }) => stage === 'WAITING' && readyAt <= block, { stage: 'READY' });
  return upgrades;
}

/**
 * The terms of a description that is about a contract: nobody is believed about what an address commits to.
 *
 * @returns undefined for a contract that another contract made
 * @throws {@link EnigmaError} NO_SUCH_CONTRACT, BAD_PROOF
 */
export function checkedTerms(realm: Hex, address: Address, description: ContractDescription): ContractTerms | undefined {
  if (description.kind === 'nothing') throw new EnigmaError('NO_SUCH_CONTRACT', `there is no contract at ${address} in realm ${realm}`);
  if (description.kind === 'made') return undefined;
  const terms = { ...description.terms, realm };
  const leadsTo = contractAddress(terms);
  if (!isAddressEqual(leadsTo, address)) throw badProof(`the terms told of contract ${address} are those of ${leadsTo}`);
  return terms;
}

/** The authority that terms name, with the delay that the network makes of theirs. */
export const authorityOf = (terms: Pick<ContractTerms, 'authority' | 'delay'> | undefined, leastDelay: number): UpgradeAuthority | undefined =>
  terms === undefined || terms.authority === ZERO_ADDRESS
    ? undefined
    : { account: terms.authority, delay: terms.delay < BigInt(leastDelay) ? BigInt(leastDelay) : terms.delay };
