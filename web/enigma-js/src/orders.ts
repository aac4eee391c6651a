import { hexToBytes, isAddressEqual, keccak256, numberToHex, size, type Abi, type AbiFunction, type Address, type Hex } from 'viem';
import type { Account, Connection } from './connection.js';
import type { CallOptions, ContractLocation } from './contract.js';
import { EnigmaError } from './errors.js';
import { follow } from './follower.js';
import type * as rpc from './generated/rpc.js';
import { anotherMayHelp } from './nodes.js';
import { pause } from './pause.js';
import { fee as feeOf } from './protocol/batch.js';
import { MAXIMUM_DIRECT, MAXIMUM_POSTED, sealEnvelope, type RealmKey, type ResponseKey } from './protocol/envelope.js';
import { TaskKind, taskIdOf, typedMessage, type TaskOrder } from './protocol/messages.js';
import type { SignedSession } from './protocol/query.js';
import type { Purse } from './purse.js';
import type { SecretStore } from './store.js';
import { Task } from './task.js';
import { badProof, type OpenTask } from './verifier.js';

const DEFAULT_CALL_GAS = 5_000_000n;
/** Between two attempts to hand over what is posted already. */
const HANDING_OVER = 500;

/** What `enigma_submit` takes. */
type Submission = rpc.NodeMethods['enigma_submit']['params'];

/** What a store keeps of a task under way. */
interface TaskRecord {
  readonly order: rpc.Order;
  readonly response: ResponseKey;
  readonly call: string;
  readonly output: AbiFunction | null;
  readonly abi: Abi;
  readonly sentAt: number;
  /** What to hand to a node; without a signature for an order that is posted. */
  readonly submission: Submission;
  readonly posted: boolean;
}

/** What is to be sent. */
export interface TaskRequest {
  readonly contract: ContractLocation;
  readonly kind: TaskKind;
  readonly codeHash: Hex;
  readonly input: Hex;
  readonly call: string;
  readonly output: AbiFunction | undefined;
  readonly deploy: Submission['deploy'] | undefined;
  readonly salt: Hex;
}

interface Prepared {
  readonly taskId: Hex;
  readonly order: TaskOrder;
  readonly envelope: Hex;
  readonly record: TaskRecord;
}

/**
 * Makes orders of what an account wants to have run, hands them to nodes or posts them on Ethereum, and follows their tasks.
 * What opens a result is stored before anything leaves.
 */
export class Orders {
  readonly #connection: Connection;
  readonly #account: Account;
  readonly #purse: Purse;

  constructor(connection: Connection, account: Account, purse: Purse) {
    this.#connection = connection;
    this.#account = account;
    this.#purse = purse;
  }

  /** Seals, pays for, signs and sends an order, and follows its task. */
  async submit(request: TaskRequest, options: CallOptions): Promise<Task> {
    const { parameters, realmKeys, store, tell } = this.#connection;
    const sentAt = Date.now();
    this.requireGasLimit(options.gasLimit);
    const { realm } = request.contract;
    const posted = options.route === 'posted';
    if (posted) this.#account.requireOwner();
    const key = await realmKeys.current(realm);
    const prepared = await this.#seal(request, options, key, sentAt, posted);
    const { taskId, order } = prepared;
    const fee = feeOf(order.gasLimit, order.gasPrice);
    if (posted) await this.#purse.ensureBalance(fee + parameters.postFee);
    else await this.#purse.ensureAllocation(realm, fee);

    // Before anything leaves: what is sent can be opened, whatever happens to this page.
    let { record } = prepared;
    if (!posted) {
      const signature = await this.#account.signer.sign(typedMessage(this.#connection.domain, 'TaskOrder', order));
      record = { ...record, submission: { ...record.submission, signature } };
    }
    await store.set(taskKey(taskId), JSON.stringify(record));
    const task = new Task(taskId, realm, sentAt, this.#connection.options.patienceMillis ?? 120_000);
    tell({ type: 'sent', taskId, target: request.contract.address, posted });
    try {
      if (posted) await this.#post(order, record);
      else record = await this.#sendDirect(prepared, record, options, fee);
    } catch (problem) {
      await store.delete(taskKey(taskId));
      throw problem;
    }
    task.move('ACCEPTED', undefined);
    this.#follow(task, record);
    return task;
  }

  /** Refused here, before any money moves. */
  requireGasLimit(limit: bigint | undefined): void {
    const { maxTaskGas, baseGas } = this.#connection.parameters;
    if (limit === undefined) return;
    if (limit > maxTaskGas) throw new EnigmaError('GAS_LIMIT_TOO_HIGH', `the gas limit ${limit} is above the network's largest, ${maxTaskGas}`);
    if (limit < BigInt(baseGas)) throw new EnigmaError('GAS_LIMIT_TOO_LOW', `the gas limit ${limit} is below what every task costs, ${baseGas}`);
  }

  async #seal(
    request: TaskRequest,
    options: CallOptions,
    key: RealmKey,
    sentAt: number,
    posted: boolean,
  ): Promise<Prepared> {
    const { networkHash, parameters, ledger, domain } = this.#connection;
    const { realm, address: target, abi } = request.contract;
    const context = { realm, target, kind: request.kind, sender: this.#account.owner, salt: request.salt, codeHash: request.codeHash };
    const { envelope, response } = await sealEnvelope(key, networkHash, context, hexToBytes(request.input));
    const most = posted ? MAXIMUM_POSTED : MAXIMUM_DIRECT;
    if (size(envelope) > most) throw new EnigmaError('INPUT_TOO_LARGE', `the sealed input has ${size(envelope)} bytes, at most ${most} are taken`);
    const life = options.lifeBlocks ?? Math.max(1, Math.floor((parameters.maxOrderBlocks * 4) / 5));
    if (!Number.isInteger(life) || life < 1) throw new EnigmaError('INVALID_ARGUMENT', 'lifeBlocks must be a whole number above 0');
    const order: TaskOrder = {
      ...context,
      inputHash: keccak256(envelope),
      gasLimit: options.gasLimit ?? (DEFAULT_CALL_GAS < parameters.maxTaskGas ? DEFAULT_CALL_GAS : parameters.maxTaskGas),
      gasPrice: options.gasPrice ?? parameters.minGasPrice,
      expiry: (await ledger.blockNumber()) + BigInt(life),
    };
    const json = orderJson(order);
    const session = this.#account.session === undefined ? undefined : sessionJson(this.#account.session.signed);
    return {
      taskId: taskIdOf(domain, order),
      order,
      envelope,
      record: {
        order: json,
        response,
        call: request.call,
        output: request.output ?? null,
        // The errors are needed for the reason of a revert, the rest is not.
        abi: abi.filter((item) => item.type === 'error'),
        sentAt,
        submission: {
          order: json,
          envelope,
          ...(request.deploy === undefined ? {} : { deploy: request.deploy }),
          ...(session === undefined ? {} : { session }),
        },
        posted,
      },
    };
  }

  /** Posts an order; code that travels beside it, and then its envelope too, goes to the nodes. */
  async #post(order: TaskOrder, record: TaskRecord): Promise<void> {
    const { ledger } = this.#connection;
    if (record.submission.deploy === undefined) {
      await ledger.post(order, record.submission.envelope);
    } else {
      await ledger.post(order);
      await this.#handOverCode(record);
    }
  }

  /** What is on Ethereum is paid for: nobody gives up at the first silence. A node may also see the block later than this client. */
  async #handOverCode(record: TaskRecord): Promise<void> {
    const { nodes, options, closing } = this.#connection;
    const { order, envelope, deploy } = record.submission;
    const end = Date.now() + (options.patienceMillis ?? 120_000);
    for (;;) {
      try {
        await nodes.ask('enigma_submit', { order, envelope, ...(deploy === undefined ? {} : { deploy }) });
        return;
      } catch (problem) {
        const later = anotherMayHelp(problem) || (problem instanceof EnigmaError && problem.code === 'TASK_CLOSED');
        if (!later || Date.now() > end || closing.signal.aborted) throw problem;
        await pause(HANDING_OVER, closing.signal);
      }
    }
  }

  /** How a node that has never heard of a task gets it. */
  #resubmission(taskId: Hex, record: TaskRecord): (() => Promise<void>) | undefined {
    if (!record.posted) return () => this.#handOver(taskId, record);
    return record.submission.deploy === undefined ? undefined : () => this.#handOverCode(record);
  }

  async #sendDirect(prepared: Prepared, record: TaskRecord, options: CallOptions, fee: bigint): Promise<TaskRecord> {
    const { realmKeys, tell, parameters, store } = this.#connection;
    const { taskId, order } = prepared;
    try {
      await this.#handOver(taskId, record);
      return record;
    } catch (problem) {
      if (!(problem instanceof EnigmaError)) throw problem;
      if (problem.code === 'WRONG_TENURE') realmKeys.forget(order.realm);
      if (options.route !== 'direct-else-posted' || !anotherMayHelp(problem) || order.kind === TaskKind.DEPLOY || this.#account.session !== undefined) {
        throw problem;
      }
      tell({ type: 'not-accepted', taskId, reason: problem.message, next: 'posted on Ethereum' });
      await this.#purse.ensureBalance(fee + parameters.postFee);
      await this.#post(order, record);
      const now = { ...record, posted: true };
      await store.set(taskKey(taskId), JSON.stringify(now));
      return now;
    }
  }

  /** Hands an order to the nodes, one after the other, and checks the holder's acceptance. */
  async #handOver(taskId: Hex, record: TaskRecord): Promise<void> {
    const { nodes, verifier, tell } = this.#connection;
    const { acceptance } = await nodes.ask('enigma_submit', record.submission, (_, problem) =>
      tell({ type: 'not-accepted', taskId, reason: problem.message, next: 'next node' }),
    );
    if (acceptance === undefined) throw badProof('there is no acceptance');
    await verifier.verifyAcceptance(record.order.realm, taskId, BigInt(acceptance.headerNumber), acceptance.signature);
  }

  #follow(task: Task, record: TaskRecord): void {
    const { ledger, nodes, subscriptions, verifier, parameters, closing, store, tell } = this.#connection;
    task.on('progress', (progress) => tell({ type: 'moved', progress }));
    task.on('delay', (delay) => tell({ type: 'delayed', taskId: task.taskId, delay }));
    let remembered = false;
    task.on('progress', ({ result }) => {
      if (remembered || result?.outcome !== 'EXECUTED' || result.failure !== undefined) return;
      remembered = true;
      void this.#rememberGas(record, result.gasUsed);
    });
    const open: OpenTask = {
      taskId: task.taskId,
      response: record.response,
      gasPrice: BigInt(record.order.gasPrice),
      call: record.call,
      output: record.output ?? undefined,
      abi: record.abi,
    };
    void follow(
      {
        ledger,
        nodes,
        subscriptions,
        verifier,
        maxBatchAge: BigInt(parameters.maxBatchAge),
        maxOrderBlocks: BigInt(parameters.maxOrderBlocks),
        failoverBlocks: BigInt(parameters.failoverBlocks),
        simulated: parameters.mode === 0,
        signal: closing.signal,
      },
      {
        task,
        open,
        expiry: BigInt(record.order.expiry),
        resubmit: this.#resubmission(task.taskId, record),
        forget: async () => {
          if (this.#connection.options.keepDone === true) await store.set(doneKey(task.taskId), JSON.stringify(record));
          await store.delete(taskKey(task.taskId));
        },
      },
    );
  }

  async #rememberGas(record: TaskRecord, gasUsed: bigint): Promise<void> {
    const { store } = this.#connection;
    const key = gasKey(record.order.target, record.call);
    try {
      if (BigInt((await store.get(key)) ?? 0) < gasUsed) await store.set(key, gasUsed.toString());
    } catch {
      // It is only a hint: a store that is full or gone ends no task.
      return;
    }
  }

  /**
   * A gas limit for a call, from what this store's past calls of the same function used, with a quarter more; undefined if
   * there were none. Nobody can estimate gas on secret state: another input may need more.
   *
   * @param signature such as `submit(uint256)`
   */
  async gasOfPastCalls(contract: Address, signature: string): Promise<bigint | undefined> {
    const { store, parameters } = this.#connection;
    const most = await store.get(gasKey(contract, signature));
    if (most === undefined) return undefined;
    const limit = BigInt(most) + BigInt(most) / 4n + 1n;
    return limit < parameters.maxTaskGas ? limit : parameters.maxTaskGas;
  }

  /**
   * Goes on with a task of this client's store, after a reload or restart. An order that had not reached a node is handed
   * over again.
   *
   * @throws {@link EnigmaError} UNKNOWN_TASK when the store does not have it
   */
  async resume<Value = unknown>(taskId: Hex): Promise<Task<Value>> {
    const text = await this.#connection.store.get(taskKey(taskId));
    if (text === undefined) throw new EnigmaError('UNKNOWN_TASK', `the store has no task ${taskId}`);
    const record = JSON.parse(text) as TaskRecord;
    const task = new Task<Value>(taskId, record.order.realm, record.sentAt, this.#connection.options.patienceMillis ?? 120_000);
    this.#follow(task, record);
    return task;
  }

  /** The tasks of this account that were sent and are not known to be final, oldest first. */
  async unfinished(): Promise<{ taskId: Hex; realm: Hex; target: Address; call: string; sentAt: Date }[]> {
    const { store } = this.#connection;
    const found = [];
    for (const key of await store.keys(TASK_PREFIX)) {
      const text = await store.get(key);
      if (text === undefined) continue;
      const { order, call, sentAt } = JSON.parse(text) as TaskRecord;
      if (this.#account.address !== undefined && !isAddressEqual(order.sender, this.#account.address)) continue;
      found.push({ taskId: key.slice(TASK_PREFIX.length) as Hex, realm: order.realm, target: order.target, call, sentAt: new Date(sentAt) });
    }
    return found.sort((a, b) => a.sentAt.getTime() - b.sentAt.getTime());
  }
}

const TASK_PREFIX = 'task/';
const taskKey = (taskId: Hex) => `${TASK_PREFIX}${taskId.toLowerCase()}`;
const gasKey = (contract: Address, signature: string) => `gas/${contract.toLowerCase()}/${signature}`;
const doneKey = (taskId: Hex) => `done/${taskId.toLowerCase()}`;

/**
 * What a client's store keeps of a task, under way or over: the text of the record that opens its result. It holds a secret.
 *
 * @param store the one the client was given
 */
export async function keptRecord(store: SecretStore, taskId: Hex): Promise<string | undefined> {
  return (await store.get(taskKey(taskId))) ?? (await store.get(doneKey(taskId)));
}

const orderJson = (order: TaskOrder): rpc.Order => ({
  sender: order.sender,
  realm: order.realm,
  target: order.target,
  kind: numberToHex(order.kind),
  codeHash: order.codeHash,
  inputHash: order.inputHash,
  gasLimit: numberToHex(order.gasLimit),
  gasPrice: numberToHex(order.gasPrice),
  expiry: numberToHex(order.expiry),
  salt: order.salt,
});

const sessionJson = ({ terms, signature }: SignedSession): NonNullable<Submission['session']> => ({
  owner: terms.owner,
  key: terms.key,
  realm: terms.realm,
  notAfter: numberToHex(terms.notAfter),
  maxFee: numberToHex(terms.maxFee),
  epoch: numberToHex(terms.epoch),
  signature,
});
