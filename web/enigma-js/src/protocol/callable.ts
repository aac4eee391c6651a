import { concat, numberToHex, size, slice, type Hex } from 'viem';
import { EnigmaError } from '../errors.js';

/** Which function of a CALLABLE's target receives the result. */
export interface Callback {
  /** 4 bytes. */
  readonly selector: Hex;
  /** For its call on Ethereum, 1 to 1,000,000. */
  readonly gas: number;
}

const MAXIMUM_GAS = 1_000_000;

/**
 * What the envelope of a CALLABLE carries (rule C7): the callback's selector and gas, and the call of the callable. A contract makes it
 * with `abi.encodePacked(this.callback.selector, uint32(gas), abi.encodeCall(this.callable, (…)))`.
 *
 * @param callback undefined for a result that is the sender's alone
 * @throws {@link EnigmaError} MALFORMED_INPUT
 */
export function encodeCallableInput(callback: Callback | undefined, call: Hex): Hex {
  if (callback === undefined) return concat(['0x0000000000000000', call]);
  if (size(callback.selector) !== 4 || size(call) < 4) throw new EnigmaError('MALFORMED_INPUT', 'a callable and its callback have selectors of 4 bytes');
  if (!(Number.isInteger(callback.gas) && callback.gas >= 1 && callback.gas <= MAXIMUM_GAS)) {
    throw new EnigmaError('MALFORMED_INPUT', `a callback takes 1 to 1,000,000 gas, not ${callback.gas}`);
  }
  return concat([callback.selector, numberToHex(callback.gas, { size: 4 }), call]);
}

/** The data that a callback delivers: from the fifth byte on they are a call of the callback. */
export function callbackData(callback: Callback, call: Hex, result: Hex): Hex {
  return concat([slice(call, 0, 4), callback.selector, result]);
}
