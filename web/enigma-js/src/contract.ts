import {
  encodeDeployData,
  encodeFunctionData,
  getAbiItem,
  toFunctionSignature,
  type Abi,
  type AbiFunction,
  type Address,
  type ContractConstructorArgs,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  type Hex,
} from 'viem';
import { EnigmaError } from './errors.js';
import type { Task } from './task.js';
import type { ContractCode, UpgradeAuthority } from './upgrades.js';

/** How an order travels: to a node, in an Ethereum transaction, or the second when the first fails. */
export type Route = 'direct' | 'posted' | 'direct-else-posted';

/** How a task is sent. */
export interface CallOptions {
  /** Most gas it may use. */
  readonly gasLimit?: bigint | undefined;
  /** In 10⁻⁸ ENG per 1,000 gas; the network's minimum unless given. */
  readonly gasPrice?: bigint | undefined;
  /** `direct` unless given. */
  readonly route?: Route | undefined;
  /** Blocks after which it must not run any more. */
  readonly lifeBlocks?: number | undefined;
}

/** In whose name a contract is asked: the account's, with a permit, or nobody's. */
export interface ReadOptions {
  readonly as?: 'owner' | 'nobody' | undefined;
}

/** What a query answered, from the state after a task. */
export interface QueryResult<Value = unknown> {
  readonly value: Value;
  /** Of the last task whose effect the answer contains. */
  readonly sequence: bigint;
  readonly stateHash: Hex;
  /** Lines the contract logged with `console.log`; on development networks only. */
  readonly console: readonly string[];
}

type Writing = 'nonpayable' | 'payable';
type Reading = 'view' | 'pure';

type Parameters<Args, Options> = Args extends readonly []
  ? [args?: Args, options?: Options]
  : [args: Args, options?: Options];

/** The functions of a contract that change its state. */
export type WriteFunctions<abi extends Abi> = {
  readonly [name in ContractFunctionName<abi, Writing>]: (
    ...parameters: Parameters<ContractFunctionArgs<abi, Writing, name>, CallOptions>
  ) => Promise<Task<ContractFunctionReturnType<abi, Writing, name>>>;
};

/** The functions of a contract that only read it. */
export type ReadFunctions<abi extends Abi> = {
  readonly [name in ContractFunctionName<abi, Reading>]: (
    ...parameters: Parameters<ContractFunctionArgs<abi, Reading, name>, ReadOptions>
  ) => Promise<ContractFunctionReturnType<abi, Reading, name>>;
};

/** The same, with the place in the realm's history the answer belongs to. */
export type QueryFunctions<abi extends Abi> = {
  readonly [name in ContractFunctionName<abi, Reading>]: (
    ...parameters: Parameters<ContractFunctionArgs<abi, Reading, name>, ReadOptions>
  ) => Promise<QueryResult<ContractFunctionReturnType<abi, Reading, name>>>;
};

/** Where a secret contract lives and what it offers. */
export interface ContractLocation<abi extends Abi = Abi> {
  readonly address: Address;
  readonly realm: Hex;
  readonly abi: abi;
  /** What wallets show in permits. */
  readonly name?: string | undefined;
}

/** New code for a contract. */
export interface UpgradeRequest<abi extends Abi> {
  readonly abi: abi;
  readonly bytecode: Hex;
  /** Of the new code's constructor, which runs on the contract's storage; they are sealed. */
  readonly args?: ContractConstructorArgs<abi> | undefined;
  readonly name?: string | undefined;
}

/** A contract on its way into a realm, or new code on its way into a contract. */
export interface Deployment<abi extends Abi> {
  readonly contract: SecretContract<abi>;
  readonly task: Task<undefined>;
}

/**
 * A secret contract with functions typed by its ABI:
 *
 * ```ts
 * const task = await millionaires.write.submit([5_000_000n]);
 * const richest = await millionaires.read.richest();
 * ```
 */
export interface SecretContract<abi extends Abi = Abi> extends ContractLocation<abi> {
  /** Sends a call as a task; resolves when the holder's enclave accepted it, or its post is on the chain. */
  readonly write: WriteFunctions<abi>;
  /** Asks the contract in the account's name, with a permit, or in nobody's. */
  readonly read: ReadFunctions<abi>;
  /** As `read`, with the answer's place in the realm's history. */
  readonly query: QueryFunctions<abi>;
  /**
   * Which code it runs, who may change it, and what was announced.
   *
   * @throws {@link EnigmaError} NO_SUCH_CONTRACT, BAD_PROOF where the answer does not lead to the contract's address
   */
  code(): Promise<ContractCode>;
  /** Who may change its code; undefined if nobody ever may. Checked against its address, which commits to it. */
  authority(): Promise<UpgradeAuthority | undefined>;
  /**
   * Announces new code on Ethereum, as the contract's authority, and returns the first block at which {@link SecretContract.upgrade} can
   * carry it out.
   *
   * @throws {@link EnigmaError} UPGRADE_NOT_ALLOWED for all but the authority
   */
  announceUpgrade(bytecode: Hex): Promise<bigint>;
  /** Takes announced code back. @throws {@link EnigmaError} UPGRADE_NOT_ALLOWED, UPGRADE_NOT_READY if it is not announced */
  cancelUpgrade(codeHash: Hex): Promise<void>;
  /**
   * Replaces the contract's code and keeps its state, as its authority: announces the code unless it is announced, and posts the order if
   * the delay has passed. Should the new code's constructor revert, the old code stays.
   *
   * @throws {@link EnigmaError} UPGRADE_NOT_ALLOWED for all but the authority; UPGRADE_NOT_READY while the delay runs, with the block
   */
  upgrade<const next extends Abi>(request: UpgradeRequest<next>, options?: Omit<CallOptions, 'route'>): Promise<Deployment<next>>;
}

/** A call made ready for sealing. */
export interface EncodedCall {
  readonly item: AbiFunction;
  /** Such as `submit(uint256)`. */
  readonly signature: string;
  readonly input: Hex;
}

/** What does the work behind a handle. */
export interface ContractActions {
  send(contract: ContractLocation, call: EncodedCall, options: CallOptions): Promise<Task>;
  query(contract: ContractLocation, call: EncodedCall, options: ReadOptions): Promise<QueryResult>;
  code(contract: ContractLocation): Promise<ContractCode>;
  authority(contract: ContractLocation): Promise<UpgradeAuthority | undefined>;
  announceUpgrade(contract: ContractLocation, bytecode: Hex): Promise<bigint>;
  cancelUpgrade(contract: ContractLocation, codeHash: Hex): Promise<void>;
  upgrade<next extends Abi>(contract: ContractLocation, request: UpgradeRequest<next>, options: CallOptions): Promise<Deployment<next>>;
}

/** @throws {@link EnigmaError} NO_SUCH_FUNCTION, ABI_MISMATCH */
export function encodeCall(abi: Abi, name: string, args: readonly unknown[] = []): EncodedCall {
  if (!abi.some((item) => item.type === 'function' && item.name === name)) {
    throw new EnigmaError('NO_SUCH_FUNCTION', `the contract has no function ${name}`);
  }
  try {
    const item = getAbiItem({ abi, name, args } as never) as AbiFunction;
    if (item.inputs.length !== args.length) throw new Error(`${item.inputs.length} arguments are wanted, ${args.length} were given`);
    return { item, signature: toFunctionSignature(item), input: encodeFunctionData({ abi: [item], functionName: name, args }) };
  } catch (cause) {
    throw new EnigmaError('ABI_MISMATCH', `${name}: ${firstLine(cause)}`, { cause });
  }
}

/** @throws {@link EnigmaError} ABI_MISMATCH */
export function encodeConstructor(abi: Abi, args: readonly unknown[] = []): Hex {
  try {
    // The arguments without code in front of them.
    return encodeDeployData({ abi, bytecode: '0x', args } as never);
  } catch (cause) {
    throw new EnigmaError('ABI_MISMATCH', `constructor: ${firstLine(cause)}`, { cause });
  }
}

const firstLine = (problem: unknown) => String((problem as Error).message ?? problem).split('\n', 1)[0];

export function contractHandle<const abi extends Abi>(location: ContractLocation<abi>, actions: ContractActions): SecretContract<abi> {
  const functions = <T>(call: (name: string, args: readonly unknown[] | undefined, options: object) => T) =>
    new Proxy(Object.freeze({}), {
      // A promise or a test library asks for names that no contract has.
      get: (_, name) =>
        typeof name === 'string' && location.abi.some((item) => item.type === 'function' && item.name === name)
          ? (args?: readonly unknown[], options: object = {}) => call(name, args, options)
          : undefined,
    });
  const typed = location as unknown as ContractLocation;
  return {
    ...location,
    write: functions(async (name, args, options) => actions.send(typed, encodeCall(location.abi, name, args), options)) as never,
    read: functions(async (name, args, options) => (await actions.query(typed, encodeCall(location.abi, name, args), options)).value) as never,
    query: functions(async (name, args, options) => actions.query(typed, encodeCall(location.abi, name, args), options)) as never,
    code: () => actions.code(typed),
    authority: () => actions.authority(typed),
    announceUpgrade: (bytecode) => actions.announceUpgrade(typed, bytecode),
    cancelUpgrade: (codeHash) => actions.cancelUpgrade(typed, codeHash),
    upgrade: (request, options = {}) => actions.upgrade(typed, request, options),
  };
}
