import { EnigmaError } from '../errors.js';

/** The length a payload is padded to (rule K8): multiples of 256 up to 4,096, Padmé above. */
export function paddedLength(payloadLength: number): number {
  const length = payloadLength + 4;
  if (length <= 4096) return Math.ceil(length / 256) * 256;
  const exponent = Math.floor(Math.log2(length));
  const significant = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** (exponent - significant);
  return Math.ceil(length / step) * step;
}

/** 4-byte big-endian length ‖ payload ‖ zeros. */
export function pad(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array(paddedLength(payload.length));
  new DataView(padded.buffer).setUint32(0, payload.length);
  padded.set(payload, 4);
  return padded;
}

/** @throws {@link EnigmaError} BAD_PADDING */
export function unpad(padded: Uint8Array): Uint8Array {
  if (padded.length < 4) throw bad('too short');
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (length > padded.length - 4 || paddedLength(length) !== padded.length) throw bad('wrong length');
  if (padded.subarray(4 + length).some((byte) => byte !== 0)) throw bad('bytes other than zero at the end');
  return padded.slice(4, 4 + length);
}

const bad = (why: string) => new EnigmaError('BAD_PADDING', `BAD_PADDING: ${why}`);
