import { errorCodeOf, type ErrorCode } from '@enigma-network/enigma-js';
import { concat, hexToBytes, hexToNumber, size, slice, toHex, type Hex } from 'viem';

const bufferOf = (bytes: Hex): ArrayBuffer => hexToBytes(bytes).slice().buffer as ArrayBuffer;

export async function openResult(response: { encapsulation: Hex; secret: Hex }, id: Hex, sealed: Hex): Promise<Hex> {
  const nonce = slice(sealed, 0, 32);
  const secret = await crypto.subtle.importKey('raw', bufferOf(response.secret), 'HKDF', false, ['deriveBits']);
  const salt = bufferOf(concat([response.encapsulation, nonce]));
  const derive = (label: string, length: number) =>
    crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info: new TextEncoder().encode(label) }, secret, length * 8);
  const key = await crypto.subtle.importKey('raw', await derive('key', 32), 'AES-GCM', false, ['decrypt']);
  const padded = new Uint8Array(
    await crypto.subtle.decrypt({ name: 'AES-GCM', iv: await derive('nonce', 12), additionalData: bufferOf(id) }, key, bufferOf(slice(sealed, 32))),
  );
  const length = new DataView(padded.buffer).getUint32(0);
  return toHex(padded.subarray(4, 4 + length));
}

export function decodeCallResult(bytes: Hex): { failure: ErrorCode | undefined; gasUsed: bigint; output: Hex } {
  const number = hexToNumber(slice(bytes, 1, 3));
  return {
    failure: number === 0 ? undefined : errorCodeOf(number),
    gasUsed: BigInt(slice(bytes, 3, 11)),
    output: size(bytes) === 11 ? '0x' : slice(bytes, 11),
  };
}
