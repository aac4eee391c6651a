import { indexedDbStore, keptRecord } from '@enigma-network/enigma-js';
import { parseAbiParameters, slice, hexToNumber, size, type Abi, type AbiParameter, type Hex } from 'viem';

/*
 * What a client keeps of a task: enough to open its result. The Java client and the command line write one form (a file per task), and
 * enigma-js another; this page reads both. The record holds a secret. It stays in this page's memory.
 */
export interface TaskRecord {
  readonly taskId: Hex | undefined;
  readonly sender: Hex;
  readonly realm: Hex;
  readonly target: Hex;
  readonly gasPrice: bigint;
  readonly gasLimit: bigint;
  readonly response: { readonly encapsulation: Hex; readonly secret: Hex };
  /** The function, for people. */
  readonly call: string;
  readonly outputs: readonly AbiParameter[];
  readonly abi: Abi;
}

const HEX = /^0x([0-9a-fA-F]{2})*$/;

class Malformed extends Error {}

function text(json: Record<string, unknown>, name: string): string {
  const value = json[name];
  if (typeof value !== 'string') throw new Malformed(`it has no ${name}`);
  return value;
}

function hex(value: unknown, what: string): Hex {
  const found = typeof value === 'string' && !value.startsWith('0x') ? `0x${value}` : value;
  if (typeof found !== 'string' || !HEX.test(found)) throw new Malformed(`its ${what} is not hexadecimal`);
  return found as Hex;
}

/**
 * The record that a page of this origin kept of a task: the sample dApp comes from the same testnet, so its stores are at hand.
 * Nothing is written, and a database that is no client's store is passed over.
 */
export async function recordHere(taskId: Hex): Promise<TaskRecord | undefined> {
  for (const { name } of await indexedDB.databases()) {
    if (!name) continue;
    try {
      const text = await keptRecord(indexedDbStore(name), taskId);
      if (text !== undefined) return { ...readRecord(text), taskId };
    } catch {
      // Another page's database with another form.
    }
  }
  return undefined;
}

/** Reads the text of a record; what is wrong with it is said without what is in it. */
export function readRecord(source: string): TaskRecord {
  let json: unknown;
  try {
    json = JSON.parse(source);
  } catch {
    throw new Error('This file is no record of a task: it is not JSON.');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('This file is no record of a task.');
  try {
    const record = json as Record<string, unknown>;
    return 'responseKey' in record ? javaRecord(record) : scriptRecord(record);
  } catch (problem) {
    const why = problem instanceof Malformed ? problem.message : 'it has another form';
    throw new Error(`This file is no record of a task: ${why}.`);
  }
}

/** The order as the Java client writes it: its fields one after the other. */
function javaRecord(json: Record<string, unknown>): TaskRecord {
  const order = hex(json['order'], 'order');
  if (size(order) !== 20 + 32 + 20 + 1 + 32 + 32 + 8 + 8 + 8 + 32) throw new Malformed('its order has another length');
  const key = hex(json['responseKey'], 'key');
  const length = hexToNumber(slice(key, 0, 4));
  const outputs = text(json, 'outputs').trim().replace(/^\(|\)$/g, '');
  return {
    taskId: hex(json['taskId'], 'task id'),
    sender: slice(order, 0, 20),
    realm: slice(order, 20, 52),
    target: slice(order, 52, 72),
    gasLimit: BigInt(slice(order, 137, 145)),
    gasPrice: BigInt(slice(order, 145, 153)),
    response: { encapsulation: slice(key, 4, 4 + length), secret: slice(key, 8 + length) },
    call: text(json, 'signature'),
    outputs: outputs === '' ? [] : (parseAbiParameters(outputs) as readonly AbiParameter[]),
    abi: abiOf(json['abi']),
  };
}

function scriptRecord(json: Record<string, unknown>): TaskRecord {
  const order = json['order'] as Record<string, unknown> | undefined;
  const response = json['response'] as Record<string, unknown> | undefined;
  if (typeof order !== 'object' || typeof response !== 'object') throw new Malformed('it has no order and key');
  const output = json['output'] as { outputs?: readonly AbiParameter[] } | null | undefined;
  return {
    taskId: json['taskId'] === undefined ? undefined : hex(json['taskId'], 'task id'),
    sender: hex(order['sender'], 'sender'),
    realm: hex(order['realm'], 'realm'),
    target: hex(order['target'], 'contract'),
    gasLimit: BigInt(text(order, 'gasLimit')),
    gasPrice: BigInt(text(order, 'gasPrice')),
    response: { encapsulation: hex(response['encapsulation'], 'key'), secret: hex(response['secret'], 'key') },
    call: text(json, 'call'),
    outputs: output?.outputs ?? [],
    abi: abiOf(json['abi']),
  };
}

function abiOf(value: unknown): Abi {
  const parsed: unknown = typeof value === 'string' && value !== '' ? JSON.parse(value) : value;
  return Array.isArray(parsed) ? (parsed as Abi) : [];
}
