import { decodeCallResult, ERROR_CODES, openResult } from '@enigma-network/enigma-js';
import { decodeAbiParameters, decodeErrorResult, keccak256, type AbiParameter, type Hex } from 'viem';
import type { TaskReport } from '../network/node';
import type { TaskRecord } from './record';

/** A result as its sender sees it. */
export interface Opened {
  readonly call: string;
  readonly succeeded: boolean;
  /** Why it failed. */
  readonly failure: string | undefined;
  readonly values: readonly { readonly name: string; readonly type: string; readonly value: string }[];
  readonly gasUsed: bigint;
  readonly output: Hex;
}

/** A value of the ABI for people. */
export function show(value: unknown): string {
  if (typeof value === 'bigint') return value.toString().replace(/\B(?=(\d{3})+$)/g, ' ');
  if (typeof value === 'string') return value === '' ? '(empty text)' : value;
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value).map(([name, each]) => `${name}: ${show(each)}`).join(', ')}}`;
  }
  return String(value);
}

/**
 * Opens the result of a task with the record its sender kept.
 *
 * @throws Error saying what does not fit, without any secret
 */
export async function open(report: TaskReport, record: TaskRecord): Promise<Opened> {
  if (record.taskId !== undefined && record.taskId.toLowerCase() !== report.taskId.toLowerCase()) {
    throw new Error(`This record belongs to another task: ${record.taskId}.`);
  }
  if (report.result === undefined || report.receipt === undefined) throw new Error('There is no result to open: the task has not run, or was refused.');
  if (keccak256(report.result) !== report.receipt.resultHash) throw new Error('The node showed another result than the one in the receipt.');
  let bytes: Hex;
  try {
    bytes = await openResult(record.response, report.taskId, report.result);
  } catch {
    throw new Error('This record’s key does not open this result.');
  }
  const { failure, gasUsed, output } = decodeCallResult(bytes);
  if (failure !== undefined) {
    return { call: record.call, succeeded: false, failure: failureWords(failure, record, output), values: [], gasUsed, output };
  }
  return { call: record.call, succeeded: true, failure: undefined, values: valuesOf(record.outputs, output), gasUsed, output };
}

function valuesOf(outputs: readonly AbiParameter[], output: Hex): Opened['values'] {
  if (outputs.length === 0 || output === '0x') return [];
  const values = decodeAbiParameters(outputs, output) as readonly unknown[];
  return values.map((value, i) => ({ name: outputs[i]!.name ?? '', type: outputs[i]!.type, value: show(value) }));
}

function failureWords(failure: keyof typeof ERROR_CODES, record: TaskRecord, output: Hex): string {
  if (output !== '0x') {
    try {
      const { errorName, args } = decodeErrorResult({ abi: record.abi, data: output });
      return errorName === 'Error' ? String(args?.[0]) : `${errorName}(${(args ?? []).map(show).join(', ')})`;
    } catch {
      // Not an error of the contract's interface: the code says what it can.
    }
  }
  return `${failure}: ${ERROR_CODES[failure].explanation}`;
}
