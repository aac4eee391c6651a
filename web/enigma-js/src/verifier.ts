import { decodeFunctionResult, isAddressEqual, type Abi, type AbiFunction, type Address, type Hex } from 'viem';
import { EnigmaError, isErrorCode, type ErrorCode } from './errors.js';
import type { Ledger } from './ledger.js';
import { fee, OUTCOMES, receiptLeaf, refusalHash, rootOfPath, stateHash, type BatchSummary, type Receipt } from './protocol/batch.js';
import type { ResponseKey } from './protocol/envelope.js';
import { signerOf, type EnigmaDomain, type Head } from './protocol/messages.js';
import { consoleLine } from './console.js';
import { decodeCallResult, openResult, resultHash } from './protocol/result.js';
import { revertReason } from './reverts.js';
import type * as rpc from './generated/rpc.js';
import type { TaskResult } from './task.js';

const FRESH_MILLIS = 1000;

/** What a node says about a task that ran, parsed and not yet verified. */
export interface Anchored {
  readonly receipt: Receipt;
  readonly index: number;
  readonly path: readonly Hex[];
  readonly batch: BatchSummary;
  readonly code: ErrorCode | undefined;
  readonly result: Hex | undefined;
}

/** What is needed to open and name a task's result. */
export interface OpenTask {
  readonly taskId: Hex;
  readonly response: ResponseKey;
  readonly gasPrice: bigint;
  readonly call: string;
  readonly output: AbiFunction | undefined;
  readonly abi: Abi;
}

/** A result that was checked, with the head that anchors it. */
export interface Verified {
  readonly result: TaskResult;
  readonly stateHash: Hex;
  readonly receiptsRoot: Hex;
  readonly headerNumber: bigint;
}

export const badProof = (what: string, cause?: unknown) =>
  new EnigmaError('BAD_PROOF', `the node's answer does not verify: ${what}`, { cause });

/** The anchored part of a node's answer; undefined before ANCHORED. Throws BAD_PROOF when a member is missing or malformed. */
export function parseAnchored(answer: rpc.Task): Anchored | undefined {
  if (answer.receipt === undefined) return undefined;
  const { receipt, batch, index, proof, code } = answer;
  if (batch === undefined || index === undefined || proof === undefined) throw badProof('a member is missing');
  if (code !== undefined && !isErrorCode(code)) throw badProof(`unknown refusal ${code}`);
  try {
    return {
      receipt: { ...receipt, sequence: BigInt(receipt.sequence), outcome: Number(receipt.outcome), gasCharged: BigInt(receipt.gasCharged) },
      index: Number(index),
      path: proof,
      batch: {
        ...batch,
        kind: Number(batch.kind),
        lease: BigInt(batch.lease),
        firstSequence: BigInt(batch.firstSequence),
        endSequence: BigInt(batch.endSequence),
        headerNumber: BigInt(batch.headerNumber),
        leaves: Number(batch.leaves),
      },
      code: code as ErrorCode | undefined,
      result: answer.result,
    };
  } catch (cause) {
    throw badProof('a member is malformed', cause);
  }
}

/**
 * Checks what a node says about a task (rules C8, C14): that an enclave of the realm's worker signed the state the batch
 * leads to, that the receipt is in that batch, and that the result is the one the receipt names. Only then is it opened.
 */
export class TaskVerifier {
  readonly #ledger: Ledger;
  readonly #domain: EnigmaDomain;
  readonly #enclaves = new Map<Hex, { addresses: readonly Address[]; readAt: number }>();

  constructor(ledger: Ledger, domain: EnigmaDomain) {
    this.#ledger = ledger;
    this.#domain = domain;
  }

  /** @throws {@link EnigmaError} UNTRUSTED_ENCLAVE unless the address is the enclave of the realm's worker or of one of its ranks */
  async requireWorker(realm: Hex, signer: Address, what: string): Promise<void> {
    const knows = (addresses: readonly Address[]) => addresses.some((each) => isAddressEqual(each, signer));
    const known = this.#enclaves.get(realm);
    if (known !== undefined && Date.now() - known.readAt < FRESH_MILLIS && knows(known.addresses)) return;
    const view = await this.#ledger.realm(realm);
    const workers = [...new Set([view.worker, ...view.ranks])].filter((worker) => worker !== 0);
    const addresses = (await Promise.all(workers.map((worker) => this.#ledger.worker(worker)))).map((worker) => worker.enclave);
    this.#enclaves.set(realm, { addresses, readAt: Date.now() });
    if (!knows(addresses)) {
      throw new EnigmaError('UNTRUSTED_ENCLAVE', `${what} is signed by ${signer}, which is no enclave of the realm's workers`);
    }
  }

  /**
   * Checks that the head was signed by an enclave of the realm's worker. One of an earlier tenure may be none of its ranks any
   * more: there it is enough that the contract, which checks the signature too, took the batch.
   */
  async #requireWorkerOrCommit(realm: Hex, enclave: Address, hash: Hex, headerNumber: bigint): Promise<void> {
    try {
      await this.requireWorker(realm, enclave, 'the batch');
    } catch (problem) {
      if (!(problem instanceof EnigmaError) || problem.code !== 'UNTRUSTED_ENCLAVE') throw problem;
      if ((await this.#ledger.commit(realm, hash, headerNumber)) === undefined) throw problem;
    }
  }

  /** Checks that an enclave of the realm's worker signed the acceptance. */
  async verifyAcceptance(realm: Hex, taskId: Hex, headerNumber: bigint, signature: Hex): Promise<void> {
    const signer = await signerOf(this.#domain, 'Acceptance', { taskId, realm, headerNumber }, signature);
    await this.requireWorker(realm, signer, 'the acceptance');
  }

  /** Everything about an answer but the commit's event, which may not be there yet. */
  async verify(realm: Hex, task: OpenTask, answer: Anchored): Promise<Verified> {
    const { batch, receipt } = answer;
    if (batch.realm.toLowerCase() !== realm.toLowerCase()) throw badProof('the batch is of another realm');
    let hash: Hex;
    try {
      hash = stateHash(batch);
    } catch (cause) {
      throw badProof('the batch is malformed', cause);
    }
    const head: Head = { realm, lease: batch.lease, endSequence: batch.endSequence, stateHash: hash };
    const enclave = await signerOf(this.#domain, 'Head', head, batch.signature);
    await this.#requireWorkerOrCommit(realm, enclave, hash, batch.headerNumber);

    if (receipt.taskId.toLowerCase() !== task.taskId.toLowerCase()) throw badProof('the receipt is of another task');
    const root = rootOfPath(receiptLeaf(receipt), answer.index, batch.leaves, answer.path);
    if (receipt.sequence - batch.firstSequence !== BigInt(answer.index) || root !== batch.receiptsRoot.toLowerCase()) {
      throw badProof('the receipt is not in the batch');
    }
    const result = await this.#open(task, answer, enclave);
    return { result, stateHash: hash, receiptsRoot: root, headerNumber: batch.headerNumber };
  }

  async #open(task: OpenTask, answer: Anchored, enclave: Address): Promise<TaskResult> {
    const { receipt } = answer;
    const outcome = OUTCOMES[receipt.outcome];
    if (outcome === undefined) throw badProof(`unknown outcome ${receipt.outcome}`);
    const common = {
      taskId: task.taskId,
      outcome,
      sequence: receipt.sequence,
      gasCharged: receipt.gasCharged,
      fee: outcome === 'DUPLICATE' ? 0n : fee(receipt.gasCharged, task.gasPrice),
      enclave,
      transactionHash: undefined,
      blockNumber: undefined,
    };
    const nothing = { value: undefined, output: '0x' as Hex, console: [], gasUsed: 0n };
    switch (outcome) {
      case 'DUPLICATE':
        return { ...common, ...nothing, failure: undefined, reason: 'the order had run before' };
      case 'REFUSED': {
        const { code } = answer;
        if (code === undefined || refusalHash(code) !== receipt.resultHash.toLowerCase()) {
          throw badProof('the refusal is not the one the receipt names');
        }
        return { ...common, ...nothing, failure: code, reason: `${task.call} was refused: ${new EnigmaError(code, '').explanation}` };
      }
      case 'EXECUTED': {
        if (answer.result === undefined || resultHash(answer.result) !== receipt.resultHash.toLowerCase()) {
          throw badProof('the result is not the one the receipt names');
        }
        const { failure, gasUsed, output, console: lines } = decodeCallResult(await openResult(task.response, task.taskId, answer.result));
        const said = { ...common, output, gasUsed, console: lines.map(consoleLine) };
        if (failure !== undefined) {
          return { ...said, failure, reason: failureReason(task.call, failure, task.abi, output), value: undefined };
        }
        return { ...said, failure: undefined, reason: '', value: decodeOutput(task.output, output) };
      }
    }
  }
}

/** How a call failed, in words. */
export const failureReason = (call: string, failure: ErrorCode, abi: Abi, output: Hex): string =>
  failure === 'EXECUTION_REVERTED' || failure === 'CONSTRUCTOR_REVERTED'
    ? `${call}: ${revertReason(abi, output)}`
    : `${call}: ${new EnigmaError(failure, '').explanation}`;

/** What a function returned: nothing, the value, or a list of several. */
export function decodeOutput(item: AbiFunction | undefined, output: Hex): unknown {
  if (item === undefined || item.outputs.length === 0) return undefined;
  try {
    return decodeFunctionResult({ abi: [item], functionName: item.name, data: output });
  } catch (cause) {
    throw new EnigmaError('ABI_MISMATCH', `${item.name} returned bytes that are not what its ABI says`, { cause });
  }
}
