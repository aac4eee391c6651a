import { concat, hexToBytes, hexToNumber, keccak256, size, slice, toHex, type Hex } from 'viem';
import { EnigmaError, errorCodeOf, type ErrorCode } from '../errors.js';
import { bufferOf, type ResponseKey } from './envelope.js';
import { unpad } from './padding.js';

const NONCE_LENGTH = 32;
const TAG_LENGTH = 16;

/** The AEAD of rule K9 for one nonce. */
export async function responseCipher(response: ResponseKey, nonce: Hex, usage: 'encrypt' | 'decrypt') {
  const secret = await crypto.subtle.importKey('raw', bufferOf(response.secret), 'HKDF', false, ['deriveBits']);
  const salt = bufferOf(concat([response.encapsulation, nonce]));
  const derive = (label: string, length: number) =>
    crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info: bufferOf(new TextEncoder().encode(label)) }, secret, length * 8);
  return {
    key: await crypto.subtle.importKey('raw', await derive('key', 32), 'AES-GCM', false, [usage]),
    iv: await derive('nonce', 12),
  };
}

/**
 * Opens a sealed answer (rule K9).
 *
 * @param id the task's or query's id
 * @throws {@link EnigmaError} RESULT_UNREADABLE, BAD_PADDING
 */
export async function openResult(response: ResponseKey, id: Hex, sealed: Hex): Promise<Hex> {
  const unreadable = (cause?: unknown) =>
    new EnigmaError('RESULT_UNREADABLE', 'the result was not sealed for this input and task', { cause });
  if (size(sealed) < NONCE_LENGTH + TAG_LENGTH) throw unreadable();
  const { key, iv } = await responseCipher(response, slice(sealed, 0, NONCE_LENGTH), 'decrypt');
  let padded: ArrayBuffer;
  try {
    padded = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: bufferOf(id) }, key, bufferOf(slice(sealed, NONCE_LENGTH)));
  } catch (cause) {
    throw unreadable(cause);
  }
  return toHex(unpad(new Uint8Array(padded)));
}

/** What an executed call gave its sender. */
export interface CallResult {
  /** How the call failed; undefined on success. */
  readonly failure: ErrorCode | undefined;
  readonly gasUsed: bigint;
  /** What it returned, or the reason with which it reverted. */
  readonly output: Hex;
  /** What the contract logged to the console, each line as selector and arguments; on development networks only. */
  readonly console: readonly Hex[];
}

const HEAD_LENGTH = 11;
const VERSION_WITH_CONSOLE = 2;
const MOST_LINES = 256;

const EXECUTION_FAILURES: ReadonlySet<ErrorCode> = new Set(['UNKNOWN_CONTRACT', 'CONTRACT_EXISTS', 'INVALID_CODE', 'STATE_TOO_LARGE']);

/** @throws {@link EnigmaError} MALFORMED_MESSAGE */
export function decodeCallResult(bytes: Hex): CallResult {
  const raw = hexToBytes(bytes);
  const malformed = (why: string) => new EnigmaError('MALFORMED_MESSAGE', `the result is malformed: ${why}`);
  if (raw.length < HEAD_LENGTH) throw malformed('too short');
  if (raw[0] !== 1 && raw[0] !== VERSION_WITH_CONSOLE) throw malformed(`unknown version ${raw[0]}`);
  const number = hexToNumber(slice(bytes, 1, 3));
  const failure = number === 0 ? undefined : errorCodeOf(number);
  if (number !== 0 && (failure === undefined || !((number > 200 && number < 300) || EXECUTION_FAILURES.has(failure)))) {
    throw malformed(`unknown code ${number}`);
  }
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  let at = HEAD_LENGTH;
  const length = () => {
    if (at + 4 > raw.length) throw malformed('too short');
    at += 4;
    return view.getUint32(at - 4);
  };
  const lines: Hex[] = [];
  if (raw[0] === VERSION_WITH_CONSOLE) {
    const count = length();
    if (count === 0 || count > MOST_LINES) throw malformed(`${count} console lines`);
    for (let i = 0; i < count; i++) {
      const end = length() + at;
      if (end > raw.length) throw malformed('too short');
      lines.push(toHex(raw.subarray(at, end)));
      at = end;
    }
  }
  return { failure, gasUsed: view.getBigUint64(3), output: toHex(raw.subarray(at)), console: lines };
}

/** What a receipt names a result by. */
export const resultHash = (result: Hex): Hex => keccak256(result);
