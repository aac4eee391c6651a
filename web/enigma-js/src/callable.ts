import { toFunctionSelector, toFunctionSignature, type Abi, type AbiFunction, type ContractFunctionArgs, type ContractFunctionName, type ContractFunctionReturnType, type Hex } from 'viem';
import { encodeCall, type CallOptions, type ContractLocation, type EncodedCall } from './contract.js';
import { EnigmaError } from './errors.js';
import { encodeCallableInput } from './protocol/callable.js';
import type { Task } from './task.js';

type Callables<abi extends Abi> = ContractFunctionName<abi, 'pure' | 'view'>;
type Callbacks<abi extends Abi> = ContractFunctionName<abi, 'nonpayable' | 'payable'>;

/** How a callable's task is sent. */
export interface DeliverOptions extends CallOptions {
  /** What the callback gets on Ethereum, 1 to 1,000,000; 200,000 unless given. */
  readonly callbackGas?: number | undefined;
}

/**
 * An ordinary Ethereum contract in the style of the first Enigma release: enclaves run its `pure` or `view` functions on sealed arguments and
 * empty storage, and what they return goes to a callback of the same contract. The contract inherits `enigma/Callable.sol`.
 *
 * ```ts
 * const credit = await client.callable({ address, realm, abi });
 * const task = await credit.deliver('assessed', 'assess', [applicant, 52_345n, debts, signature]);
 * ```
 */
export interface CallableContract<abi extends Abi = Abi> extends ContractLocation<abi> {
  /** keccak256 of the code that the tasks of this handle run; other code is refused. */
  readonly codeHash: Hex;
  /** Has a callable's result delivered to a callback. The result is public once it is delivered; the arguments stay sealed. */
  deliver<name extends Callables<abi>>(
    callback: Callbacks<abi>,
    callable: name,
    args: ContractFunctionArgs<abi, 'pure' | 'view', name>,
    options?: DeliverOptions,
  ): Promise<Task<ContractFunctionReturnType<abi, 'pure' | 'view', name>>>;
  /** Gives a callable's result to the sender alone. */
  run<name extends Callables<abi>>(
    callable: name,
    args: ContractFunctionArgs<abi, 'pure' | 'view', name>,
    options?: CallOptions,
  ): Promise<Task<ContractFunctionReturnType<abi, 'pure' | 'view', name>>>;
}

const DEFAULT_CALLBACK_GAS = 200_000;

const types = (parameters: AbiFunction['inputs']) => toFunctionSignature({ type: 'function', name: '', inputs: parameters, outputs: [], stateMutability: 'pure' });

function callableOf(abi: Abi, name: string, args: readonly unknown[]): EncodedCall {
  const call = encodeCall(abi, name, args);
  if (call.item.stateMutability !== 'pure' && call.item.stateMutability !== 'view') {
    throw new EnigmaError('ABI_MISMATCH', `${call.signature} is neither pure nor view: enclaves run callables on empty storage and keep nothing`);
  }
  return call;
}

/** The function of that name that takes what the callable returns. */
function callbackOf(abi: Abi, name: string, callable: EncodedCall): Hex {
  const named = abi.filter((item): item is AbiFunction => item.type === 'function' && item.name === name);
  if (named.length === 0) throw new EnigmaError('NO_SUCH_FUNCTION', `the contract has no function ${name}`);
  const results = types(callable.item.outputs);
  const fitting = named.find((item) => types(item.inputs) === results);
  if (fitting === undefined) throw new EnigmaError('ABI_MISMATCH', `the callback ${name} does not take what ${callable.signature} returns, ${results}`);
  return toFunctionSelector(fitting);
}

/** @param send sends a call whose input is what the envelope of a CALLABLE carries */
export function callableHandle<const abi extends Abi>(
  location: ContractLocation<abi>,
  codeHash: Hex,
  send: (call: EncodedCall, options: CallOptions) => Promise<Task>,
): CallableContract<abi> {
  const abi: Abi = location.abi;
  const handle = {
    ...location,
    codeHash,
    deliver: async (callback: string, callable: string, args: readonly unknown[], { callbackGas, ...options }: DeliverOptions = {}) => {
      const call = callableOf(abi, callable, args);
      const receiver = { selector: callbackOf(abi, callback, call), gas: callbackGas ?? DEFAULT_CALLBACK_GAS };
      return send({ ...call, input: encodeCallableInput(receiver, call.input) }, options);
    },
    run: async (callable: string, args: readonly unknown[], options: CallOptions = {}) => {
      const call = callableOf(abi, callable, args);
      return send({ ...call, input: encodeCallableInput(undefined, call.input) }, options);
    },
  };
  return handle as unknown as CallableContract<abi>;
}
