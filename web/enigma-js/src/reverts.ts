import { decodeErrorResult, size, type Abi, type Hex } from 'viem';

const PANICS: Record<string, string> = {
  '1': 'assertion failed',
  '17': 'arithmetic overflow or underflow',
  '18': 'division by zero',
  '33': 'value outside the enum',
  '34': 'storage byte array badly encoded',
  '49': 'pop on an empty array',
  '50': 'array index out of bounds',
  '65': 'too much memory',
  '81': 'call of an uninitialised function',
};

type AbiError = Extract<Abi[number], { type: 'error' }>;

/** What a contract said when it reverted: its reason, its custom error with arguments, or a panic's meaning. */
export function revertReason(abi: Abi, output: Hex): string {
  if (size(output) === 0) return 'reverted without a reason';
  try {
    const { abiItem, errorName, args = [] } = decodeErrorResult({ abi, data: output }) as {
      abiItem: AbiError;
      errorName: string;
      args?: readonly unknown[];
    };
    if (errorName === 'Error') return String(args[0]);
    if (errorName === 'Panic') return `panic 0x${(args[0] as bigint).toString(16).padStart(2, '0')}: ${PANICS[String(args[0])] ?? 'unknown'}`;
    const named = args.map((value, i) => (abiItem.inputs[i]?.name ? `${abiItem.inputs[i].name}: ${String(value)}` : String(value)));
    return `${errorName}(${named.join(', ')})`;
  } catch {
    return `reverted with data ${output}`;
  }
}
