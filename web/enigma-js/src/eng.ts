import { formatUnits, parseUnits } from 'viem';
import { EnigmaError } from './errors.js';

const DECIMALS = 8;

/**
 * An amount of ENG in the contracts' unit of 10⁻⁸.
 *
 * @throws {@link EnigmaError} INVALID_ARGUMENT
 */
export function parseEng(text: string): bigint {
  if (!/^\d+(\.\d{1,8})?$/.test(text)) {
    throw new EnigmaError('INVALID_ARGUMENT', `"${text}" is no amount of ENG: digits with at most 8 after the point are wanted`);
  }
  return parseUnits(text, DECIMALS);
}

/** An amount in units of 10⁻⁸ ENG, as people write it. */
export const formatEng = (units: bigint): string => formatUnits(units, DECIMALS);
