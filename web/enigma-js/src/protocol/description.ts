import { getAddress, hexToNumber, numberToHex, size, slice, type Hex } from 'viem';
import { EnigmaError } from '../errors.js';
import type { ContractTerms } from './ids.js';

/** What is sealed in a query's envelope to ask what is at an address (rule E4). */
export const CONTRACT_QUESTION: Hex = numberToHex(4, { size: 1 });

/** What an enclave says of an address of a realm. */
export type ContractDescription =
  /** Nothing is there. */
  | { readonly kind: 'nothing' }
  /** A contract that another contract of the realm made while it ran: nobody can upgrade it. */
  | { readonly kind: 'made' }
  /** Deployed by an order; the code that it runs now, or undefined while no constructor succeeded. */
  | { readonly kind: 'deployed'; readonly terms: Omit<ContractTerms, 'realm'>; readonly codeHash: Hex | undefined };

/** deployer 20, salt 32, code hash 32, dialect 1, authority 20, delay 8. */
const TERMS_END = 1 + 113;

/** @throws {@link EnigmaError} MALFORMED_MESSAGE */
export function decodeDescription(bytes: Hex): ContractDescription {
  const malformed = () => new EnigmaError('MALFORMED_MESSAGE', 'the description of the contract is malformed');
  const length = size(bytes);
  const kind = length === 0 ? -1 : hexToNumber(slice(bytes, 0, 1));
  if (kind === 0 && length === 1) return { kind: 'nothing' };
  if (kind === 1 && length === 1) return { kind: 'made' };
  if (kind !== 2 || length <= TERMS_END) throw malformed();
  const flag = hexToNumber(slice(bytes, TERMS_END, TERMS_END + 1));
  if (flag > 1 || length !== TERMS_END + 1 + flag * 32) throw malformed();
  return {
    kind: 'deployed',
    terms: {
      deployer: getAddress(slice(bytes, 1, 21)),
      salt: slice(bytes, 21, 53),
      codeHash: slice(bytes, 53, 85),
      dialect: hexToNumber(slice(bytes, 85, 86)),
      authority: getAddress(slice(bytes, 86, 106)),
      delay: BigInt(slice(bytes, 106, 114)),
    },
    codeHash: flag === 1 ? slice(bytes, TERMS_END + 1) : undefined,
  };
}
