import { concat, numberToHex, size, stringToHex, type Hex } from 'viem';
import { EnigmaError } from '../errors.js';
import type { Permit, SessionTerms } from './messages.js';

/** A session key's terms with their owner's signature. */
export interface SignedSession {
  readonly terms: SessionTerms;
  readonly signature: Hex;
}

/** A permit with its signature, by the owner or by a session key. */
export interface SignedPermit {
  readonly permit: Permit;
  readonly signature: Hex;
  readonly session?: SignedSession | undefined;
}

const MAXIMUM_LABEL = 256;

const encodeSession = ({ terms, signature }: SignedSession): Hex =>
  concat([
    '0x01',
    terms.owner,
    terms.key,
    terms.realm,
    numberToHex(terms.notAfter, { size: 8 }),
    numberToHex(terms.maxFee, { size: 8 }),
    numberToHex(terms.epoch, { size: 4 }),
    signature,
  ]);

/**
 * What is sealed inside a query's envelope (rule E4): the permit, if it is asked in somebody's name, and the input.
 *
 * @throws {@link EnigmaError} INPUT_TOO_LARGE when the permit's label is too long
 */
export function encodeQueryPayload(signed: SignedPermit | undefined, input: Hex): Hex {
  const end = [numberToHex(size(input), { size: 4 }), input];
  if (signed === undefined) return concat(['0x00', ...end]);
  const { permit, signature, session } = signed;
  const label = stringToHex(permit.label);
  if (size(label) > MAXIMUM_LABEL) throw new EnigmaError('INPUT_TOO_LARGE', "a permit's label has at most 256 bytes");
  return concat([
    '0x01',
    permit.owner,
    permit.realm,
    permit.target,
    numberToHex(permit.notAfter, { size: 8 }),
    numberToHex(size(label), { size: 4 }),
    label,
    numberToHex(permit.epoch, { size: 4 }),
    signature,
    session === undefined ? '0x00' : encodeSession(session),
    ...end,
  ]);
}
